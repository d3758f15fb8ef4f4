"""From concerns and tips to a digest that a journalist reads."""
