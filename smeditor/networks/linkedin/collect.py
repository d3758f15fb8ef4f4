"""Comments and reactions beneath our posts.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/social-metadata-api, /comments-api and
/reactions-api (2026-11-30). One request a post says whether anything moved. A post's list holds its first-level comments;
the answers to each are a list of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from smeditor.exceptions import BadAnswer
from smeditor.networks.base import Batch, InboundItem, Presence, Ref
from smeditor.networks.linkedin import parse, urns
from smeditor.networks.linkedin.connecting import READ_FEED
from smeditor.networks.linkedin.cursor import Cursor, Thread, is_count
from smeditor.networks.linkedin.presence import check_comment, check_reaction
from smeditor.networks.walking import walk

if TYPE_CHECKING:
    from smeditor.networks.linkedin.network import LinkedIn

PAGE = 100
MAX_PAGES = 10
MAX_CONFIRMED = 20
"""Disappeared comments of a thread that are asked for one by one in one collection."""


class Collector:
    """Gathers one batch for ``network`` from where ``cursor`` stands."""

    def __init__(self, network: LinkedIn, cursor: Mapping[str, Any]) -> None:
        self.network = network
        self.cursor = Cursor.read(cursor)
        self.now = datetime.now(UTC)
        self.inbound: dict[str, InboundItem] = {}
        self.deleted: dict[str, None] = {}

    def collect(self, ours: Sequence[Ref]) -> Batch:
        """Return what came in beneath ``ours``. What LinkedIn gave before it failed is returned, the rest stays due."""
        scopes = self.network.credentials.scopes
        posts = [urn for urn in dict.fromkeys(ref.uri for ref in ours) if urns.POST.fullmatch(urn)]
        if scopes is not None and READ_FEED not in scopes:
            posts = []
        walked = walk(posts, self._walk)
        if walked.ended_by and not (walked.read or self.inbound or self.deleted):
            raise walked.ended_by
        return Batch(
            tuple(self.inbound.values()), self.cursor.as_json(), deleted=tuple(self.deleted), unread=walked.unread
        )

    def _walk(self, post: str) -> None:
        thread = self.cursor.thread(post)
        data = self.network.api.ask("GET", f"/socialMetadata/{urns.encoded(post)}").object()
        count, summary = read_counts(data)
        old = thread.is_old(self.now)
        if old or count != thread.count:
            self._comments(post, thread)
        if old or summary != thread.summary:
            self._reactions(post, thread)
        thread.count, thread.summary = count, summary
        if old:
            thread.read_at = self.now

    def _comments(self, post: str, thread: Thread) -> None:
        found: dict[str, InboundItem] = {}
        whole = self._list(post, post, found)
        for urn, item in found.items():
            mark = f"{item.edited_at or ''}"
            if thread.comments.get(urn) != mark:
                self.inbound[urn] = item
            thread.comments[urn] = mark
        missing = [urn for urn in thread.comments if urn not in found] if whole else []
        for urn in missing[:MAX_CONFIRMED]:
            if check_comment(self.network, urn) is Presence.DELETED:
                self.deleted[urn] = None
                del thread.comments[urn]

    def _list(self, target: str, post: str, found: dict[str, InboundItem]) -> bool:
        """Read the comments beneath ``target``, answers included, and return whether the list was read to its end."""
        whole = False
        for page in self.network.api.pages(f"/socialActions/{urns.encoded(target)}/comments", {}, PAGE, MAX_PAGES):
            for comment in page.elements:
                try:
                    item = parse.read_comment(comment, post)
                except BadAnswer:
                    continue  # half a comment must not hide the others
                if item.author.remote_id != self.network.credentials.remote_id:
                    found[item.native_id] = item
                if target == post and parse.replies_of(comment):
                    self._list(item.native_id, post, found)
            whole = page.ended
        return whole

    def _reactions(self, post: str, thread: Thread) -> None:
        path, whole = f"/reactions/(entity:{urns.encoded(post)})", False
        found: dict[str, InboundItem] = {}
        for page in self.network.api.pages(path, {"q": "entity"}, PAGE, MAX_PAGES, restli="FINDER"):
            for reaction in page.elements:
                try:
                    item = parse.read_reaction(reaction, post)
                except BadAnswer:
                    continue
                if item.author.remote_id != self.network.credentials.remote_id:
                    found[item.native_id] = item
            whole = page.ended
        for urn, item in found.items():
            if thread.reactions.get(urn) != item.reaction_type:
                self.inbound[urn] = item
            thread.reactions[urn] = item.reaction_type
        missing = [urn for urn in thread.reactions if urn not in found] if whole else []
        for urn in missing[:MAX_CONFIRMED]:
            if check_reaction(self.network, urn) is Presence.DELETED:
                self.deleted[urn] = None
                del thread.reactions[urn]


def read_counts(data: Mapping[str, Any]) -> tuple[int, dict[str, int]]:
    """(comments, reactions by kind) of a post's social metadata."""
    comments, reactions = data.get("commentSummary"), data.get("reactionSummaries")
    count = comments.get("count") if isinstance(comments, dict) else 0
    found = reactions.values() if isinstance(reactions, dict) else ()
    summary = {
        str(item.get("reactionType")): item["count"]
        for item in found
        if isinstance(item, dict) and is_count(item.get("count"))
    }
    return count if is_count(count) else 0, summary
