"""Delivery held against a bare client: wall time, queries, lateness, and what a million past deliveries cost."""
