"""The authorization window and the tokens of the double."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.networks.doubles.base import Double
from tests.networks.doubles.threads import consent
from tests.networks.doubles.threads.state import APP_ID, APP_SECRET, SCOPES, VERIFY_TOKEN, Profile, ThreadsError, Token


class Tokens(Double):
    """What of a Threads server concerns consent and tokens."""

    us: Profile
    tokens: dict[str, Token]
    codes: dict[str, tuple[frozenset[str], str]]
    redirect_uris: tuple[str, ...]

    def now(self) -> datetime:
        """The double's time."""
        raise NotImplementedError

    def token(self, scopes: Iterable[str] = SCOPES, *, age: timedelta = timedelta(days=2), **more: Any) -> Token:
        """A long-lived token of ours, issued ``age`` ago."""
        issued = self.now() - age
        return self._issued(frozenset(scopes), issued, timedelta(days=60), long=True, **more)

    def _issued(self, scopes: frozenset[str], at: datetime, life: timedelta, **more: Any) -> Token:
        token = Token("THQ" + secrets.token_hex(30), self.us, scopes, at, at + life, **more)
        self.tokens[token.value] = token
        return token

    def _token_of(self, request: Request) -> Token:
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or not value:
            raise ThreadsError(2500, "An active access token must be used to query information about the current user.")
        token = self.tokens.get(value)
        if token is None:
            raise ThreadsError(190, "Invalid OAuth access token - Cannot parse access token", http=401)
        if not token.valid or token.expires_at <= self.now():
            raise ThreadsError(190, "Error validating access token: Session has expired", 463, http=401)
        return token

    # consent and tokens

    def create_app(self, redirect_uri: str) -> dict[str, str]:
        self.redirect_uris = (*self.redirect_uris, redirect_uri)
        return {"client_id": APP_ID, "client_secret": APP_SECRET, "verify_token": VERIFY_TOKEN}

    def _consent(self, request: Request) -> Response:
        written = {**request.args.to_dict(), **request.form.to_dict()}
        if written.get("client_id") != APP_ID:
            return Response("Invalid client_id", status=400)
        if self.redirect_uris and written.get("redirect_uri") not in self.redirect_uris:
            return Response("Invalid redirect_uri", status=400)
        scopes = [scope for scope in written.get("scope", "").split(",") if scope]
        redirect_uri, state = written.get("redirect_uri", ""), written.get("state", "")
        if request.method == "GET":
            page = consent.screen("Newsroom", self.us.username, scopes, written)
            return Response(page, content_type="text/html; charset=utf-8")
        if request.form.get("decision") != "agree":
            refused = {"error": "access_denied", "error_reason": "user_denied"}
            target = consent.returned(
                redirect_uri, **refused, error_description="The user denied your request", state=state
            )
            return Response(status=302, headers={"Location": target})
        granted = frozenset(request.form.getlist("granted")) & frozenset(scopes)
        code = self.consented(granted, redirect_uri)
        return Response(status=302, headers={"Location": consent.returned(redirect_uri, code=code, state=state)})

    def consented(self, scopes: Iterable[str], redirect_uri: str) -> str:
        """The code that a yes gives."""
        code = "AQ" + secrets.token_hex(20)
        self.codes[code] = (frozenset(scopes), redirect_uri)
        return code

    def _code_exchange(self, params: dict[str, str]) -> dict[str, Any]:
        if params["client_id"] != APP_ID or params["client_secret"] != APP_SECRET:
            raise ThreadsError(101, "Error validating application. Invalid application secret.")
        granted = self.codes.pop(params["code"], None)
        if granted is None or granted[1] != params["redirect_uri"]:
            raise ThreadsError(100, "Error validating verification code.", 36007)
        token = self._issued(granted[0], self.now(), timedelta(hours=1))
        return {"access_token": token.value, "user_id": self.us.id}

    def _long_lived(self, token: Token, params: dict[str, str]) -> dict[str, Any]:
        if params["client_secret"] != APP_SECRET or token.long:
            raise ThreadsError(452, "Session key invalid.")
        fresh = self._issued(token.scopes, self.now(), timedelta(days=60), long=True)
        return {"access_token": fresh.value, "token_type": "bearer", "expires_in": 5_184_000}

    def _refreshed(self, token: Token) -> dict[str, Any]:
        if not token.long or self.now() - token.issued_at < timedelta(hours=24):
            raise ThreadsError(100, "The token is not yet refreshable: it must be at least 24 hours old.")
        fresh = self._issued(token.scopes, self.now(), timedelta(days=60), long=True)
        return {"access_token": fresh.value, "token_type": "bearer", "expires_in": 5_184_000}

    def _debugged(self, value: str) -> dict[str, Any]:
        token = self.tokens.get(value)
        if token is None:
            raise ThreadsError(190, "Invalid OAuth access token.")
        return {
            "type": "USER",
            "application": "Newsroom",
            "data_access_expires_at": int((token.issued_at + timedelta(days=90)).timestamp()),
            "expires_at": int(token.expires_at.timestamp()),
            "is_valid": token.valid,
            "issued_at": int(token.issued_at.timestamp()),
            "scopes": sorted(token.scopes),
            "user_id": token.user.id,
        }
