"""A network of the fault harness's own with a consent screen: OAuth 2 (RFC 6749) with PKCE (RFC 7636), pages, revocation.

It stands for what the real networks do at connecting, one by one, and is held to nobody's document: it is ours. What a
person does in a browser is done on the page that it shows, or by :meth:`Server.consent`, which does the same.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from werkzeug.wrappers import Request, Response

from tests.networks.doubles.base import Double

CLIENT, KEY = "lab-client", "k7Q2x9ZpV4mB8tRw"
PAGES = {"p1": "The Evening Paper", "p2": "The Weekend Supplement"}


class Server(Double):
    """``pages``: id → name, of whoever signs in. ``roles``: pages for which they may not act. ``lifetime``: of a token."""

    slug = "consent_lab"

    def __init__(self) -> None:
        super().__init__()
        self.pages = dict(PAGES)
        self.roles: set[str] = set()
        self.lifetime: int | None = 7200
        self.refresh_lifetime: int | None = None
        self.codes: dict[str, dict[str, Any]] = {}
        self.tokens: dict[str, dict[str, Any]] = {}
        """Access and refresh tokens that are good: ``scopes``, ``page`` ("" for the person's own)."""
        self.posts: dict[str, dict[str, Any]] = {}
        self.hooks: list[dict[str, str]] = []

    def check(self, request: Request, response: Response) -> None:
        """It is held to no document."""

    def create_app(self, redirect_uri: str) -> dict[str, str]:
        return {"client_id": CLIENT, "client_secret": KEY}

    def consent(self, url: str, *, agree: bool = True, leave_out: tuple[str, ...] = ()) -> str:
        """Answer the consent screen at ``url`` as a person would; returns the address of their return."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        with self.lock:
            return self._consented(asked, agree, leave_out)

    def revoke_all(self) -> None:
        """What the network does when the person throws the app out there."""
        with self.lock:
            self.tokens.clear()

    def answer(self, request: Request) -> Response:
        route = (request.method, request.path.split("/")[1])
        if route == ("GET", "consent"):
            return self._screen(request)
        if route == ("POST", "consent"):
            granted = request.form.getlist("granted")
            leave_out = tuple(name for name in request.args["scope"].split() if name not in granted)
            url = self._consented(dict(request.args.items()), request.form.get("decision") == "agree", leave_out)
            return Response(status=302, headers={"Location": url})
        if route == ("POST", "token"):
            return self._token(request)
        grant = self.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if grant is None or grant["refresh"]:
            return _json({"error": "invalid_token"}, 401)
        return self._api(request, route, grant)

    def _api(self, request: Request, route: tuple[str, str], grant: dict[str, Any]) -> Response:
        if route == ("POST", "revoke"):
            for token in request.form.getlist("token"):
                self.tokens.pop(token, None)
            return _json({})
        if route == ("GET", "me"):
            name = self.pages.get(grant["page"], "ada")
            facts = {"id": grant["page"] or "ada", "name": name, "scopes": sorted(grant["scopes"])}
            return _json(facts)
        if route == ("GET", "pages"):
            pages = [
                {"id": key, "name": name, "role": key not in self.roles, "token": self._issue(grant["scopes"], key)}
                for key, name in self.pages.items()
            ]
            return _json({"pages": pages})
        if route == ("PUT", "hooks"):
            self.hooks.append(request.get_json())
            return _json({})
        if route == ("DELETE", "hooks"):
            self.hooks.clear()
            return _json({})
        key = request.path.split("/")[2]
        if route == ("PUT", "posts"):
            self.posts.setdefault(key, {**request.get_json(), "page": grant["page"]})
            return _json({"id": key, "url": f"{self.url}/shown/{key}"})
        if route == ("DELETE", "posts"):
            return _json({}, 200 if self.posts.pop(key, None) else 404)
        return _json({"error": "not_found"}, 404)

    def _screen(self, request: Request) -> Response:
        scopes = request.args.get("scope", "").split()
        boxes = "".join(
            f'<label><input type="checkbox" name="granted" value="{escape(name)}" checked> {escape(name)}</label><br>'
            for name in scopes
        )
        html = (
            f"<!doctype html><html lang=en><title>Consent Lab</title><h1>Let {escape(request.args['client_id'])} act for "
            f'you?</h1><form method="post">{boxes}<button name="decision" value="agree">Agree</button>'
            '<button name="decision" value="refuse">Refuse</button></form></html>'
        )
        return Response(html, content_type="text/html; charset=utf-8")

    def _consented(self, asked: dict[str, str], agree: bool, leave_out: tuple[str, ...]) -> str:
        if not agree:
            return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        code = token_hex(12)
        scopes = [name for name in asked["scope"].split() if name not in leave_out]
        self.codes[code] = {**asked, "scopes": scopes}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def _token(self, request: Request) -> Response:
        form = request.form
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, KEY):
            return _json({"error": "invalid_client"}, 400)
        if form.get("grant_type") == "refresh_token":
            grant = self.tokens.pop(form.get("refresh_token", ""), None)
            if grant is None or not grant["refresh"]:
                return _json({"error": "invalid_grant"}, 400)
            return self._tokens(grant["scopes"], grant["page"])
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        good = asked and (asked["code_challenge"], asked["redirect_uri"]) == (challenge, form.get("redirect_uri"))
        if not asked or not good:
            return _json({"error": "invalid_grant"}, 400)
        return self._tokens(asked["scopes"], "")

    def _tokens(self, scopes: list[str], page: str) -> Response:
        answer = {
            "access_token": self._issue(scopes, page),
            "refresh_token": self._issue(scopes, page, refresh=True),
            "scope": " ".join(scopes),
            "expires_in": self.lifetime,
            "refresh_expires_in": self.refresh_lifetime,
        }
        return _json(answer)

    def _issue(self, scopes: list[str], page: str, *, refresh: bool = False) -> str:
        token = token_hex(16)
        self.tokens[token] = {"scopes": scopes, "page": page, "refresh": refresh}
        return token


def _json(data: Any, status: int = 200) -> Response:
    import json

    return Response(json.dumps(data), status=status, content_type="application/json")
