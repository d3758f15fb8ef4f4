"""A signed-in session on a PDS: opened once with the app password, then kept by rotating refresh tokens.

``com.atproto.server.createSession`` is limited to a few calls a day and account, so it is the last resort: a stored
access token is used until it ends, a stored refresh token after that (it works once; its answer brings the next).
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
from django.utils.translation import gettext as _

from smeditor.exceptions import AuthExpired, Gone, NetworkError, Refused
from smeditor.networks.base import Credentials
from smeditor.networks.client import GuardedClient
from smeditor.networks.http import Answer, JsonApi
from smeditor.networks.rates import Rate, Rates

STALE_TOKEN = {"ExpiredToken", "InvalidToken"}
SIGN_IN_AGAIN = STALE_TOKEN | {"AuthMissing", "AuthenticationRequired", "AuthFactorTokenRequired"}
ACCOUNT_STOPPED = {"AccountTakedown", "AccountSuspended", "AccountDeactivated", "RepoTakendown", "RepoDeactivated"}
NOT_THERE = {"RecordNotFound", "NotFound", "RepoNotFound"}
EARLY = 60
"""Seconds before its end at which a token counts as ended."""


class Xrpc(JsonApi):
    """An AT Protocol server. It answers 400 where others use 401 and 404; the error's name tells which."""

    def error(self, response: httpx.Response, now: datetime, *, effect: bool, rate: Rate | None) -> NetworkError:
        """Return the error that an XRPC answer means, by its status and its ``error`` name."""
        error = super().error(response, now, effect=effect, rate=rate)
        known: dict[str, Any] = {"status": error.status, "code": error.code, "cause": error.cause}
        params = {"host": self.host}
        if error.status not in {400, 401, 403}:
            return error
        if error.code in ACCOUNT_STOPPED:
            return AuthExpired(_("%(host)s has suspended this account, or it was deactivated there.") % params, **known)
        if error.code in SIGN_IN_AGAIN:
            return AuthExpired(
                _("%(host)s no longer accepts the account's session. Connect it again.") % params, **known
            )
        if error.code in NOT_THERE:
            return Gone(_("%(host)s says that this does not exist any more.") % params, **known)
        return error


class Session:
    """The account's session. ``save`` is called with new credentials whenever a token changed."""

    def __init__(
        self,
        credentials: Credentials,
        client: GuardedClient,
        rates: Rates,
        save: Callable[[Credentials], None],
    ) -> None:
        self.credentials = credentials
        self.client = client
        self.rates = rates
        self.save = save
        self.entry = Xrpc(credentials.server_url, client, label="Bluesky", rates=rates)

    @property
    def did(self) -> str:
        """The account's DID; signs in where it is not known yet."""
        if not self.credentials.remote_id:
            self.renew()
        return self.credentials.remote_id

    def get(self, nsid: str, **params: Any) -> Answer:
        """Ask a query of the PDS; ``app.bsky.*`` it passes on to its AppView by itself."""
        return self.call("GET", nsid, params={key: value for key, value in params.items() if value is not None})

    def post(self, nsid: str, body: Mapping[str, Any], *, bucket: str) -> Answer:
        """Call a procedure that readers see the effect of."""
        return self.call("POST", nsid, json=body, bucket=bucket, effect=True)

    def call(self, method: str, nsid: str, **kwargs: Any) -> Answer:
        """Send one signed request; an ended token is renewed and the request, which was not carried out, repeated."""
        if not _usable(self.credentials.secret.get("access_jwt", "")):
            self.renew()
            return self._signed(method, nsid, **kwargs)
        try:
            return self._signed(method, nsid, **kwargs)
        except AuthExpired as error:
            if error.code not in STALE_TOKEN:
                raise
        self.renew()
        return self._signed(method, nsid, **kwargs)

    def renew(self) -> None:
        """Bring a fresh access token: by the refresh token if it still works, else by the app password.

        Raises AuthExpired where both are refused. A passing fault raises Temporary or RateLimited and changes nothing:
        a server takes the last refresh token again for some time if its answer was lost.
        """
        refresh_jwt = self.credentials.secret.get("refresh_jwt", "")
        if _usable(refresh_jwt):
            try:
                answer = self._session("refreshSession", token=refresh_jwt)
            except AuthExpired:
                if not self.credentials.secret.get("app_password"):
                    raise
                answer = self._sign_in()
        else:
            answer = self._sign_in()
        self._adopt(answer)

    def _sign_in(self) -> Mapping[str, Any]:
        secret = self.credentials.secret
        identifier = secret.get("identifier") or self.credentials.handle
        if not identifier or not secret.get("app_password"):
            raise AuthExpired(_("The session has ended and no app password is stored. Connect the account again."))
        body = {"identifier": identifier.removeprefix("@"), "password": secret["app_password"]}
        try:
            return self._session("createSession", body=body)
        except AuthExpired as error:
            known: dict[str, Any] = {"status": error.status, "code": error.code, "cause": error.cause}
            if error.code == "AuthFactorTokenRequired":
                sentence = _(
                    "The account asks for a code by mail: use an app password, not the account's own password."
                )
            elif error.code in ACCOUNT_STOPPED:
                raise
            else:
                sentence = _("Bluesky does not accept this handle and app password. Make a new app password.")
            raise AuthExpired(sentence, **known) from error

    def _session(self, name: str, *, token: str = "", body: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        path = f"/xrpc/com.atproto.server.{name}"
        answer = self.entry.call("POST", path, headers=headers, bucket="session", json=body)
        return answer.object("did", "handle", "accessJwt", "refreshJwt")

    def _adopt(self, answer: Mapping[str, Any]) -> None:
        did = str(answer["did"])
        if self.credentials.remote_id not in {"", did}:
            raise Refused(
                _("This app password belongs to another account, @%(handle)s.") % {"handle": answer["handle"]}
            )
        secret = {
            **self.credentials.secret,
            "access_jwt": str(answer["accessJwt"]),
            "refresh_jwt": str(answer["refreshJwt"]),
            "pds_url": self._pds_address(answer.get("didDoc")),
        }
        self.credentials = replace(
            self.credentials,
            remote_id=did,
            handle=str(answer["handle"]),
            secret=secret,
            expires_at=_expiry(secret["refresh_jwt"]),
        )
        self.save(self.credentials)

    def _pds_address(self, document: Any) -> str:
        """The account's own PDS from its DID document, "" where it tells none.

        An entryway such as bsky.social only signs in.
        """
        services = document.get("service") if isinstance(document, dict) else None
        for service in services if isinstance(services, list) else []:
            if isinstance(service, dict) and str(service.get("id", "")).endswith("#atproto_pds"):
                return str(service.get("serviceEndpoint", ""))
        return self.credentials.secret.get("pds_url", "")

    def _signed(self, method: str, nsid: str, **kwargs: Any) -> Answer:
        secret = self.credentials.secret
        api, address = self.entry, secret.get("pds_url", "")
        plain = api.base_url.startswith("http://")  # a token never goes from an encrypted connection to a plain one
        if address.startswith("https://") or (plain and address.startswith("http://")):
            api = Xrpc(address, self.client, label=api.label, rates=self.rates)
        headers = {**kwargs.pop("headers", {}), "Authorization": f"Bearer {secret['access_jwt']}"}
        return api.call(method, f"/xrpc/{nsid}", headers=headers, **kwargs)


def _usable(jwt: str) -> bool:
    """Whether a token is there and not about to end, as far as it says itself; an opaque one is simply tried."""
    ends = _expiry(jwt)
    return bool(jwt) and (ends is None or ends.timestamp() > time.time() + EARLY)


def _expiry(jwt: str) -> datetime | None:
    """When a token ends by its own ``exp`` claim (RFC 7519); None for one that is opaque, or tells no time."""
    try:
        payload = jwt.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return datetime.fromtimestamp(float(claims["exp"]), UTC)
    except (IndexError, KeyError, TypeError, ValueError, OverflowError, OSError, RecursionError):
        return None
