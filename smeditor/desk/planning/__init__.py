"""The calendar of what goes out, the places that are still to fill, and the note from one shift to the next."""
