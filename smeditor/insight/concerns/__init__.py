"""Concerns: what several readers raise, kept in step with the reactions, and an editor's hand on them."""
