"""Corrections: claimed errors, the passage that they are about, and the verdict."""
