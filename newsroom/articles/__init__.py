"""The newspaper's own pages: what a host writes for itself, and all that the desk knows of it."""
