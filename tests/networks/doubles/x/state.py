"""The people, posts and uploads of the double, and how X shows them.

https://docs.x.com/x-api/fundamentals/data-dictionary, …/conversation-id, …/edit-posts, read 2026-11-30.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

EPOCH_MS = 1_288_834_974_657
LINK = re.compile(r"https?://[^\s]*[^\s.,;:!?)]")
MENTION = re.compile(r"(?<![A-Za-z0-9_@])@([A-Za-z0-9_]{1,15})")


@dataclass
class User:
    id: str
    username: str
    name: str
    description: str = ""
    protected: bool = False
    suspended: bool = False
    subscription_type: str = "None"
    followers: int = 7

    def shown(self, fields: Iterable[str], *, me: bool = False) -> dict[str, Any]:
        every = {
            "description": self.description,
            "protected": self.protected,
            "subscription_type": self.subscription_type if me else "None",
            "public_metrics": {
                "followers_count": self.followers,
                "following_count": 1,
                "tweet_count": 1,
                "listed_count": 0,
            },
        }
        kept = {key: value for key, value in every.items() if key in set(fields)}
        return {"id": self.id, "name": self.name, "username": self.username} | kept


@dataclass
class Post:
    """``versions``: ids, the oldest first; ``names``: what X put before the text of a reply by itself."""

    author: User
    text: str
    at: datetime
    versions: list[str]
    reply_to: Post | None = None
    quote: Post | None = None
    media: list[Upload] = field(default_factory=list)
    names: str = ""
    hidden: bool = False
    deleted: bool = False
    likes: list[User] = field(default_factory=list)
    reposts: list[User] = field(default_factory=list)
    lang: str = "en"
    edited_at: datetime | None = None
    poll: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.versions[-1]

    @property
    def root(self) -> Post:
        return self.reply_to.root if self.reply_to else self

    def mentioned(self) -> set[str]:
        return {name.lower() for name in MENTION.findall(self.names + self.text)}

    def shown(self, fields: Iterable[str], posts: Iterable[Post]) -> dict[str, Any]:
        others = [post for post in posts if not post.deleted]
        text, urls = self.stored()
        length = len(text)
        every: dict[str, Any] = {
            "author_id": self.author.id,
            "conversation_id": self.root.versions[0],
            "created_at": (self.edited_at or self.at).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "lang": self.lang,
            "display_text_range": [len(self.names), max(length, len(self.names) + 1)],
            "public_metrics": {
                "retweet_count": len(self.reposts),
                "reply_count": sum(post.reply_to is self for post in others),
                "like_count": len(self.likes),
                "quote_count": sum(post.quote is self for post in others),
                "impression_count": 100,
                "bookmark_count": 0,
            },
        }
        if urls:
            every["entities"] = {"urls": urls}
        if self.media:
            every["attachments"] = {"media_keys": [upload.media_key for upload in self.media]}
        if self.reply_to:
            every["in_reply_to_user_id"] = self.reply_to.author.id
        referenced = [("replied_to", self.reply_to), ("quoted", self.quote)]
        if any(post for _kind, post in referenced):
            every["referenced_tweets"] = [{"type": kind, "id": post.id} for kind, post in referenced if post]
        if length > 280:
            every["note_tweet"] = {"text": text} | ({"entities": {"urls": urls}} if urls else {})
            text = text[:279] + "…"
        kept = {key: value for key, value in every.items() if key in set(fields)}
        return {"id": self.id, "text": text, "edit_history_tweet_ids": list(self.versions)} | kept

    def stored(self) -> tuple[str, list[dict[str, Any]]]:
        """The text as X keeps it: escaped, each link as t.co, one more for its media; and the links' entities."""
        urls: list[dict[str, Any]] = []
        out, at = "", 0
        whole = self.names + self.text
        for link in LINK.finditer(whole):
            out += html.escape(whole[at : link.start()], quote=False)
            short = f"https://t.co/{hashlib.sha256(link.group().encode()).hexdigest()[:10]}"
            shown = link.group().partition("://")[2]
            urls.append(
                {
                    "start": len(out),
                    "end": len(out) + len(short),
                    "url": short,
                    "expanded_url": link.group(),
                    "display_url": shown[:26] + ("…" if len(shown) > 26 else ""),
                }
            )
            out, at = out + short, link.end()
        out += html.escape(whole[at:], quote=False)
        if self.media:
            short = f"https://t.co/{hashlib.sha256(self.id.encode()).hexdigest()[:10]}"
            out = f"{out} {short}" if out else short
            for upload in self.media:
                urls.append(
                    {
                        "start": len(out) - len(short),
                        "end": len(out),
                        "url": short,
                        "expanded_url": f"https://x.com/{self.author.username}/status/{self.id}/photo/1",
                        "display_url": f"pic.x.com/{short[-10:]}",
                        "media_key": upload.media_key,
                    }
                )
        return out, urls


@dataclass
class Upload:
    id: str
    category: str
    media_type: str
    total: int
    owner: User
    pieces: dict[int, bytes] = field(default_factory=dict)
    finalized: bool = False
    polls_left: int = 0
    failure: str = ""
    alt: str = ""
    subtitles: list[dict[str, str]] = field(default_factory=list)
    forgotten: bool = False

    @property
    def content(self) -> bytes:
        return b"".join(self.pieces[index] for index in sorted(self.pieces))

    @property
    def media_key(self) -> str:
        prefix = {"tweet_image": "3", "tweet_video": "7", "tweet_gif": "16"}.get(self.category, "13")
        return f"{prefix}_{self.id}"

    def shown(self) -> dict[str, Any]:
        data: dict[str, Any] = {"id": self.id, "media_key": self.media_key, "expires_after_secs": 1_295_999}
        if self.finalized:
            data |= {"size": self.total, "expires_after_secs": 86_400}
            if self.category in {"tweet_video", "tweet_gif"}:
                data["processing_info"] = self.processing()
        return data

    def processing(self) -> dict[str, Any]:
        # ``type`` is required by the document and explained nowhere; ``error`` is sent and not documented
        # (https://github.com/linvi/tweetinvi/issues/597)
        if self.polls_left:
            return {"type": "processing", "state": "in_progress", "check_after_secs": 2, "progress_percent": 40}
        if self.failure:
            error = {"code": 1, "name": "InvalidMedia", "message": self.failure}
            return {"type": "processing", "state": "failed", "progress_percent": 100, "error": error}
        return {"type": "processing", "state": "succeeded", "progress_percent": 100}


class Clock:
    """The double's time, which a test may move; and its ids, which hold the time as X's do."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self.last = 0

    def now(self) -> datetime:
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + self.ahead, UTC)

    def new_id(self, at: datetime | None = None) -> str:
        found = (int((at or self.now()).timestamp() * 1000) - EPOCH_MS) << 22
        self.last = max(self.last + 1, found) if at is None else self.last
        return str(self.last if at is None else found + 1)
