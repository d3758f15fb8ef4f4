"""The consent screen, and what is to be known of a token.

Sources, read 2026-11-30: https://developers.facebook.com/documentation/facebook-login/guides/advanced/manual-flow (dialog, code,
refusal), …/guides/access-tokens/get-long-lived (exchange; a page's token that is got with a long-lived user's token has no
end), https://developers.facebook.com/docs/graph-api/reference/debug_token. That Facebook Login for Business takes a
``config_id`` is documented at …/documentation/facebook-login/facebook-login-for-business.

The documents show the exchanges as GET with the app's secret in the address. They are sent as forms, so that no secret
stands where proxies write it down: the endpoint takes both (django-allauth and Authlib send forms).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from smeditor.exceptions import AuthExpired, BadAnswer, Refused
from smeditor.networks.credentials import App
from smeditor.networks.graph.api import GraphApi, checked
from smeditor.networks.graph.version import DIALOG, GRAPH, version_of
from smeditor.networks.http import objects

MOST_SCOPES = 200


@dataclass(frozen=True)
class Token:
    """What Meta says of a token. ``kind``: ``USER``, ``PAGE``, ``APP``, ``SYSTEM_USER``; ``profile_id``: a page token's page.

    ``targets``: the ids for which a scope was granted, where it was granted for some only (granular scopes).
    """

    kind: str
    valid: bool
    app_id: str = ""
    user_id: str = ""
    profile_id: str = ""
    scopes: frozenset[str] = frozenset()
    targets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None

    def grants(self, scope: str, target: str = "") -> bool:
        """Whether ``scope`` was granted, and for ``target`` where it was granted for some only."""
        return scope in self.scopes and (not target or not self.targets.get(scope) or target in self.targets[scope])


def consent_url(app: App, redirect_uri: str, state: str, scopes: Sequence[str], server_url: str = "") -> str:
    """The address of the consent screen. ``server_url``: the API's; a double's own serves the screen as well."""
    server = (server_url or app.server_url).rstrip("/")
    dialog = DIALOG if server in {"", GRAPH} else server
    query = {
        "client_id": app.keys.get("client_id", ""),
        "redirect_uri": redirect_uri,
        "state": state,
        "response_type": "code",
        "scope": ",".join(scopes),
        # Without it the screen does not show again what a person left out the first time.
        "auth_type": "rerequest",
    }
    if app.keys.get("config_id"):
        query["config_id"] = app.keys["config_id"]
    return f"{dialog}/{version_of(app)}/dialog/oauth?{urlencode(query)}"


def exchange_code(api: GraphApi, redirect_uri: str, callback: Mapping[str, str]) -> str:
    """Return the person's token for the code that came back. Raises Refused where they said no or the code is no good."""
    if callback.get("error") or callback.get("error_code") or not callback.get("code"):
        if callback.get("error_reason") == "user_denied" or callback.get("error") == "access_denied":
            raise Refused(_("The consent was refused at %(network)s.") % {"network": api.label}, code="access_denied")
        excerpt = str(callback.get("error_description") or callback.get("error_message") or "")[:200]
        sentence = _("%(network)s gave no consent. %(said)s") % {"network": api.label, "said": excerpt}
        raise Refused(sentence.strip(), code=str(callback.get("error") or callback.get("error_code") or "no_code")[:40])
    form = {**_app_form(api), "redirect_uri": redirect_uri, "code": callback["code"]}
    return _token_of(_asked(api, form))


def long_lived(api: GraphApi, token: str) -> tuple[str, datetime | None]:
    """Return a long-lived token in place of a short-lived one, and its end where Meta says it."""
    form = {**_app_form(api), "grant_type": "fb_exchange_token", "fb_exchange_token": token}
    data = _asked(api, form)
    seconds = data.get("expires_in")
    usable = isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < 10 * 366 * 86400
    return _token_of(data), datetime.now(UTC) + timedelta(seconds=seconds) if usable and seconds else None


def inspect(api: GraphApi, token: str) -> Token:
    """Ask what ``token`` is (``/debug_token``): as the app where its secret is known, else as the token itself.

    Raises AuthExpired where Meta says that it is no good, BadAnswer where the answer cannot be read.
    """
    token = checked(token.strip())
    client_id, secret = api.app.keys.get("client_id", ""), api.app.keys.get("client_secret", "")
    asking = f"{client_id}|{secret}" if client_id and secret else token
    try:
        # The method's override keeps the token out of the address (it is how Meta's own PHP SDK sent every call).
        answer = api.call("POST", "/debug_token", token=asking, data={"input_token": token, "method": "GET"})
    except Refused:
        answer = api.call("GET", "/debug_token", token=asking, params={"input_token": token})
    data = answer.object("data")["data"]
    if not isinstance(data, dict):
        raise BadAnswer(cause="debug_token without an object")
    found = _read_token(data)
    if not found.valid:
        error = data.get("error")
        cause = str(error.get("message"))[:200] if isinstance(error, dict) else ""
        sentence = _("%(network)s no longer accepts the account's token. Connect it again.")
        raise AuthExpired(sentence % {"network": api.label}, cause=cause, code="190")
    if client_id and found.app_id and found.app_id != client_id:
        sentence = _("This token belongs to another app than the newsroom's. Connect the account again.")
        raise AuthExpired(sentence, cause=f"token of app {found.app_id}", code="app")
    return found


def _read_token(data: Mapping[str, Any]) -> Token:
    scopes = data.get("scopes")
    granular = {
        str(entry.get("scope")): frozenset(str(target) for target in entry["target_ids"][:MOST_SCOPES])
        for entry in objects(data.get("granular_scopes"))[:MOST_SCOPES]
        if isinstance(entry.get("target_ids"), list)
    }
    return Token(
        kind=str(data.get("type") or "").upper()[:40],
        valid=data.get("is_valid") is True,
        app_id=_id(data.get("app_id")),
        user_id=_id(data.get("user_id")),
        profile_id=_id(data.get("profile_id")),
        scopes=frozenset(str(scope)[:100] for scope in scopes[:MOST_SCOPES])
        if isinstance(scopes, list)
        else frozenset(),
        targets=granular,
        expires_at=_time(data.get("expires_at")),
        data_access_expires_at=_time(data.get("data_access_expires_at")),
    )


def _app_form(api: GraphApi) -> dict[str, str]:
    client_id, secret = api.app.keys.get("client_id", ""), api.app.keys.get("client_secret", "")
    if not client_id or not secret:
        raise Refused(_("The newsroom's own app at %(network)s is not set up.") % {"network": api.label}, code="no_app")
    return {"client_id": client_id, "client_secret": secret}


def _asked(api: GraphApi, form: Mapping[str, str]) -> dict[str, Any]:
    try:
        return api.call("POST", "/oauth/access_token", token="", data=dict(form)).object("access_token")
    except AuthExpired as error:
        sentence = _("%(network)s does not accept the consent any more. Begin again.") % {"network": api.label}
        raise Refused(sentence, cause=error.cause, status=error.status, code=error.code) from error


def _token_of(data: Mapping[str, Any]) -> str:
    token = data.get("access_token")
    if not isinstance(token, str) or not 0 < len(token) <= 4000:
        raise BadAnswer(cause="no usable access_token")
    return token


def _id(value: Any) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and len(str(value)) <= 60 else ""


def _time(value: Any) -> datetime | None:
    """Epoch seconds; 0 stands for "never"."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 32_503_680_000:
        return None
    return datetime.fromtimestamp(value, UTC)
