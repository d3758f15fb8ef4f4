"""Meaning: texts as vectors that lie near each other where they say the same, in other words or in another language."""
