"""From concerns and tips to a letter that a journalist reads."""
