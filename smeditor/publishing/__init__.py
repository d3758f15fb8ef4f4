"""From an approved post to a message on a network: rules, compose, preflight, slot, send, read back."""
