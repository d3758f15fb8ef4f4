"""The newspaper's own commands."""
