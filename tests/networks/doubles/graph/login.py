"""Who is let in: the consent screen, tokens, what is told of them, and the pages that a person granted."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.networks.doubles.graph import consent
from tests.networks.doubles.graph.failures import GraphError, expired
from tests.networks.doubles.graph.routing import Call, edge, node_operation
from tests.networks.doubles.graph.state import Code, GraphApp, GraphToken, Listing, Node, Person, fresh_token
from tests.networks.doubles.graph.world import World


class Login(World):
    """The consent and the tokens of the double."""

    def _token_of(self, request: Request, written: dict[str, Any], *, leak_allowed: bool) -> GraphToken:
        header = request.headers.get("Authorization", "")
        kind, _, value = header.partition(" ")
        value = value if kind in {"Bearer", "OAuth"} else str(written.get("access_token", ""))
        if request.args.get("access_token") or (request.args.get("input_token") and not leak_allowed):
            self.breaches.append(f"{request.method} {request.path}: a token in the address")
        if not value:
            raise GraphError(104, "An access token is required to request this resource.")
        app_id, _, secret = value.partition("|")
        if secret:
            if app_id not in self.apps or self.apps[app_id].secret != secret:
                raise GraphError(190, "Invalid application secret")
            return GraphToken(value, "APP", app_id)
        token = self.tokens.get(value)
        if token is None:
            raise GraphError(190, "Invalid OAuth access token - Cannot parse access token")
        if not token.valid or (token.expires_at and token.expires_at <= self.now()):
            raise expired(token.subcode)
        self._check_proof(token, str(written.get("appsecret_proof", "")))
        return token

    def _check_proof(self, token: GraphToken, proof: str) -> None:
        app = self.apps[token.app_id]
        if not proof:
            if app.requires_proof:
                raise GraphError(100, "API calls from the server require an appsecret_proof argument")
            return
        expected = hmac.new(app.secret.encode(), token.value.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(proof, expected):
            raise GraphError(100, "Invalid appsecret_proof provided in the API argument")

    # consent and tokens

    def dialog(self, request: Request) -> Response:
        """The consent screen and what it leads to. The person is the one named in ``person``, else the first."""
        written = {**request.args.to_dict(), **request.form.to_dict()}
        app = self.apps.get(written.get("client_id", ""))
        redirect_uri = written.get("redirect_uri", "")
        if app is None or (app.redirect_uris and redirect_uri not in app.redirect_uris):
            return Response("URL blocked: the redirect URI is not allowed in the app's settings.", status=400)
        person = self.people.get(written.get("person", "")) or next(iter(self.people.values()))
        scopes = [scope for scope in written.get("scope", "").split(",") if scope]
        if request.method == "GET":
            pages = [(page_id, self.nodes[page_id].data["name"]) for page_id in person.tasks]
            return Response(
                consent.screen(app, person, pages, scopes, written), content_type="text/html; charset=utf-8"
            )
        state = written.get("state", "")
        if request.form.get("decision") != "agree":
            refused = {"error": "access_denied", "error_code": "200", "error_reason": "user_denied"}
            target = consent.returned(redirect_uri, **refused, error_description="Permissions error", state=state)
            return Response(status=302, headers={"Location": target})
        granted = frozenset(request.form.getlist("granted")) & frozenset(scopes)
        code = self.consented(app, person, redirect_uri, granted, request.form.getlist("page"))
        return Response(status=302, headers={"Location": consent.returned(redirect_uri, code=code, state=state)})

    def consented(
        self, app: GraphApp, person: Person, redirect_uri: str, scopes: Iterable[str], pages: Iterable[str]
    ) -> str:
        """The code that a yes gives."""
        code = fresh_token("AQ")
        self.codes[code] = Code(app.id, person.id, redirect_uri, frozenset(scopes), tuple(pages))
        return code

    def token_exchange(self, written: dict[str, Any]) -> dict[str, Any]:
        """``/oauth/access_token``: a code for a token, a short-lived token for a long-lived one."""
        app = self.apps.get(str(written.get("client_id", "")))
        if app is None or app.secret != written.get("client_secret"):
            raise GraphError(1, "Error validating client secret.", status=400)
        if written.get("grant_type") == "fb_exchange_token":
            short = self.tokens.get(str(written.get("fb_exchange_token", "")))
            if short is None or not short.valid:
                raise expired()
            token = self._issued(self._user_token_like(short, timedelta(days=60), long_lived=True))
            return {"access_token": token.value, "token_type": "bearer", "expires_in": 5_184_000}
        code = self.codes.pop(str(written.get("code", "")), None)
        if code is None:
            raise GraphError(100, "This authorization code has been used.", 36009)
        if code.redirect_uri != written.get("redirect_uri"):
            raise GraphError(
                100, "Error validating verification code. Please make sure your redirect_uri is identical", 36008
            )
        fresh = GraphToken(fresh_token(), "USER", app.id, code.person_id, scopes=code.scopes, targets=code.targets)
        token = self._issued(self._user_token_like(fresh, timedelta(hours=2), long_lived=False))
        return {"access_token": token.value, "token_type": "bearer", "expires_in": 7200}

    def _user_token_like(self, token: GraphToken, lifetime: timedelta, *, long_lived: bool) -> GraphToken:
        return GraphToken(
            fresh_token(),
            "USER",
            token.app_id,
            token.user_id,
            scopes=token.scopes,
            targets=token.targets,
            expires_at=self.now() + lifetime,
            data_access_expires_at=self.now() + timedelta(days=90),
            long_lived=long_lived,
        )

    def debugged(self, asking: GraphToken, value: str) -> dict[str, Any]:
        """What ``/debug_token`` tells of a token."""
        token = self.tokens.get(value)
        if token is None:
            return {"error": {"code": 190, "message": "Invalid OAuth access token."}, "is_valid": False, "scopes": []}
        if asking.app_id != token.app_id:
            raise GraphError(100, "The App_id in the input_token did not match the Viewing App")
        valid = token.valid and not (token.expires_at and token.expires_at <= self.now())
        found: dict[str, Any] = {
            "app_id": token.app_id,
            "application": self.apps[token.app_id].name,
            "type": token.kind,
            "is_valid": valid,
            "expires_at": int(token.expires_at.timestamp()) if token.expires_at else 0,
            "data_access_expires_at": int(token.data_access_expires_at.timestamp())
            if token.data_access_expires_at
            else 0,
            "scopes": sorted(token.scopes),
            "granular_scopes": [
                {"scope": scope, **({"target_ids": list(token.targets)} if token.targets else {})}
                for scope in sorted(token.scopes)
            ],
            "user_id": token.user_id,
        }
        if token.kind == "PAGE":
            found["profile_id"] = token.profile_id
        if not valid:
            found["error"] = {"code": 190, "message": "Session has expired", "subcode": token.subcode}
        return found

    @edge("GET", "User", "accounts")
    def get_accounts(self, call: Call) -> Any:
        """The pages that a person granted, each with its token. https://developers.facebook.com/docs/graph-api/reference/user/accounts"""
        if call.token.kind != "USER":
            raise GraphError(100, "Tried accessing nonexisting field (accounts) on node type (Page)")
        call.require("pages_show_list")
        person = self.people[call.token.user_id]
        granted = call.token.targets or tuple(person.tasks)
        return Listing(
            [self._account(self.nodes[page_id], person, call.token) for page_id in person.tasks if page_id in granted]
        )

    def _account(self, page: Node, person: Person, user_token: GraphToken) -> Node:
        held = next(
            (
                token
                for token in self.tokens.values()
                if token.kind == "PAGE"
                and token.profile_id == page.id
                and token.user_id == person.id
                and token.valid
                and token.long_lived == user_token.long_lived
                and token.scopes == user_token.scopes
            ),
            None,
        )
        token = held or self._issued(
            GraphToken(
                fresh_token(),
                "PAGE",
                user_token.app_id,
                person.id,
                page.id,
                user_token.scopes,
                (page.id,),
                # A page's token that is got with a long-lived user's token has no end:
                # https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
                expires_at=None if user_token.long_lived else user_token.expires_at,
                data_access_expires_at=user_token.data_access_expires_at,
                long_lived=user_token.long_lived,
            )
        )
        data = {**page.data, "access_token": token.value, "tasks": list(person.tasks[page.id])}
        return Node(page.id, "Page", data, page.id, page.hidden)

    @node_operation("GET", "Page")
    def get_page(self, call: Call) -> Node:
        """A page; to a person who granted it, its token as well."""
        person = self.people.get(call.token.user_id)
        if call.token.kind != "USER" or person is None or call.node.id not in person.tasks:
            return call.node
        return self._account(call.node, person, call.token)

    @edge("GET", "User", "permissions")
    def get_permissions(self, call: Call) -> Any:
        """The permissions that a person granted."""
        return Listing([{"permission": scope, "status": "granted"} for scope in sorted(call.token.scopes)])

    @edge("DELETE", "User", "permissions")
    def delete_permissions(self, call: Call) -> Any:
        """Take the consent back: all tokens of the person for this app are worthless."""
        for token in self.tokens.values():
            if token.user_id == call.token.user_id and token.app_id == call.token.app_id:
                token.valid, token.subcode = False, 458
        return {"success": True}
