"""Clustering: which short texts raise the same thing. No model of the desk is known here."""
