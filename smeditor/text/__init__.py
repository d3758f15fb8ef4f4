"""Counting, canonical links, sanitising and language: pure functions, no Django models."""
