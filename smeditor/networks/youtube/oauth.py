"""Google's consent: an authorisation code with PKCE, a token for an hour, and one by which it is renewed.

https://developers.google.com/identity/protocols/oauth2/web-server (read 2026-11-30): ``access_type=offline`` and
``prompt=consent`` bring a refresh token each time; a person may leave a permission unticked, so that the granted scopes
are read. https://developers.google.com/identity/protocols/oauth2#expiration: a refresh token ends when the person takes
the access back, after six months without use, and after seven days while the app is in testing.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from smeditor.exceptions import AuthExpired, BadAnswer, Gone, NetworkError, Refused
from smeditor.networks.client import GuardedClient
from smeditor.networks.connecting import Consent
from smeditor.networks.credentials import App, Credentials
from smeditor.networks.http import JsonApi
from smeditor.networks.rates import Rates
from smeditor.networks.youtube.connecting import AUTHORIZE, FORCE_SSL, HOME, REVOKE, TOKEN, endpoint
from smeditor.redaction import remember

LABEL = "Google"
LONGEST_LIFE = timedelta(days=400)
ENDED = frozenset({"invalid_grant", "invalid_token"})


def consent(app: App, redirect_uri: str, state: str, server_url: str) -> Consent:
    """Google's screen, and the PKCE verifier to keep until the return."""
    verifier = secrets.token_urlsafe(64)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    params = {
        "client_id": app.keys.get("client_id", ""),
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": FORCE_SSL,
        "access_type": "offline",
        "prompt": "consent",
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    address = endpoint(AUTHORIZE, "/o/oauth2/v2/auth", app.server_url or server_url)
    return Consent(f"{address}?{urlencode(params)}", {"code_verifier": verifier})


def exchanged(
    app: App,
    redirect_uri: str,
    callback: Mapping[str, str],
    kept: Mapping[str, str],
    client: GuardedClient,
    server: str,
) -> Credentials:
    """Credentials from what the screen sent back. Raises ``Refused`` with a sentence where there can be none."""
    if callback.get("error"):
        raise Refused(_("The permission was not given on Google's screen."), code=str(callback["error"])[:60])
    code, verifier = callback.get("code", ""), kept.get("code_verifier", "")
    if not code or not verifier:
        raise Refused(_("Google's answer is not whole. Connect the account once more."))
    remember([code, verifier])
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
        **_keys(app),
    }
    data = _token(client, app.server_url or server, body)
    scopes = _scopes(data)
    if FORCE_SSL not in scopes:
        raise Refused(_("The permission was left unticked on Google's screen. Connect the account again and tick it."))
    refresh = data.get("refresh_token")
    if not isinstance(refresh, str) or not refresh:
        raise Refused(
            _("Google gave no lasting permission. Take the app out of the Google account and connect it again.")
        )
    return _credentials(Credentials(server_url=server or HOME), data, refresh, scopes)


def renewed(credentials: Credentials, app: App, client: GuardedClient) -> Credentials:
    """The same credentials with a fresh token. Raises ``AuthExpired`` where Google gives none any more."""
    refresh = credentials.secret.get("refresh_token", "")
    if not refresh:
        raise AuthExpired(_("The account has no lasting permission. Connect it again."))
    body = {"grant_type": "refresh_token", "refresh_token": refresh, **_keys(app)}
    try:
        data = _token(client, app.server_url or credentials.server_url, body)
    except Refused as error:
        if error.code in ENDED:
            sentence = _(
                "Google does not renew the permission any more: it was taken back, or ended. Connect it again."
            )
            raise AuthExpired(sentence, code=error.code, status=error.status) from None
        raise
    given = data.get("refresh_token")
    fresh = given if isinstance(given, str) and given else refresh
    return _credentials(credentials, data, fresh, _scopes(data) or credentials.scopes)


def revoked(credentials: Credentials, client: GuardedClient) -> bool:
    """Give the permission back. One that is not good any more counts as given back."""
    token = credentials.secret.get("refresh_token") or credentials.secret.get("access_token", "")
    if not token:
        return True
    url = endpoint(REVOKE, "/revoke", credentials.server_url)
    try:
        _post(client, url, {"token": token})
    except Refused as error:
        if error.code not in ENDED:
            raise
    except Gone:
        return True
    return True


class _SignIn(JsonApi):
    def describe(self, data: Any) -> tuple[str, str]:
        if not isinstance(data, dict):
            return "", ""
        return str(data.get("error") or ""), str(data.get("error_description") or "")

    def error(self, response: Any, now: datetime, **kwargs: Any) -> NetworkError:
        error = super().error(response, now, **kwargs)
        if isinstance(error, AuthExpired):  # 401 speaks of the app here, not of the person
            sentence = _("Google does not accept the keys of the newsroom's app. Check the client ID and its secret.")
            return Refused(sentence, status=error.status, code=error.code)
        return error


def _token(client: GuardedClient, server_url: str, body: Mapping[str, str]) -> dict[str, Any]:
    data = _post(client, endpoint(TOKEN, "/token", server_url), body)
    if not isinstance(data, dict) or not isinstance(data.get("access_token"), str) or not data["access_token"]:
        raise BadAnswer(_("Google answered without a token."))
    return data


def _post(client: GuardedClient, url: str, body: Mapping[str, str]) -> Any:
    server, _slash, path = url.rpartition("/")
    return _SignIn(server, client, label=LABEL, rates=Rates()).call("POST", f"/{path}", data=dict(body)).data


def _keys(app: App) -> dict[str, str]:
    return {name: app.keys.get(name, "") for name in ("client_id", "client_secret")}


def _scopes(data: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(str(data.get("scope") or "").split())


def _credentials(
    before: Credentials, data: Mapping[str, Any], refresh: str, scopes: frozenset[str] | None
) -> Credentials:
    return Credentials(
        server_url=before.server_url,
        handle=before.handle,
        remote_id=before.remote_id,
        secret={"access_token": data["access_token"], "refresh_token": refresh},
        expires_at=_ends(data.get("expires_in")),
        refresh_expires_at=_ends(data.get("refresh_token_expires_in")) or before.refresh_expires_at,
        scopes=scopes,
    )


def _ends(seconds: Any) -> datetime | None:
    """When something ends that lasts so many seconds; None where that is not said, or no number."""
    try:
        length = timedelta(seconds=float(seconds))
    except (TypeError, ValueError, OverflowError):
        return None
    return datetime.now(UTC) + min(length, LONGEST_LIFE) if timedelta() < length else None
