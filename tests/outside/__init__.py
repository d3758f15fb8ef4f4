"""Networks from packages that are not ours."""
