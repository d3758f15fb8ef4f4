"""Hearing of pages that link to our articles: an endpoint that answers at once, and a worker that goes and sees."""
