"""The consent screen: who asks, for what, for which pages.

Ours, after https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow (read 2026-11-30): after a yes the
browser goes to ``redirect_uri?code=…&state=…``, after a no to ``?error=access_denied&error_reason=user_denied…``.
"""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

from tests.networks.doubles.graph.state import GraphApp, Person

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Log in with Facebook</title>
<body><h1>{app} wants to act for your pages</h1><p>You are {person}.</p>
<form method="post"><fieldset><legend>Pages</legend>{pages}</fieldset>
<fieldset><legend>What it may do</legend>{scopes}</fieldset>{kept}
<button name="decision" value="agree">Agree</button> <button name="decision" value="refuse">Refuse</button></form></body></html>"""


def screen(app: GraphApp, person: Person, pages: list[tuple[str, str]], scopes: list[str], kept: dict[str, str]) -> str:
    """The screen's HTML. ``pages``: (id, name) among which the person chooses; ``kept``: what the form sends along."""
    return PAGE.format(
        app=escape(app.name),
        person=escape(person.name),
        pages="".join(_box("page", page_id, name) for page_id, name in pages),
        scopes="".join(_box("granted", scope, scope) for scope in scopes),
        kept="".join(
            f'<input type="hidden" name="{escape(key)}" value="{escape(value)}">' for key, value in kept.items()
        ),
    )


def _box(name: str, value: str, label: str) -> str:
    return f'<label><input type="checkbox" name="{name}" value="{escape(value)}" checked> {escape(label)}</label><br>'


def returned(redirect_uri: str, **query: str) -> str:
    """Where the browser goes afterwards. Meta adds the odd fragment."""
    joint = "&" if "?" in redirect_uri else "?"
    return f"{redirect_uri}{joint}{urlencode(query)}#_=_"
