"""Accounts: connecting one, opening a client for it, its state, its token. Whoever sends or listens comes through here."""
