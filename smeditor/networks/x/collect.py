"""One collection: mentions first, then the threads of our posts for what mentions leave out.

Endpoints: https://docs.x.com/x-api/users/get-mentions, …/posts/search-recent-posts (the last seven days,
``conversation_id:``), …/posts/get-quoted-posts, …/posts/get-liking-users, …/posts/get-reposted-by, read 2026-11-30. A lookup of
a hundred of our posts costs half a dollar and tells which were touched; only what moved is read, and only as many likes
and reposts as were added: both lists begin with the newest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from smeditor.exceptions import BadAnswer, Gone, NetworkError, Refused
from smeditor.networks.http import objects
from smeditor.networks.inbound import Batch, InboundItem
from smeditor.networks.kinds import Kind, Presence
from smeditor.networks.messages import Ref
from smeditor.networks.walking import Walked, walk
from smeditor.networks.x import parse
from smeditor.networks.x.connecting import LIKES_SCOPE
from smeditor.networks.x.cursor import Cursor, Thread
from smeditor.networks.x.presence import LOOKUP, presences
from smeditor.networks.x.readback import next_token, stamp

if TYPE_CHECKING:
    from smeditor.networks.x.network import X

MENTION_PAGES = 4
THREAD_PAGES = 3
SEARCHED = timedelta(days=7) - timedelta(minutes=2)
"""How far back a search goes; a little less, so that its beginning never lies outside."""
MOST_PEOPLE = 100
EXPANSIONS = {"tweet.fields": parse.POST_FIELDS, "expansions": "author_id", "user.fields": parse.USER_FIELDS}


class Collector:
    """Gathers one batch for ``network`` from where ``cursor`` stands."""

    def __init__(self, network: X, cursor: Mapping[str, Any]) -> None:
        self.network = network
        self.cursor = Cursor.read(cursor)
        self.me = network.me_id()
        self.inbound: dict[str, InboundItem] = {}
        self.deleted: dict[str, None] = {}
        self.ours: set[str] = set(self.cursor.threads)
        self.searched: set[str] = set()

    def collect(self, ours: Sequence[Ref]) -> Batch:
        """Return what came in. Where X fails half-way, what it gave is returned and the rest comes next time."""
        ids = list(dict.fromkeys(ref.uri for ref in ours if parse.id_or_nothing(ref.uri)))
        self.ours |= set(ids)
        self._mentions()
        walked = self._threads(ids)
        if walked.ended_by and not (walked.read or self.inbound or self.deleted):
            raise walked.ended_by
        more = bool(self.cursor.token)
        return Batch(tuple(self.inbound.values()), self.cursor.as_json(), more, tuple(self.deleted), walked.unread)

    # mentions

    def _mentions(self) -> None:
        """Read mentions from the newest down to those that are known; at most a few pages, the rest in the next collection."""
        cursor = self.cursor
        for _page in range(MENTION_PAGES):
            data = self._mention_page()
            posts = objects(data.get("data"))
            if not cursor.token and posts:
                cursor.newest = newest([cursor.newest, *(post.get("id") for post in posts)])
            self._take_all(posts, data)
            following = next_token(data) if isinstance(data.get("meta"), dict) else ""
            cursor.token = "" if following == cursor.token else following
            if not cursor.token:
                cursor.since = newest([cursor.since, cursor.newest])
                cursor.newest = ""
                return

    def _mention_page(self) -> dict[str, Any]:
        """One page. A token that X does not take any more is forgotten: the reading begins anew where it last came to its end."""
        cursor = self.cursor
        try:
            return self._ask_mentions()
        except (Refused, Gone):
            if not cursor.token and not cursor.since:
                raise
            if cursor.token:
                cursor.token = ""
            else:
                cursor.since = ""  # X takes no id that is too old
            return self._ask_mentions()

    def _ask_mentions(self) -> dict[str, Any]:
        cursor = self.cursor
        if not cursor.token or not cursor.start:
            cursor.start = stamp(datetime.now(UTC) - SEARCHED)
        begin = {"since_id": cursor.since} if cursor.since else {"start_time": cursor.start}
        page = {"pagination_token": cursor.token} if cursor.token else {}
        return self.network.read_posts(
            f"/2/users/{self.me}/mentions", EXPANSIONS | begin | page, bucket="mentions", least=5, most=100, owned=True
        )

    def _take_all(self, posts: Sequence[dict[str, Any]], data: Mapping[str, Any]) -> None:
        users = parse.users_of(data)
        for post in reversed(posts):
            with suppress(BadAnswer):  # half a post must not keep the others out
                self._take(post, users)

    def _take(self, post: dict[str, Any], users: Mapping[str, Mapping[str, Any]], *, quoting: str = "") -> None:
        """Add a reader's post: a reply if it stands in one of our threads, else a quote of ours, else a mention."""
        if post.get("author_id") == self.me:
            return
        conversation, quoted = parse.id_or_nothing(post.get("conversation_id")), parse.referenced(post, "quoted")
        answered = parse.referenced(post, "replied_to")
        ours = conversation in self.ours or answered in self.ours or post.get("in_reply_to_user_id") == self.me
        if answered and ours:
            item = parse.read_post(post, users, Kind.REPLY)
        elif quoting or quoted in self.ours:
            item = parse.read_post(post, users, Kind.QUOTE, subject=quoting or quoted)
        else:
            item = parse.read_post(post, users, Kind.MENTION)
        known = self.inbound.get(item.native_id)
        if known is None or (known.kind is Kind.MENTION and item.kind is not Kind.MENTION):
            self.inbound[item.native_id] = item

    # threads

    def _threads(self, ids: list[str]) -> Walked:
        posts: dict[str, dict[str, Any]] = {}
        for start in range(0, len(ids), LOOKUP):
            part = ids[start : start + LOOKUP]
            try:
                data = self.network.posts(part, "conversation_id,edit_history_tweet_ids,public_metrics")
            except NetworkError as error:
                walked = self._walk(posts)
                return Walked(walked.read, (*walked.unread, *ids[start:]), walked.ended_by or error)
            for post_id, presence in presences(data, part).items():
                if presence is Presence.DELETED:
                    self.deleted[post_id] = None
                    self.cursor.threads.pop(post_id, None)
            for post in objects(data.get("data")):
                if parse.id_or_nothing(post.get("id")):  # X may answer with a later version of the post
                    posts |= {version: post for version in (post["id"], *parse.history(post)) if version in part}
        return self._walk(posts)

    def _walk(self, posts: dict[str, dict[str, Any]]) -> Walked:
        return walk(list(posts), lambda post_id: self._read_thread(post_id, posts[post_id]))

    def _read_thread(self, post_id: str, post: dict[str, Any]) -> None:
        with suppress(Gone, Refused, BadAnswer):  # it will not be read sooner for being asked again; its counts stay
            thread, counts = self.cursor.thread(post_id), parse.read_metrics(post)
            if moved(counts.replies, thread.replies):
                self._replies(parse.id_or_nothing(post.get("conversation_id")) or post_id, thread)
            thread.replies = counts.replies or 0
            if moved(counts.quotes, thread.quotes):
                self._quotes(post_id, thread)
            thread.quotes = counts.quotes or 0
            if self.network.granted(LIKES_SCOPE):
                self._people(post_id, Kind.LIKE, thread.likes, counts.likes)
            thread.likes = counts.likes or 0
            self._people(post_id, Kind.REPOST, thread.reposts, counts.reposts)
            thread.reposts = counts.reposts or 0

    def _replies(self, conversation: str, thread: Thread) -> None:
        """Search a conversation for what was added, our own posts left out; once for all our posts in it."""
        if conversation in self.searched:
            return
        recent = thread.reply and parse.minted_at(thread.reply) > datetime.now(UTC) - SEARCHED
        begin = {"since_id": thread.reply} if recent else {}  # X refuses an id that is older than what it searches
        params = EXPANSIONS | begin | {"query": f"conversation_id:{conversation} -from:{self.me}"}
        thread.reply = self._pages("/2/tweets/search/recent", params, "search", "next_token", thread.reply)
        self.searched.add(conversation)

    def _quotes(self, post_id: str, thread: Thread) -> None:
        """Read who quoted a post, from the newest down to those that are known: X offers no other beginning here."""
        path = f"/2/tweets/{post_id}/quote_tweets"
        thread.quote = self._pages(path, EXPANSIONS, "quotes", "pagination_token", thread.quote, quoting=post_id)

    def _pages(
        self, path: str, params: Mapping[str, str], bucket: str, next_name: str, known: str, *, quoting: str = ""
    ) -> str:
        """Read a list's pages until ``known``; returns the newest id."""
        token, found = "", known
        for _page in range(THREAD_PAGES):
            page = {next_name: token} if token else {}
            data = self.network.read_posts(path, {**params, **page}, bucket=bucket, least=10, most=100)
            posts, users = objects(data.get("data")), parse.users_of(data)
            fresh = [post for post in posts if newer(post.get("id"), known)]
            for post in reversed(fresh):
                with suppress(BadAnswer):
                    self._take(post, users, quoting=quoting)
            found = newest([found, *(post.get("id") for post in posts)])
            following = next_token(data) if isinstance(data.get("meta"), dict) else ""
            if not following or following == token or len(fresh) < len(posts):
                break
            token = following
        return found

    def _people(self, post_id: str, kind: Kind, before: int, count: int | None) -> None:
        """Read as many who liked or reposted as were added since; X tells neither when nor an id."""
        added = (count or 0) - before
        if added <= 0:
            return
        path = f"/2/tweets/{post_id}/{parse.REACH_LISTS[kind]}"
        data = self.network.read_people(path, min(added, MOST_PEOPLE), bucket=parse.REACH_LISTS[kind])
        at = datetime.now(UTC)
        for person in objects(data.get("data")):
            with suppress(BadAnswer):
                item = parse.read_reach(person, kind, post_id, at)
                if item.author.remote_id != self.me:
                    self.inbound.setdefault(item.native_id, item)


def moved(count: int | None, before: int) -> bool:
    """Whether a count says that something was added, or is not told."""
    return count is None or count > before


def newer(value: Any, known: str) -> bool:
    """Whether the id ``value`` was made after ``known``."""
    return bool(parse.id_or_nothing(value)) and (not known or int(value) > int(known))


def newest(ids: Sequence[Any]) -> str:
    """The id among ``ids`` that was made last; empty where there is none."""
    return max((value for value in ids if parse.id_or_nothing(value)), key=int, default="")
