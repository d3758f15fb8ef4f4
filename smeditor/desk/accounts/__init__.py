"""Accounts in the admin: choosing a network, connecting through its consent or a pasted secret, health, disconnecting."""
