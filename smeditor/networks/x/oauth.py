"""X's consent: OAuth 2 authorization code with PKCE, rotating refresh tokens, revocation.

https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token, read 2026-11-30: an access token lasts two hours; a
refresh token comes with ``offline.access``, works once, and its answer brings the next; a confidential client (with a
secret) signs in by HTTP Basic, a public one names its ``client_id`` in the body. A code lasts thirty seconds.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _

from smeditor.exceptions import AuthExpired, BadAnswer, Gone, Refused, Temporary
from smeditor.networks.client import GuardedClient
from smeditor.networks.connecting import Consent
from smeditor.networks.credentials import App, Credentials
from smeditor.networks.http import Answer
from smeditor.networks.rates import Rates
from smeditor.networks.x.connecting import API, CONSENT_PATH, REQUIRED, SCOPES, SITE
from smeditor.networks.x.errors import XApi
from smeditor.redaction import remember

TOKEN_PATH, REVOKE_PATH = "/2/oauth2/token", "/2/oauth2/revoke"
LIFETIME = timedelta(hours=2)
"""How long an access token lasts where the answer does not say."""
LONGEST_LIFETIME = 400 * 24 * 3600
OUR_KEYS = {"unauthorized_client", "invalid_client"}
"""Errors by which X refuses the app itself, not the account."""


def consent(app: App, redirect_uri: str, state: str, server_url: str) -> Consent:
    """Where a person consents, and the verifier to keep. Raises Refused where the app's client ID is missing."""
    verifier = secrets.token_urlsafe(64)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": client_id(app),
        "redirect_uri": redirect_uri,
        "scope": " ".join(scope.name for scope in SCOPES),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    site = SITE if api_url(app, server_url) == API else api_url(app, server_url)
    return Consent(f"{site}{CONSENT_PATH}?{urlencode(query, quote_via=quote)}", {"verifier": verifier})


def exchange(
    app: App,
    redirect_uri: str,
    callback: Mapping[str, str],
    kept: Mapping[str, str],
    client: GuardedClient,
    server_url: str,
) -> Credentials:
    """The credentials that a consent gave. Raises Refused where the person said no or the code is no good any more."""
    if callback.get("error"):
        if callback["error"] == "access_denied":
            raise Refused(_("You did not agree at X, so that the account was not connected."), code="access_denied")
        raise Refused(
            _("X did not give its consent: %(said)s") % {"said": str(callback["error"])[:100]}, code="consent"
        )
    code, verifier = callback.get("code", ""), kept.get("verifier", "")
    if not code or not verifier:
        raise Refused(_("The way back from X brought no code. Start connecting again."))
    remember([code, verifier])
    server = api_url(app, server_url)
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    try:
        answer = _ask(app, client, server, TOKEN_PATH, body)
    except (Refused, AuthExpired) as error:
        known: dict[str, Any] = {"status": error.status, "code": error.code, "cause": error.cause}
        if error.code in OUR_KEYS:
            raise Refused(_("X does not accept the app's client ID and secret. Check them."), **known) from error
        sentence = _("The consent is no good any more: X keeps it for thirty seconds. Start connecting again.")
        raise Refused(sentence, **known) from error
    return adopted(Credentials(server_url=server), answer)


def renewed(app: App, credentials: Credentials, client: GuardedClient) -> Credentials:
    """Fresh credentials for the refresh token, which is used up by it. Raises AuthExpired where X refuses it.

    A lost answer is Temporary: whether the refresh token still works, X will say the next time.
    """
    token = credentials.secret.get("refresh_token", "")
    if not token:
        raise AuthExpired(_("X gave no permission to stay connected. Connect the account again."))
    body = {"grant_type": "refresh_token", "refresh_token": token}
    try:
        answer = _ask(app, client, credentials.server_url or API, TOKEN_PATH, body)
    except (Refused, AuthExpired) as error:
        known: dict[str, Any] = {"status": error.status, "code": error.code, "cause": error.cause}
        if error.code in OUR_KEYS:
            raise AuthExpired(_("X does not accept the app's client ID and secret. Check them."), **known) from error
        sentence = _("X no longer renews this account's connection. Connect the account again.")
        raise AuthExpired(sentence, **known) from error
    return adopted(credentials, answer)


def revoke(app: App, credentials: Credentials, client: GuardedClient) -> None:
    """Give both tokens back. One that X does not know any more is given back."""
    for name in ("refresh_token", "access_token"):
        token = credentials.secret.get(name)
        if not token:
            continue
        try:
            _ask(app, client, credentials.server_url or API, REVOKE_PATH, {"token": token, "token_type_hint": name})
        except (Refused, AuthExpired):
            continue


def adopted(credentials: Credentials, answer: Answer) -> Credentials:
    """``credentials`` with what a token answer brought. Raises BadAnswer where it has no usable token."""
    data = answer.object("access_token")
    access, refresh = data["access_token"], data.get("refresh_token")
    if not usable(access) or not (refresh is None or usable(refresh)):
        raise BadAnswer(_("The server's answer lacks what its documentation promises."), cause="no usable token")
    secret = {**credentials.secret, "access_token": access}
    if refresh:
        secret["refresh_token"] = refresh
    scope = data.get("scope")
    scopes = frozenset(scope.split()) if isinstance(scope, str) else credentials.scopes
    return replace(credentials, secret=secret, expires_at=_ends(data.get("expires_in"), answer.at), scopes=scopes)


def usable(token: Any) -> bool:
    """Whether a value can stand in a header as a token."""
    return (
        isinstance(token, str)
        and 0 < len(token) <= 4000
        and token.isascii()
        and token.isprintable()
        and " " not in token
    )


def missing(credentials: Credentials) -> str:
    """A sentence for a person where a required permission was not granted, else empty."""
    absent = REQUIRED - credentials.scopes if credentials.scopes is not None else frozenset()
    if not absent:
        return ""
    reasons = "; ".join(str(scope.reason) for scope in SCOPES if scope.name in absent)
    sentence = _("X did not grant everything that is needed. Missing: %(reasons)s. Connect it again and agree to all.")
    return sentence % {"reasons": reasons}


def client_id(app: App) -> str:
    """The app's client ID. Raises Refused where it was not entered."""
    value = app.keys.get("client_id", "").strip()
    if not value:
        raise Refused(_("The newsroom's app at X is not set up yet: its client ID is missing."), code="app")
    return value


def api_url(app: App, server_url: str) -> str:
    """The address of the API: the one that is meant, the app's, or X's own."""
    return (server_url or app.server_url or API).rstrip("/")


def _ask(app: App, client: GuardedClient, server: str, path: str, body: dict[str, str]) -> Answer:
    name, secret = client_id(app), app.keys.get("client_secret", "").strip()
    headers = {"Accept": "application/json"}
    if secret:
        pair = base64.b64encode(f"{quote(name, safe='')}:{quote(secret, safe='')}".encode()).decode()
        headers["Authorization"] = f"Basic {pair}"
    else:
        body = {**body, "client_id": name}
    try:
        return XApi(server, client, label="X", rates=Rates()).call(
            "POST", path, data=body, headers=headers, bucket="oauth"
        )
    except Gone as error:
        raise Temporary(error.sentence, cause=error.cause, status=error.status) from error


def _ends(seconds: Any, at: datetime) -> datetime:
    sound = isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds <= LONGEST_LIFETIME
    return at + (timedelta(seconds=seconds) if sound else LIFETIME)
