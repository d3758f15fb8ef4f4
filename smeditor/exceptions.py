"""Everything that can go wrong, in the words that decide what happens next.

The tree answers one question for the caller: *may this be tried again?* Each error carries a ``sentence`` that an
editor can read and act on, and keeps the technical cause apart for the log. Neither ever holds a token.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError

from smeditor.redaction import redact, redact_known

DATABASE_TROUBLE = (OperationalError, InterfaceError)
"""A lost connection, a lock that was waited for in vain: it passes, so nothing may become final because of it."""


class SmeditorError(Exception):
    """Base of every error of the desk. ``sentence`` says what happened and what to do, for a person."""

    def __init__(self, sentence: str = "", *, cause: str = "") -> None:
        self.sentence = redact_known(sentence)
        super().__init__(self.sentence)
        self.cause = redact(cause)

    def __str__(self) -> str:
        return f"{self.sentence} [{self.cause}]" if self.cause else self.sentence


class NotAllowed(SmeditorError):
    """A person may not do this to this thing: it is another desk's, or another person's. Nothing was changed."""


class ConfigurationError(SmeditorError):
    """A setting is missing or wrong."""


class FetchRefused(SmeditorError):
    """The guarded client refused to fetch an address: private range, wrong scheme, too many redirects."""


class TooLarge(FetchRefused):
    """The answer was larger than the caller allowed."""


class NetworkError(SmeditorError):
    """A network answered with an error, or not at all.

    ``status`` is the HTTP status or None when no answer came; ``code`` the network's own error name.
    """

    def __init__(self, sentence: str = "", *, cause: str = "", status: int | None = None, code: str = "") -> None:
        super().__init__(sentence, cause=cause)
        self.status = status
        self.code = code


class Refused(NetworkError):
    """The network understood and said no; nothing was published and the same request will be refused again."""


class AuthExpired(NetworkError):
    """The account's token is no longer accepted; a person must reconnect it (or it can be refreshed once)."""


class RateLimited(NetworkError):
    """Too many requests. ``until`` is the aware UTC time at which the network will listen again, by our machine's clock."""

    def __init__(self, sentence: str = "", *, until: datetime, **kwargs: Any) -> None:
        super().__init__(sentence, **kwargs)
        self.until = until
        self.wait = max(until - datetime.now(UTC), timedelta())

    def again_at(self, now: datetime) -> datetime:
        """Return the time to try again by the clock that says ``now`` (aware), which another machine may keep.

        A worker whose own clock is behind the database's would otherwise ask again at once, and again.
        """
        return now + self.wait


class Temporary(NetworkError):
    """Nothing was published, for a passing reason: no connection was made, or the network said to come back."""


class PreparationLost(Temporary):
    """Nothing was published: the network does not know, or no longer knows, what was prepared. Prepare anew, then send."""


class OutcomeUnknown(NetworkError):
    """The request may have been carried out: it was sent and no usable answer came. Read back; never re-send blindly."""


class Gone(NetworkError):
    """The thing that was asked for does not exist (any more): 404, 410, a tombstone."""


class BadAnswer(NetworkError):
    """The server answered with something that is not what its documentation promises."""


class UnsupportedFeature(NetworkError):
    """This network cannot do that: an edit on Bluesky's app view, a quote on an old Mastodon."""
