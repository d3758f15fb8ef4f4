"""What a reader wrote or did, and whether it is still there: the words in which every network tells it."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a reader wrote or did."""

    REPLY = "reply"
    MENTION = "mention"
    QUOTE = "quote"
    COMMENT = "comment"
    FEED = "feed"
    FORM = "form"
    WEBMENTION = "webmention"
    LIKE = "like"
    REPOST = "repost"


WITHOUT_TEXT = (Kind.LIKE, Kind.REPOST)
"""What a reader does without writing: it is counted, and there is nothing in it to read, label, answer or quote."""
WITH_TEXT = tuple(kind for kind in Kind if kind not in WITHOUT_TEXT)


class Presence(StrEnum):
    """Whether a reaction is still there, as far as its network says.

    ``PROTECTED``: there, for fewer people than before. ``HIDDEN``: there, and the account has hidden it from readers.
    ``SUSPENDED``: its author is not there at the moment, which may pass.
    """

    ALIVE = "alive"
    EDITED = "edited"
    DELETED = "deleted"
    PROTECTED = "protected"
    HIDDEN = "hidden"
    SUSPENDED = "suspended"
    UNKNOWN = "unknown"
