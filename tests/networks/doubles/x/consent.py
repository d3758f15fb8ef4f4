"""The double's consent screen and its tokens, as https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token has them.

The error bodies of the token endpoint are as people met them: https://github.com/plhery/node-twitter-api-v2/issues/496 and
https://github.com/unasuke/omniauth-twitter2/issues/4. Read 2026-11-30. The screen itself is ours.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlencode

from werkzeug.wrappers import Request, Response

from tests.networks.doubles.x.state import Clock, User

CLIENT_ID, CLIENT_SECRET = "TmV3c3Jvb20xOmNp", "s3cr3t-8Hq2vTzR5mWc7LxJ0bNd-0123456789"
PUBLIC_ID = "UHVibGljQXBwMTpuYQ"
REDIRECT = "https://paper.example/admin/social/callback/"
KNOWN = frozenset(
    [
        "tweet.read",
        "tweet.write",
        "users.read",
        "offline.access",
        "media.write",
        "tweet.moderate.write",
        "like.read",
        "like.write",
    ]
)


@dataclass
class Token:
    user: User
    scopes: frozenset[str]
    ends: datetime
    revoked: bool = False


@dataclass
class Code:
    user: User
    scopes: frozenset[str]
    client_id: str
    challenge: str
    redirect_uri: str
    ends: datetime


@dataclass
class Consents:
    """Codes, access tokens and refresh tokens; a refresh token works once."""

    clock: Clock
    user: User
    access: dict[str, Token] = field(default_factory=dict)
    refreshing: dict[str, tuple[str, Token]] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    redirect_uris: set[str] = field(default_factory=lambda: {REDIRECT})
    """The return addresses that were entered in the console."""
    withheld: frozenset[str] = frozenset()
    """Scopes that this network does not grant, whoever agrees."""

    def issue(
        self,
        user: User,
        *,
        scopes: frozenset[str] = KNOWN,
        lifetime: int = 7200,
        client_id: str = CLIENT_ID,
    ) -> dict[str, Any]:
        token = Token(user, scopes, self.clock.now() + timedelta(seconds=lifetime))
        access = f"access-{secrets.token_urlsafe(40)}"
        self.access[access] = token
        answer = {
            "token_type": "bearer",
            "expires_in": lifetime,
            "access_token": access,
            "scope": " ".join(sorted(scopes)),
        }
        if "offline.access" in scopes:
            refresh = f"refresh-{secrets.token_urlsafe(40)}"
            self.refreshing[refresh] = (client_id, token)
            answer["refresh_token"] = refresh
        return answer

    def bearer(self, request: Request) -> tuple[User | None, set[str]]:
        token = self.access.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if token is None or token.revoked or token.ends <= self.clock.now():
            return None, set()
        return token.user, set(token.scopes)

    def answer(self, request: Request) -> Response:
        if request.path == "/i/oauth2/authorize":
            return self._screen(request)
        if request.method != "POST" or request.mimetype != "application/x-www-form-urlencoded":
            return _error(400, "invalid_request", "Content-Type must be application/x-www-form-urlencoded")
        client_id = self._client(request)
        if client_id is None:
            return _error(401, "unauthorized_client", "Missing valid authorization header")
        if request.path == "/2/oauth2/token":
            return self._token(request, client_id)
        if request.path == "/2/oauth2/revoke":
            return self._revoke(request)
        return _error(404, "invalid_request", "Not Found")

    def _client(self, request: Request) -> str | None:
        header = request.headers.get("Authorization", "")
        if header.startswith("Basic "):
            name, _, secret = base64.b64decode(header[6:]).decode().partition(":")
            return CLIENT_ID if (unquote(name), unquote(secret)) == (CLIENT_ID, CLIENT_SECRET) else None
        return PUBLIC_ID if request.form.get("client_id") == PUBLIC_ID else None

    def _screen(self, request: Request) -> Response:
        asked = request.values
        wrong = [
            asked.get("response_type") != "code",
            asked.get("client_id") not in {CLIENT_ID, PUBLIC_ID},
            asked.get("redirect_uri") not in self.redirect_uris,
            asked.get("code_challenge_method") != "S256",
            len(asked.get("code_challenge", "")) != 43,
            not 0 < len(asked.get("state", "")) <= 500,
            not set(asked.get("scope", "").split()) <= KNOWN,
        ]
        if any(wrong):
            return Response("<!doctype html><title>X</title><p>Something went wrong", 400, content_type="text/html")
        if request.method == "GET":
            hidden = "".join(
                f'<input type="hidden" name="{html.escape(key)}" value="{html.escape(value)}">'
                for key, value in asked.items()
            )
            scopes = "".join(f"<li>{html.escape(scope)}" for scope in asked["scope"].split())
            page = (
                f"<!doctype html><title>X</title><h1>Authorize this app for @{self.user.username}?</h1><ul>{scopes}</ul>"
                f'<form method="post">{hidden}<button name="decision" value="agree">Authorize app</button>'
                f'<button name="decision" value="refuse">Cancel</button></form>'
            )
            return Response(page, content_type="text/html")
        back = {"state": asked["state"]}
        if asked.get("decision") == "agree":
            code = f"code-{secrets.token_urlsafe(40)}"
            scopes_granted = frozenset(asked["scope"].split()) - self.withheld
            ends = self.clock.now() + timedelta(seconds=30)
            given = (asked["client_id"], asked["code_challenge"], asked["redirect_uri"], ends)
            self.codes[code] = Code(self.user, scopes_granted, *given)
            back["code"] = code
        else:
            back["error"] = "access_denied"
        return Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{urlencode(back)}"})

    def _token(self, request: Request, client_id: str) -> Response:
        form = request.form
        if form.get("grant_type") == "authorization_code":
            code = self.codes.pop(form.get("code", ""), None)
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            sound = code is not None and code.client_id == client_id and code.challenge == challenge
            if (
                code is None
                or not sound
                or code.ends < self.clock.now()
                or form.get("redirect_uri") != code.redirect_uri
            ):
                return _error(400, "invalid_request", "Value passed for the authorization code was invalid.")
            return Response(
                json.dumps(self.issue(code.user, scopes=code.scopes, client_id=client_id)),
                content_type="application/json",
            )
        if form.get("grant_type") == "refresh_token":
            owner, token = self.refreshing.pop(form.get("refresh_token", ""), ("", None))
            if token is None or owner != client_id or token.revoked:
                return _error(400, "invalid_request", "Value passed for the token was invalid.")
            token.ends = self.clock.now()
            return Response(
                json.dumps(self.issue(token.user, scopes=token.scopes, client_id=client_id)),
                content_type="application/json",
            )
        return _error(400, "unsupported_grant_type", "grant_type")

    def _revoke(self, request: Request) -> Response:
        value = request.form.get("token", "")
        if value in self.access:
            self.access[value].revoked = True
        if value in self.refreshing:
            self.refreshing.pop(value)[1].revoked = True
        return Response(json.dumps({"revoked": True}), content_type="application/json")


def _error(status: int, name: str, description: str) -> Response:
    return Response(
        json.dumps({"error": name, "error_description": description}), status, content_type="application/json"
    )
