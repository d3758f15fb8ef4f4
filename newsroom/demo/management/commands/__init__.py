"""The demo's commands, a module each."""
