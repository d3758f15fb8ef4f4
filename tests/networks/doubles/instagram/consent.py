"""Instagram's business login, and the three addresses for tokens, which stand outside the versions.

Ours, after https://developers.facebook.com/documentation/instagram-platform/instagram-api-with-instagram-login/business-login
(2026-11-30); what the exchanges take and give is held to ``IGAccessTokenForIGOnlyAPI`` and
``IGRefreshAccessTokenForIGOnlyAPI``.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.networks.doubles.base import ContractBroken
from tests.networks.doubles.graph import GraphError, GraphServer, GraphToken, specs
from tests.networks.doubles.graph.failures import expired
from tests.networks.doubles.threads import consent as screens

LONG = timedelta(days=60)


class Consent(GraphServer):
    """What of an Instagram server concerns consent and tokens. ``account`` is the newsroom's."""

    account: Any
    grants: dict[str, tuple[frozenset[str], str]]

    def _routed(self, request: Request) -> Response:
        written = {**request.args.to_dict(), **request.form.to_dict()}
        match request.path:
            case "/oauth/authorize":
                return self._screen(request, written)
            case "/oauth/access_token":
                return _json(self._code(written))
            case "/access_token":
                return _json(self._exchanged(request, written))
            case "/refresh_access_token":
                return _json(self._renewed(request, written))
        return super()._routed(request)

    def _screen(self, request: Request, written: dict[str, str]) -> Response:
        app = self.apps.get(written.get("client_id", ""))
        if app is None:
            return Response("Invalid platform app", status=400)
        if app.redirect_uris and written.get("redirect_uri") not in app.redirect_uris:
            return Response("Invalid redirect_uri", status=400)
        scopes = [scope for scope in written.get("scope", "").split(",") if scope]
        redirect_uri, state = written.get("redirect_uri", ""), written.get("state", "")
        if request.method == "GET":
            page = screens.screen("Newsroom", self.account.data["username"], scopes, written)
            return Response(page, content_type="text/html; charset=utf-8")
        if request.form.get("decision") != "agree":
            refused = {"error": "access_denied", "error_reason": "user_denied"}
            target = screens.returned(
                redirect_uri, **refused, error_description="The user denied your request", state=state
            )
            return Response(status=302, headers={"Location": target})
        code = self.agreed(frozenset(request.form.getlist("granted")) & frozenset(scopes), redirect_uri)
        return Response(status=302, headers={"Location": screens.returned(redirect_uri, code=code, state=state)})

    def agreed(self, scopes: Iterable[str], redirect_uri: str) -> str:
        """The code that a yes gives."""
        code = "AQB" + secrets.token_hex(20)
        self.grants[code] = (frozenset(scopes), redirect_uri)
        return code

    def token_of_account(
        self, scopes: Iterable[str], *, age: timedelta = timedelta(days=2), long: bool = True
    ) -> GraphToken:
        """A token of the newsroom's account, issued ``age`` ago."""
        app = next(iter(self.apps.values()))
        issued = self.now() - age
        life = LONG if long else timedelta(hours=1)
        token = GraphToken(
            "IGAA" + secrets.token_hex(30),
            "USER",
            app.id,
            self.account.id,
            scopes=frozenset(scopes),
            expires_at=issued + life,
            long_lived=long,
        )
        return self._issued(token)

    def _code(self, written: dict[str, str]) -> dict[str, Any]:
        app = self.apps.get(written.get("client_id", ""))
        if app is None or app.secret != written.get("client_secret"):
            raise GraphError(101, "Error validating application. Invalid client_secret.")
        granted = self.grants.pop(written.get("code", ""), None)
        if granted is None or granted[1] != written.get("redirect_uri"):
            raise GraphError(100, "Matching code was not found or was already used.", 36007)
        token = self.token_of_account(granted[0], age=timedelta(), long=False)
        row = {
            "access_token": token.value,
            "user_id": self.account.data["user_id"],
            "permissions": ",".join(sorted(granted[0])),
        }
        return {"data": [row]}

    def _exchanged(self, request: Request, written: dict[str, str]) -> dict[str, Any]:
        token = self._asking(request, "IGAccessTokenForIGOnlyAPI", written)
        app = self.apps[token.app_id]
        if written["client_secret"] != app.secret or written["grant_type"] != "ig_exchange_token" or token.long_lived:
            raise GraphError(452, "Session key invalid.")
        fresh = self.token_of_account(token.scopes, age=timedelta())
        return self._given("IGAccessTokenForIGOnlyAPI", fresh)

    def _renewed(self, request: Request, written: dict[str, str]) -> dict[str, Any]:
        token = self._asking(request, "IGRefreshAccessTokenForIGOnlyAPI", written)
        young = token.expires_at is not None and token.expires_at - self.now() > LONG - timedelta(hours=24)
        if written["grant_type"] != "ig_refresh_token" or not token.long_lived or young:
            raise GraphError(100, "The token cannot be refreshed: it must be at least 24 hours old.")
        fresh = self.token_of_account(token.scopes, age=timedelta())
        return self._given("IGRefreshAccessTokenForIGOnlyAPI", fresh, permissions=",".join(sorted(token.scopes)))

    def _asking(self, request: Request, kind: str, written: dict[str, str]) -> GraphToken:
        """The token that asks. The description calls it a parameter; a header counts as that one."""
        token = self._token_of(request, written, leak_allowed=False)
        described = specs.operation(kind, "GET", "#get")
        if described:
            known = {entry["name"] for entry in described["params"]}
            missing = known - set(written) - {"access_token"}
            if missing or set(written) - known:
                raise ContractBroken(f"{kind}: lacks {missing}, does not know {set(written) - known}")
        if token.expires_at and token.expires_at <= self.now():
            raise expired()
        return token

    def _given(self, kind: str, token: GraphToken, **more: Any) -> dict[str, Any]:
        found = {"access_token": token.value, "token_type": "bearer", "expires_in": 5_184_000, **more}
        for name, value in found.items():
            types = specs.fields(kind)
            if types is not None:
                if name not in types:
                    raise ContractBroken(f"{kind} has no field {name}")
                specs.conforming(value, types[name])
        return found


def _json(data: Any) -> Response:
    return Response(json.dumps(data), content_type="application/json; charset=UTF-8")
