"""One Graph API server: a call as somebody, its version, its limits, and what its errors mean for the caller."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
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
)
from smeditor.networks.client import GuardedClient
from smeditor.networks.credentials import App
from smeditor.networks.graph import errors
from smeditor.networks.graph.errors import Failure
from smeditor.networks.graph.usage import BUCKETS, read_usage, regains_access
from smeditor.networks.graph.version import version_of
from smeditor.networks.http import Answer, JsonApi, bounded, decode, plain_excerpt, retry_at
from smeditor.networks.rates import Rate, Rates
from smeditor.redaction import redact

PAUSES = {4: timedelta(minutes=15), 17: timedelta(minutes=15), 32: timedelta(hours=1), 613: timedelta(minutes=10)}
"""How long to wait by the code where Meta does not say: the windows last an hour, a page's a day."""
OTHER_PAUSE = timedelta(minutes=30)
TOO_FAST_PAUSE = timedelta(hours=24)


class GraphApi(JsonApi):
    """The Graph API as one token sees it. The token travels in a header, never in an address.

    ``token``: whose calls they are; empty for those that bring a ``token`` of their own. ``use_cases``: the business use
    cases whose limits count for this account. ``optional_scopes``: permissions without which the account is connected all
    the same, so that the lack of one is no end of its token.
    """

    rate_prefix = "X-Graph"  # there are no such headers: Meta's own are read by read_usage

    def __init__(
        self,
        base_url: str,
        client: GuardedClient,
        *,
        label: str,
        rates: Rates,
        app: App | None = None,
        token: str = "",
        use_cases: Collection[str] = (),
        optional_scopes: Collection[str] = (),
    ) -> None:
        super().__init__(base_url, client, label=label, rates=rates)
        self.app = app or App()
        self.token = token.strip()
        self.use_cases = frozenset(use_cases)
        self.optional_scopes = frozenset(optional_scopes)
        self.version = version_of(self.app)
        self.answered_version = ""
        """The version with which the server made its last answer; another than ours where ours is over."""

    def call(
        self,
        method: str,
        path: str,
        *,
        effect: bool = False,
        bucket: str = "graph",
        token: str | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> Answer:
        """Call ``/<version><path>``. See :meth:`JsonApi.call`; ``token``: in place of the account's.

        ``params`` are the query's, ``data`` a form, ``files`` its files. An answer that holds an error counts as one,
        whatever its status.
        """
        for limit in BUCKETS:
            self.rates.ask(limit, self.label, datetime.now(UTC))
        token = self.token if token is None else token
        query = dict(params or {})
        sent = {"Accept": "application/json", **(headers or {})}
        if token:
            sent["Authorization"] = f"Bearer {checked(token)}"
            query |= self.proof(token)
        answer = super().call(
            method, f"/{self.version}{path}", effect=effect, bucket=bucket, params=query, headers=sent, **kwargs
        )
        self._note(answer.headers, answer.at)
        if isinstance(answer.data, dict) and isinstance(answer.data.get("error"), dict | str):
            failure = Failure.read(answer.data)
            raise self.meaning(failure, answer.status, answer.headers, answer.at, effect=effect)
        return answer

    def proof(self, token: str) -> dict[str, str]:
        """The parameter that proves the call to be the app's own; none where its secret is not known.

        https://developers.facebook.com/docs/graph-api/guides/secure-requests (read 2026-11-30): the SHA-256 HMAC of the
        token, keyed with the app's secret. It goes into the query, for a POST with another body leaves it out
        (https://github.com/scribejava/scribejava/pull/1070).
        """
        secret = self.app.keys.get("client_secret", "")
        if not secret:
            return {}
        return {"appsecret_proof": hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()}

    def error(self, response: httpx.Response, now: datetime, *, effect: bool, rate: Rate | None) -> NetworkError:
        """Return the error that an answer means."""
        self._note(response.headers, now)
        try:
            failure = Failure.read(decode(response.content))
        except BadAnswer:
            failure = Failure(message=redact(plain_excerpt(response), errors.LONGEST))
        return self.meaning(failure, response.status_code, response.headers, now, effect=effect)

    def meaning(
        self, failure: Failure, status: int, headers: httpx.Headers, now: datetime, *, effect: bool
    ) -> NetworkError:
        """Return the error that ``failure`` means, for a request that readers can see the result of (``effect``) or not."""
        message = redact(failure.shown or failure.message, errors.LONGEST)
        cause = f"HTTP {status} {failure.name} {failure.message} {failure.trace}"
        known: dict[str, Any] = {"status": status, "code": failure.name, "cause": cause}
        params = {"network": self.label, "said": message or f"HTTP {status}", "version": self.version}
        if failure.code == 190 and failure.subcode == errors.PERSONS_TOKEN:
            sentence = _("This is the access of a person, and not that of the page. Connect the account again.")
            return AuthExpired(sentence, **known)
        if failure.code in errors.SESSION or (status == 401 and not failure.code):
            return AuthExpired(
                _("%(network)s no longer accepts the account's token. Connect it again.") % params, **known
            )
        if failure.code in errors.THROTTLED or (status == 429 and not failure.code):
            until = regains_access(headers, now, self.use_cases) or retry_at(headers, now)
            until = until or now + PAUSES.get(failure.code, OTHER_PAUSE)
            sentence = _("%(network)s asks to wait: too many requests. It goes on by itself.")
            return RateLimited(sentence % params, until=bounded(until, now), **known)
        if failure.is_duplicate:
            return self._duplicate(effect, params, known)
        if failure.code == errors.ABUSIVE:
            return self._blocked(failure, now, params, known)
        if failure.code in errors.FORBIDDEN and failure.names_permission:
            sentence = _(
                "%(network)s says that a permission is missing: %(said)s Connect the account again and grant it."
            )
            kind = (
                Refused
                if failure.named_permissions and failure.named_permissions <= self.optional_scopes
                else AuthExpired
            )
            return kind(sentence % params, **known)
        if failure.code == errors.ALIAS or (failure.code == 100 and failure.subcode in errors.NOT_THERE):
            return Gone(_("%(network)s says that this does not exist any more.") % params, **known)
        if failure.code == errors.OLD_VERSION or (failure.code == errors.UNKNOWN_PATH and "path" in failure.message):
            sentence = _(
                "%(network)s does not offer version %(version)s of its interface any more. An administrator can set a "
                "newer one for the newsroom's app."
            )
            return Refused(sentence % params, **known)
        if failure.is_clear_no or (failure.code in errors.FORBIDDEN and not effect):
            return Refused(_("%(network)s refused: %(said)s") % params, **known)
        return self._unclear(failure, status, effect, params, known)

    def _duplicate(self, effect: bool, params: dict[str, Any], known: dict[str, Any]) -> NetworkError:
        sentence = _("%(network)s says that the same was published just before: %(said)s")
        return (OutcomeUnknown if effect else Refused)(sentence % params, **known)

    def _blocked(self, failure: Failure, now: datetime, params: dict[str, Any], known: dict[str, Any]) -> NetworkError:
        if failure.subcode in errors.TOO_FAST or "too fast" in failure.message.lower():
            sentence = _("%(network)s has stopped the account for a day: it was too fast. It goes on by itself.")
            return RateLimited(sentence % params, until=bounded(now + TOO_FAST_PAUSE, now), **known)
        sentence = _("%(network)s blocks this as abusive, or the account for a time: %(said)s See its support inbox.")
        return Refused(sentence % params, **known)

    def _unclear(
        self, failure: Failure, status: int, effect: bool, params: dict[str, Any], known: dict[str, Any]
    ) -> NetworkError:
        """What is neither a yes nor a clear no."""
        if effect:
            sentence = _("%(network)s answered with an error that leaves open whether it was published: %(said)s")
            return OutcomeUnknown(sentence % params, **known)
        if failure.code in errors.SERVER or failure.transient or status in {200, 408} or status >= 500:
            return Temporary(_("%(network)s has a problem: %(said)s It will be tried again.") % params, **known)
        if 300 <= status < 400 or not failure.code:
            sentence = _(
                "%(network)s does not answer as its interface promises (%(said)s). Check the server's address."
            )
            return BadAnswer(sentence % params, **known)
        return Refused(_("%(network)s refused: %(said)s") % params, **known)

    def _note(self, headers: httpx.Headers, now: datetime) -> None:
        for rate in read_usage(headers, now, self.use_cases):
            self.rates[rate.bucket] = rate
        self.answered_version = headers.get("facebook-api-version", "")[:10]


def checked(token: str) -> str:
    """``token`` where it can stand in a header. Raises AuthExpired."""
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise AuthExpired(_("The account's token is missing or not whole. Connect the account again."))
    return token
