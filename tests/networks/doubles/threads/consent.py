"""The authorization window of Threads.

Ours, after https://developers.facebook.com/docs/threads/get-started/get-access-tokens-and-permissions (2026-11-30): after
a yes the browser goes to ``redirect_uri?code=…&state=…#_``, after a no to ``?error=access_denied&error_reason=user_denied…``.
"""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

SCREEN = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Log in with Threads</title>
<body><h1>{app} wants to act for @{username}</h1><form method="post">
<fieldset><legend>What it may do</legend>{scopes}</fieldset>{kept}
<button name="decision" value="agree">Agree</button> <button name="decision" value="refuse">Refuse</button></form></body></html>"""


def screen(app: str, username: str, scopes: list[str], kept: dict[str, str]) -> str:
    """The window's HTML; ``kept``: what the form sends along."""
    boxes = "".join(
        f'<label><input type="checkbox" name="granted" value="{escape(scope)}" checked> {escape(scope)}</label><br>'
        for scope in scopes
    )
    hidden = "".join(
        f'<input type="hidden" name="{escape(key)}" value="{escape(value)}">' for key, value in kept.items()
    )
    return SCREEN.format(app=escape(app), username=escape(username), scopes=boxes, kept=hidden)


def returned(redirect_uri: str, **query: str) -> str:
    """Where the browser goes afterwards, with Threads' odd fragment."""
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(query)}#_"
