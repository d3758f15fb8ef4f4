"""Webmention and Pingback: how web pages tell each other of their links, as bytes and addresses; it knows no model.

W3C Recommendation "Webmention" (https://www.w3.org/TR/webmention/, read 2026-11-30); "Pingback 1.0"
(https://www.hixie.ch/specs/pingback/pingback, read 2026-11-30). This is no :class:`~smeditor.networks.base.Network`: there
is no account.

Nothing is imported here: a worker with nothing to do loads none of what reads pages.
"""
