"""What X's refusals mean.

https://docs.x.com/x-api/fundamentals/response-codes-and-errors (problem types), …/rate-limits (headers, no ``Retry-After``),
https://docs.x.com/x-api/posts/manage-tweets/integrate (replies, cashtags), https://docs.x.com/changelog (quotes and likes,
2026-04-16), read 2026-11-30. The documents name no body for a duplicate, a missing credit or a day's limit: these are as
people met them (akrherz/iembot#163, tryethernal/ethernal#1324, plhery/node-twitter-api-v2#469).
"""

from __future__ import annotations

from datetime import datetime, timedelta
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
from smeditor.networks.http import JsonApi, bounded, decode, objects, read_time
from smeditor.networks.rates import Rate

DUPLICATE = "duplicate"
MEDIA_GONE = "media"
NOT_FOUND = "resource-not-found"
LONG_PAUSE = timedelta(hours=1)
"""How long to wait for somebody to buy credits, or for X to change its mind."""
DAY_LIMITS = ("x-user-limit-24hour", "x-app-limit-24hour")

SAYS_DUPLICATE = ("duplicate content", "status is a duplicate")
SAYS_NO_REPLY = ("not been mentioned", "otherwise engaged", "reply to this conversation", "who can reply")
SAYS_STOPPED = ("your account is suspended", "temporarily locked", "account is locked", "account is deactivated")
SAYS_LATER = ("might be automated", "looks like it", "daily status update limit", "daily limit", "try again later")
"""Refusals that pass: spam suspected (226), the day's posts used up (185), by the names of older layers."""
SAYS_MEDIA = ("media ids are invalid", "media id", "validation of media")
SAYS_SCOPE = ("scope", "oauth2 permissions", "oauth1 permissions", "application permissions")


class XApi(JsonApi):
    """X's API. Its errors are problem documents; older layers answer with a list of errors, the token endpoint as OAuth 2 has it."""

    rate_prefix = "x-rate-limit"

    def describe(self, data: Any) -> tuple[str, str]:
        """Return (the last part of the problem's type or the error's name, what it says to a person)."""
        if not isinstance(data, dict):
            return "", ""
        first = next(iter(objects(data.get("errors"))), {})
        given = [data.get("detail"), data.get("error_description"), first.get("message"), first.get("detail")]
        message = next((value for value in [*given, data.get("title")] if isinstance(value, str) and value), "")
        return problem_type(data) or problem_type(first) or name_of(data, first), message

    def error(self, response: httpx.Response, now: datetime, *, effect: bool, rate: Rate | None) -> NetworkError:
        """Return the error that an answer means, by its status and its problem."""
        found = super().error(response, now, effect=effect, rate=rate)
        known: dict[str, Any] = {"status": found.status, "code": found.code, "cause": found.cause}
        message, params = found.cause.lower(), {"host": self.host}
        if isinstance(found, Gone) and not is_problem(response):
            # an address that X does not know (any more) answers with an empty 404: it says nothing of a post
            sentence = _("%(host)s does not know this call, or is not X's API. Check the app's server address.")
            return BadAnswer(sentence % params, **known)
        if response.status_code == 402 or found.code == "usage-capped":
            sentence = _("The app's credits at X are used up. It goes on by itself once credits are bought there.")
            return RateLimited(sentence, until=bounded(now + LONG_PAUSE, now), **known)
        if isinstance(found, RateLimited):
            return self._limited(found, response.headers, now, known)
        if isinstance(found, Refused) and response.status_code == 403:
            return self._forbidden(found, message, now, known)
        if isinstance(found, Refused) and response.status_code == 400 and any(part in message for part in SAYS_MEDIA):
            sentence = _("X no longer has an uploaded image or video of this post. It will be uploaded again.")
            return Temporary(sentence, **known | {"code": MEDIA_GONE})
        return found

    def _limited(self, found: RateLimited, headers: httpx.Headers, now: datetime, known: dict[str, Any]) -> RateLimited:
        """The pause until the window ends, or until the day's limit does, where that is what is used up."""
        named = [headers.get("x-rate-limit-reset")]
        named += [headers.get(f"{name}-reset") for name in DAY_LIMITS if headers.get(f"{name}-remaining") == "0"]
        times: list[datetime] = []
        for value in named:
            try:
                times.append(read_time(value or "", now))
            except (ValueError, OverflowError, OSError, TypeError):
                continue
        until = max(times, default=found.until)
        return RateLimited(found.sentence, until=bounded(until, now), **known)

    def _forbidden(self, found: Refused, message: str, now: datetime, known: dict[str, Any]) -> NetworkError:
        params = {"host": self.host}
        if any(part in message for part in SAYS_DUPLICATE):
            sentence = _("X refuses this text as a repeat: the account has posted it already.")
            return Refused(sentence, **known | {"code": DUPLICATE})
        if any(part in message for part in SAYS_NO_REPLY):
            sentence = _(
                "X takes this reply only where its author named the account or quoted one of its posts, or lets everybody "
                "reply. Answer in the app, where there is no such limit."
            )
            return Refused(sentence, **known)
        if any(part in message for part in SAYS_LATER):
            sentence = _("X does not let the account do this at the moment. It is tried again by itself.")
            return RateLimited(sentence, until=bounded(now + LONG_PAUSE, now), **known)
        if any(part in message for part in SAYS_STOPPED):
            return AuthExpired(_("X has suspended or locked this account. Sign in there to see why."), **known)
        if found.code == "unsupported-authentication":
            sentence = _("This token cannot act for an account at X. Connect the account through its consent screen.")
            return AuthExpired(sentence, **known)
        if found.code in {"client-forbidden", "client-not-enrolled"}:
            sentence = _("X does not let the newsroom's app do this: it needs another contract with X.")
            return Refused(sentence, **known)
        if any(part in message for part in SAYS_SCOPE):
            sentence = _("The token for %(host)s lacks a permission. Connect the account again and grant it.") % params
            return AuthExpired(sentence, **known)
        return found


def problem_type(data: dict[str, Any]) -> str:
    """The last part of a problem's ``type`` (``resource-not-found``), empty where it has none or a general one."""
    kind = data.get("type")
    if not isinstance(kind, str) or "/problems/" not in kind:
        return ""
    reason = data.get("reason")
    if isinstance(reason, str) and reason == "client-not-enrolled":
        return reason
    return kind.rpartition("/")[2][:60]


def name_of(data: dict[str, Any], first: dict[str, Any]) -> str:
    """An error's name or number where it is no problem document: ``invalid_request``, ``88``."""
    given = [data.get("error"), data.get("code"), first.get("code")]
    return next((str(value)[:60] for value in given if isinstance(value, str | int) and value), "")


def is_problem(response: httpx.Response) -> bool:
    """Whether an answer is one of X's own error documents, so that its status says something of the thing asked for."""
    try:
        data = decode(response.content)
    except BadAnswer:
        return False
    return isinstance(data, dict) and any(key in data for key in ("type", "title", "detail", "errors"))


def unknown(error: NetworkError) -> OutcomeUnknown:
    """``error`` as what it means for a request that readers may have the effect of."""
    return OutcomeUnknown(error.sentence, cause=error.cause, status=error.status, code=error.code)
