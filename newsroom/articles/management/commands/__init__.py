"""The newspaper's own commands, a module each."""
