"""The YouTube Data API over HTTP: its errors in the tree of ours, its quota counted.

https://developers.google.com/youtube/v3/docs/errors and https://developers.google.com/youtube/v3/docs/comments/insert
(both read 2026-11-30): the reason of an error stands in ``error.errors[].reason``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from django.utils.translation import gettext as _

from smeditor.exceptions import AuthExpired, BadAnswer, NetworkError, OutcomeUnknown, RateLimited, Refused, Temporary
from smeditor.networks.client import GuardedClient
from smeditor.networks.http import EXCERPT, Answer, JsonApi, decode, objects
from smeditor.networks.rates import Rate, Rates
from smeditor.networks.youtube.quota import READ, SEARCH, UNITS, WRITE, Quota
from smeditor.redaction import redact

PATH = "/youtube/v3"
DAY_IS_OVER = frozenset({"quotaExceeded", "dailyLimitExceeded"})
TOO_FAST = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
NOT_GRANTED = frozenset(
    {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "authError", "authorizationRequired"}
)
NOT_DONE = "processingFailure"
COMMENTS_OFF = "commentsDisabled"


class YouTubeApi(JsonApi):
    """One project's calls for one channel."""

    def __init__(self, base_url: str, client: GuardedClient, *, label: str, rates: Rates) -> None:
        super().__init__(base_url, client, label=label, rates=rates)
        self.quota = Quota(rates)
        self._bucket = UNITS

    def call(self, method: str, path: str, *, effect: bool = False, bucket: str = UNITS, **kwargs: Any) -> Answer:
        """Call and count; what is not asked any more today costs nothing. See :meth:`.JsonApi.call`."""
        self._bucket = bucket
        self.rates.ask(bucket, self.label, datetime.now(UTC))
        try:
            return super().call(method, f"{PATH}{path}", effect=effect, bucket=bucket, **kwargs)
        finally:
            cost = READ if bucket == SEARCH or method == "GET" else WRITE
            self.quota.spend(bucket, cost, datetime.now(UTC))

    def describe(self, data: Any) -> tuple[str, str]:
        """(reason, message) of Google's error body."""
        error = data.get("error") if isinstance(data, dict) else None
        if not isinstance(error, dict):
            return super().describe(data)
        reasons = [item.get("reason") for item in (*objects(error.get("errors")), *objects(error.get("details")))]
        reason = next((reason for reason in reasons if isinstance(reason, str) and reason), "")
        return reason or str(error.get("status") or ""), str(error.get("message") or "")

    def error(self, response: httpx.Response, now: datetime, *, effect: bool, rate: Rate | None) -> NetworkError:
        """What an error means: a day's quota, a missing permission, and what YouTube could not process."""
        status = response.status_code
        try:
            reason, message = self.describe(decode(response.content))
        except BadAnswer:
            return super().error(response, now, effect=effect, rate=rate)
        known: dict[str, Any] = {"status": status, "code": reason[:EXCERPT], "cause": f"HTTP {status} {reason}"}
        if status in {403, 429} and reason in DAY_IS_OVER:
            until = self.quota.exhaust(self._bucket, now)
            sentence = _("The day's quota of the newsroom's project at YouTube is used up. It goes on by itself.")
            return RateLimited(sentence, until=until, **known)
        if status == 403 and reason in TOO_FAST:
            sentence = _("YouTube asks to wait: too many requests. It goes on by itself.")
            return RateLimited(sentence, until=now + timedelta(minutes=5), **known)
        if status == 403 and reason in NOT_GRANTED:
            sentence = _(
                "YouTube says that the permission was not given. Connect the account again and leave it ticked."
            )
            return AuthExpired(sentence, **known)
        if status == 400 and reason == NOT_DONE:
            sentence = _("YouTube could not process the request.")
            return OutcomeUnknown(sentence, **known) if effect else Temporary(sentence, **known)
        if status == 403 and reason == COMMENTS_OFF:
            return Refused(_("Comments are switched off under this video."), **known)
        if status in {400, 403} and message:
            params = {"said": redact(message, EXCERPT) or reason}
            return Refused(_("YouTube refused: %(said)s") % params, **known)
        return super().error(response, now, effect=effect, rate=rate)
