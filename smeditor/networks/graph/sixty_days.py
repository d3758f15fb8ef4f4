"""The tokens of sixty days, as Instagram's and Threads' own servers hand them out: exchanged, kept alive, checked.

Both documents describe one procedure with other words for the grants
(https://developers.facebook.com/documentation/instagram-platform/instagram-api-with-instagram-login/business-login and
https://developers.facebook.com/documentation/threads/get-started/long-lived-tokens, 30 Nov 2026): a code becomes a token of
an hour, that one a token of sixty days, which may be renewed once it is a day old and until it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from smeditor.exceptions import AuthExpired, BadAnswer, Refused
from smeditor.networks.connecting import Scope
from smeditor.networks.credentials import App, Credentials
from smeditor.networks.graph.api import GraphApi, checked
from smeditor.networks.http import Answer, JsonApi

LIFETIME = timedelta(days=60)
YOUNGEST = timedelta(hours=24)
"""A token that is younger than this is not renewed by Meta."""
LONGEST_LIFE = timedelta(days=400)
MOST_SCOPES = 100


class TokenApi(GraphApi):
    """A server that hands tokens out at addresses of its own, outside the versions, and asks for no proof of the app."""

    def proof(self, token: str) -> dict[str, str]:
        """Nothing: neither Instagram Login nor Threads documents a proof of the app."""
        return {}

    def outside(
        self, method: str, path: str, *, token: str = "", params: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Answer:
        """Call one of the addresses for tokens, which stand outside the versions."""
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {checked(token)}"} if token else {})
        return JsonApi.call(self, method, path, params=dict(params or {}), headers=headers, **kwargs)


def app_key(app: App, name: str, label: str) -> str:
    """The newsroom's own key ``name`` at the network ``label``. Raises Refused where it is missing."""
    value = app.keys.get(name, "").strip()
    if not value:
        sentence = _("The app's keys for %(network)s are missing: enter them first.") % {"network": label}
        raise Refused(sentence, code=name)
    return value


def code_of(callback: Mapping[str, str], label: str) -> str:
    """The code that a person came back with. Raises Refused where they or Meta said no."""
    if callback.get("error") or not callback.get("code"):
        reason = str(callback.get("error_description") or callback.get("error_reason") or callback.get("error") or "")
        sentence = _("The access to %(network)s was not granted: nothing was connected. You can start again.")
        code = str(callback.get("error") or "no_code")[:80]
        raise Refused(sentence % {"network": label}, cause=reason[:200], code=code)
    return callback["code"].removesuffix("#_")


def short_lived(api: TokenApi, app: App, redirect_uri: str, code: str) -> Answer:
    """What the code is exchanged for: a token of an hour. Raises Refused where the code is no good (any more)."""
    form = {
        "client_id": app_key(app, "client_id", api.label),
        "client_secret": app_key(app, "client_secret", api.label),
        "grant_type": "authorization_code",
        "redirect_uri": redirect_uri,
        "code": code,
    }
    return _once(api, "POST", "/oauth/access_token", data=form)


def long_lived(api: TokenApi, app: App, token: str, *, grant: str) -> tuple[str, datetime]:
    """A token of sixty days in place of one of an hour, and when it ends (UTC)."""
    query = {"grant_type": grant, "client_secret": app_key(app, "client_secret", api.label)}
    return read_token(_once(api, "GET", "/access_token", params=query, token=token))


def renewed(api: TokenApi, credentials: Credentials, *, grant: str, now: datetime | None = None) -> Credentials:
    """Credentials whose token lasts sixty days again; the same where it is too young for that.

    Raises AuthExpired for a token that has ended: Meta renews none of these.
    """
    now = now or datetime.now(UTC)
    ends = credentials.expires_at
    if ends and ends <= now:
        raise AuthExpired(_("The token for %(host)s has ended. Connect the account again.") % {"host": api.label})
    if ends and ends - now > LIFETIME - YOUNGEST:
        return credentials
    try:
        fresh = api.outside("GET", "/refresh_access_token", params={"grant_type": grant}, token=token_of(credentials))
    except Refused as error:
        raise AuthExpired(error.sentence, cause=error.cause, status=error.status, code=error.code) from error
    token, expires_at = read_token(fresh)
    scopes = read_scopes(fresh.object().get("permissions")) or credentials.scopes
    return replace(
        credentials, secret={**credentials.secret, "access_token": token}, expires_at=expires_at, scopes=scopes
    )


def require_scopes(scopes: Iterable[Scope], credentials: Credentials, label: str) -> None:
    """Raise AuthExpired where a required one of ``scopes`` was not granted; nothing where it is not known what was."""
    granted = credentials.scopes
    if granted is None:
        return
    lacking = [scope.name for scope in scopes if scope.required and scope.name not in granted]
    if lacking:
        sentence = _("The access to %(host)s lacks these permissions: %(scopes)s. Connect again and agree to them.")
        raise AuthExpired(sentence % {"host": label, "scopes": ", ".join(lacking)}, code="scopes")


def token_of(credentials: Credentials) -> str:
    """The account's token. Raises AuthExpired where it is missing or not whole."""
    return checked(credentials.secret.get("access_token", "").strip())


def read_token(answer: Answer) -> tuple[str, datetime]:
    """The token of an answer, and when it ends (UTC). Raises BadAnswer where there is no usable one."""
    data = answer.object("access_token")
    return usable_token(data), _expiry(data, answer.at)


def usable_token(data: Mapping[str, Any]) -> str:
    """The member ``access_token``. Raises BadAnswer where it cannot stand in a header."""
    token = data.get("access_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not 8 <= len(token) <= 4000:
        raise BadAnswer(_("The server's answer lacks what its documentation promises."), cause="access_token")
    return token


def read_scopes(value: Any) -> frozenset[str] | None:
    """The granted permissions, which come as a list or parted by commas; None where they are not told."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list):
        return None
    return frozenset(part.strip() for part in parts[:MOST_SCOPES] if isinstance(part, str) and part.strip()) or None


def _once(api: TokenApi, method: str, path: str, **kwargs: Any) -> Answer:
    """A code is good for one exchange: a refusal of it is a no, not a dead account."""
    try:
        return api.outside(method, path, **kwargs)
    except AuthExpired as error:
        raise Refused(error.sentence, cause=error.cause, status=error.status, code=error.code) from error


def _expiry(data: Mapping[str, Any], at: datetime) -> datetime:
    seconds = data.get("expires_in")
    if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < LONGEST_LIFE.total_seconds():
        return at + timedelta(seconds=seconds)
    return at + LIFETIME
