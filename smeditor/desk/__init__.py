"""The Wagtail admin of the social desk. It calls the rooms; nobody calls it."""
