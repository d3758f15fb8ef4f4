"""What the double remembers: channels, videos, comments; and what readers do there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

OURS = "UCpaper000000000000000001"
READER = "UCreader00000000000000001"
NAMES = {OURS: "@thepaper", READER: "@lea"}


@dataclass
class Video:
    """A video, by whom, and what its description says."""

    video_id: str
    channel: str
    description: str = ""
    published_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    comments_off: bool = False


@dataclass
class Comment:
    """A comment or a reply; ``status`` is its moderation status."""

    comment_id: str
    video_id: str
    author: str
    text: str
    published_at: datetime
    updated_at: datetime
    status: str = "published"

    @property
    def thread(self) -> str:
        """The id of the first comment of its thread."""
        return self.comment_id.partition(".")[0]


class State:
    """All of it. Methods are what readers do; each returns the id of what it made."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.videos: dict[str, Video] = {}
        self.comments: dict[str, Comment] = {}
        self.late = timedelta()

    def now(self) -> datetime:
        """The server's clock."""
        return datetime.now(UTC)

    def upload(self, channel: str = OURS, description: str = "", **facts: Any) -> str:
        """A video by ``channel``."""
        video_id = f"vid{next(self.numbers):08}"
        self.videos[video_id] = Video(video_id, channel, description, **facts)
        return video_id

    def comment(self, video_id: str, text: str, author: str = READER, at: datetime | None = None) -> str:
        """A new thread under a video."""
        return self._add(f"Ugw{next(self.numbers):08}", video_id, text, author, at)

    def reply(self, comment_id: str, text: str, author: str = READER, at: datetime | None = None) -> str:
        """A reply in the thread of a comment."""
        thread = comment_id.partition(".")[0]
        return self._add(f"{thread}.r{next(self.numbers):08}", self.comments[thread].video_id, text, author, at)

    def rewrite(self, comment_id: str, text: str) -> None:
        """A comment says something else now."""
        comment = self.comments[comment_id]
        comment.text, comment.updated_at = text, self.now() + timedelta(seconds=next(self.numbers))

    def remove(self, comment_id: str) -> None:
        """A comment is deleted, a first one with its replies."""
        for known in [known for known in self.comments if known == comment_id or known.startswith(f"{comment_id}.")]:
            del self.comments[known]

    def _add(self, comment_id: str, video_id: str, text: str, author: str, at: datetime | None) -> str:
        when = at or self.now()
        self.comments[comment_id] = Comment(comment_id, video_id, author, text, when, when)
        return comment_id

    # as the API shows it

    def as_comment(self, comment: Comment, *, with_status: bool = False, ours: bool = False) -> dict[str, Any]:
        """The resource; the original text and the status only for those who may see them."""
        snippet = {
            "videoId": comment.video_id,
            "channelId": self.videos[comment.video_id].channel,
            "textDisplay": comment.text,
            "authorDisplayName": NAMES.get(comment.author, f"@{comment.author.lower()}"),
            "authorChannelUrl": f"http://www.youtube.com/channel/{comment.author}",
            "authorChannelId": {"value": comment.author},
            "canRate": True,
            "viewerRating": "none",
            "likeCount": 0,
            "publishedAt": written(comment.published_at),
            "updatedAt": written(comment.updated_at),
        }
        if comment.thread != comment.comment_id:
            snippet["parentId"] = comment.thread
        if ours or comment.author == OURS:
            snippet["textOriginal"] = comment.text
        if with_status and self.videos[comment.video_id].channel == OURS:
            snippet["moderationStatus"] = comment.status
        return {"kind": "youtube#comment", "etag": "e", "id": comment.comment_id, "snippet": snippet}

    def as_thread(self, first: Comment, parts: set[str]) -> dict[str, Any]:
        """The resource: at most five of the replies (https://developers.google.com/youtube/v3/docs/commentThreads)."""
        replies = self.replies(first.comment_id)
        thread: dict[str, Any] = {"kind": "youtube#commentThread", "etag": "e", "id": first.comment_id}
        if "snippet" in parts:
            thread["snippet"] = {
                "channelId": self.videos[first.video_id].channel,
                "videoId": first.video_id,
                "topLevelComment": self.as_comment(first, with_status=True),
                "canReply": True,
                "totalReplyCount": len(replies),
                "isPublic": True,
            }
        if "replies" in parts and replies:
            thread["replies"] = {"comments": [self.as_comment(reply, with_status=True) for reply in replies[:5]]}
        return thread

    def replies(self, thread: str) -> list[Comment]:
        """The published replies of a thread, the newest first."""
        found = [row for row in self.comments.values() if row.thread == thread and row.comment_id != thread]
        return sorted(
            (row for row in found if row.status == "published"), key=lambda row: row.published_at, reverse=True
        )


def written(when: datetime) -> str:
    """A time as Google writes it."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
