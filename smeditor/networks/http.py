"""What every network that speaks JSON over HTTP shares: one call, its rate limits, and what an error status means.

A network makes one :class:`JsonApi`, overrides the few points where its server differs (the error body, the rate
headers, an unusual status), and writes no status code or timeout anywhere else.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from django.utils.translation import gettext as _

from smeditor.exceptions import (
    AuthExpired,
    BadAnswer,
    Gone,
    NetworkError,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Temporary,
    TooLarge,
)
from smeditor.networks.client import GuardedClient
from smeditor.networks.rates import Rate, Rates
from smeditor.redaction import holds_secret, redact, redact_known

MAX_DEPTH = 60
"""Levels of nesting that an honest answer never reaches; deeper JSON is a lie or an attack."""
DEFAULT_PAUSE = timedelta(minutes=5)
"""How long to leave a server alone that says "too many requests" and not until when."""
LONGEST_PAUSE = timedelta(days=1)
EXCERPT = 300
UNSTORABLE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


@dataclass(frozen=True)
class Answer:
    """A whole answer of a server. ``data`` is its decoded JSON, ``at`` the aware UTC time at which it came."""

    status: int
    headers: httpx.Headers
    data: Any
    at: datetime

    def object(self, *required: str) -> dict[str, Any]:
        """Return ``data`` as an object that has the keys ``required``. Raises BadAnswer where the server lies."""
        return an_object(self.data, *required)

    def array(self) -> list[Any]:
        """Return ``data`` as an array. Raises BadAnswer where it is something else."""
        if not isinstance(self.data, list):
            raise BadAnswer(_("The server answered with something else than a list."), status=self.status)
        return self.data


def an_object(data: Any, *required: str) -> dict[str, Any]:
    """Return ``data`` if it is an object with the keys ``required``, none of them null. Raises BadAnswer if not."""
    missing = [key for key in required if data.get(key) is None] if isinstance(data, dict) else ["{}"]
    if missing:
        raise BadAnswer(_("The server's answer lacks what its documentation promises."), cause=", ".join(missing))
    return data


def objects(data: Any) -> list[dict[str, Any]]:
    """The objects in the list ``data``; what is not an object, or not in a list, is left out."""
    return [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []


class JsonApi:
    """One server that speaks JSON. ``rates`` is filled with the newest limits seen, by bucket."""

    rate_prefix = "RateLimit"
    """Prefix of the headers ``-Limit``, ``-Remaining`` and ``-Reset``."""

    def __init__(self, base_url: str, client: GuardedClient, *, label: str, rates: Rates) -> None:
        self.base_url = base_url.rstrip("/")
        self.client = client
        self.label = label
        self.rates = rates
        self.host = httpx.URL(self.base_url).host or self.base_url

    def call(self, method: str, path: str, *, effect: bool = False, bucket: str = "api", **kwargs: Any) -> Answer:
        """Send one request and return its answer, whose status is below 400.

        ``effect``: the request changes something that readers see, so that a lost answer means ``OutcomeUnknown`` and
        not ``Temporary``. ``kwargs`` go to :meth:`GuardedClient.request`. Redirects are not followed: a token must
        not travel to another server. Raises the tree of :class:`NetworkError`, and ``FetchRefused``.
        """
        self.rates.ask(bucket, self.label, datetime.now(UTC))
        try:
            response = self.client.request(method, f"{self.base_url}{path}", **kwargs)
        except OutcomeUnknown as error:
            raise self._lost(error.sentence, error.cause, effect) from error
        except (BadAnswer, TooLarge) as error:
            if effect:
                raise self._lost(error.sentence, error.cause, effect) from error
            raise BadAnswer(error.sentence, cause=error.cause) from error
        now = datetime.now(UTC)
        rate = read_rate(response.headers, self.rate_prefix, bucket, now)
        if rate:
            self.rates[bucket] = rate
        if response.status_code >= 300:
            raise self.error(response, now, effect=effect, rate=rate)
        try:
            data = decode(response.content) if response.content.strip() else None
        except BadAnswer as error:
            if effect:
                raise self._lost(error.sentence, error.cause, effect) from error
            raise
        return Answer(response.status_code, response.headers, without_secrets(data, response.content), now)

    def describe(self, data: Any) -> tuple[str, str]:
        """Return (the network's own error name, what it says to a person) from a decoded error body."""
        if not isinstance(data, dict):
            return "", ""
        return str(data.get("error") or ""), str(data.get("message") or data.get("error_description") or "")

    def error(self, response: httpx.Response, now: datetime, *, effect: bool, rate: Rate | None) -> NetworkError:
        """Return the error that this answer means. A network overrides it for its own exceptions to the rule."""
        status = response.status_code
        try:
            code, message = self.describe(decode(response.content))
        except BadAnswer:
            code, message = "", plain_excerpt(response)
        message = redact(message, EXCERPT)
        known: dict[str, Any] = {"status": status, "code": code[:EXCERPT], "cause": f"HTTP {status} {code} {message}"}
        params = {"host": self.host, "said": message or code or f"HTTP {status}", "status": status}
        if status == 401:
            return AuthExpired(_("%(host)s no longer accepts the account's token. Connect it again.") % params, **known)
        if status in {404, 410}:
            return Gone(_("%(host)s says that this does not exist any more.") % params, **known)
        if status == 429:
            until = retry_at(response.headers, now) or (rate.resets_at if rate else now + DEFAULT_PAUSE)
            sentence = _("%(host)s asks to wait: too many requests. It goes on by itself.") % params
            return RateLimited(sentence, until=bounded(until, now), **known)
        if 300 <= status < 400:
            return BadAnswer(_("%(host)s has moved: check the address of the account's server.") % params, **known)
        if status == 408 or status >= 500:
            if effect and not (status == 503 and "retry-after" in response.headers):
                return OutcomeUnknown(_("%(host)s failed while it was publishing (%(status)s).") % params, **known)
            return Temporary(_("%(host)s has a problem (%(status)s). It will be tried again.") % params, **known)
        return Refused(_("%(host)s refused: %(said)s") % params, **known)

    def _lost(self, sentence: str, cause: str, effect: bool) -> NetworkError:
        return (OutcomeUnknown if effect else Temporary)(sentence, cause=cause)


def decode(content: bytes) -> Any:
    """Decode JSON of bounded depth. Raises BadAnswer for anything else (a login page, a broken answer, ``NaN``)."""
    try:
        data = json.loads(content, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadAnswer(
            _("The server answered with something that is not JSON."), cause=f"{type(error).__name__}: {content[:80]!r}"
        ) from error
    if _deeper_than(data, MAX_DEPTH):
        raise BadAnswer(_("The server's answer is nested too deeply to be honest."))
    return storable(data) if UNSTORABLE.search(content) else data


def storable(data: Any) -> Any:
    """``data`` without what no database and no URL can hold: NUL characters go, halves of a surrogate pair become "?"."""
    if isinstance(data, str):
        return data.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(data, list):
        return [storable(item) for item in data]
    if isinstance(data, dict):
        return {storable(key): storable(value) for key, value in data.items()}
    return data


TOKENS = frozenset({"access_token", "refresh_token", "accessJwt", "refreshJwt", "token"})
"""Where a server hands out a secret on purpose."""


def without_secrets(data: Any, content: bytes) -> Any:
    """``data``, decoded from ``content``, without the secrets that a server repeats where none has a place."""
    written = content.decode("utf-8", "replace")
    if not holds_secret(json.dumps(data, ensure_ascii=False) if "\\" in written else written):
        return data
    return _blacked_out(data)


def _blacked_out(data: Any) -> Any:
    if isinstance(data, str):
        return redact_known(data)
    if isinstance(data, list):
        return [_blacked_out(item) for item in data]
    if isinstance(data, dict):
        return {key: value if key in TOKENS else _blacked_out(value) for key, value in data.items()}
    return data


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _deeper_than(data: Any, limit: int) -> bool:
    level = [data]
    for _depth in range(limit):
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True


def plain_excerpt(response: httpx.Response) -> str:
    """What a plain-text error says, in one short line; nothing of an HTML page, which tells a person nothing."""
    text = response.text.strip()
    if text.startswith("<") or "html" in response.headers.get("content-type", ""):
        return ""
    return " ".join(text[: EXCERPT * 2].split())[:EXCERPT]


def read_rate(headers: httpx.Headers, prefix: str, bucket: str, now: datetime) -> Rate | None:
    """Read ``<prefix>-Limit``, ``-Remaining`` and ``-Reset`` (ISO 8601, epoch seconds, or seconds from now)."""
    try:
        limit, remaining = int(headers[f"{prefix}-Limit"]), int(headers[f"{prefix}-Remaining"])
        return Rate(bucket, limit, remaining, read_time(headers[f"{prefix}-Reset"], now))
    except (KeyError, ValueError, OverflowError, OSError):
        return None


def retry_at(headers: httpx.Headers, now: datetime) -> datetime | None:
    """The aware UTC time that ``Retry-After`` names (RFC 9110, 10.2.3: seconds or a date), None without one."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        return read_time(value, now)
    except (ValueError, OverflowError, OSError):
        return None


def read_time(value: str, now: datetime) -> datetime:
    """Read a time as servers write it: seconds from now, epoch seconds, ISO 8601 or an HTTP date; aware, UTC."""
    value = value.strip()
    if value.replace(".", "", 1).isdigit():
        seconds = float(value)
        return datetime.fromtimestamp(seconds, UTC) if seconds > 1_000_000_000 else now + timedelta(seconds=seconds)
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        when = parsedate_to_datetime(value)
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def bounded(until: datetime, now: datetime) -> datetime:
    """Keep a pause between one second and one day: a server's wrong clock must not silence an account for ever."""
    return min(max(until, now + timedelta(seconds=1)), now + LONGEST_PAUSE)
