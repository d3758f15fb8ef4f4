"""Collecting comments: of the channel's own videos, under our answers, and under others' videos that show our links.

YouTube lists threads by the time of their first comment; a new reply to an old thread shows only in its number of
replies, and a thread carries at most five of them (https://developers.google.com/youtube/v3/docs/commentThreads, read
2026-11-30). So the threads of the last days are walked again, and a thread's replies are listed where there are more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from smeditor.exceptions import AuthExpired, BadAnswer, Gone, NetworkError, RateLimited, Refused
from smeditor.networks.base import Batch, InboundItem, Kind, Ref
from smeditor.networks.http import an_object, objects
from smeditor.networks.listings import site
from smeditor.networks.walking import walk
from smeditor.networks.youtube import parse
from smeditor.networks.youtube.cursor import Cursor
from smeditor.networks.youtube.quota import SEARCH

if TYPE_CHECKING:
    from smeditor.networks.youtube.network import YouTube

PAGE = 100
PAGES = 3
"""Pages of threads in one call; what is left is read in the next."""
REPLY_PAGES = 5
WINDOW = timedelta(days=7)
"""How long a thread's replies are looked for after its first comment."""
FIRST_WINDOW = timedelta(days=30)
SEARCH_EVERY = timedelta(minutes=30)
"""48 searches a day, of the 100 that a project has."""
WATCHED_FOR = timedelta(days=30)
AT_ONCE = 5
"""Other people's videos that are read in one call, one after the other."""
THREADS = 10


class Collector:
    """One call of ``collect``."""

    def __init__(self, network: YouTube, cursor: Mapping[str, Any]) -> None:
        self.network = network
        self.cursor = Cursor.read(cursor)
        self.now = datetime.now(UTC)
        self.found: list[InboundItem] = []
        self.cut: set[str] = set()

    def collect(self, ours: Sequence[Ref]) -> Batch:
        """Return what is new. Raises only where nothing at all came; a failure half-way keeps what was read before."""
        more, failure = False, None
        unread: tuple[str, ...] = ()
        try:
            more = self._own_videos()
            walked = walk([ref.uri for ref in ours][:THREADS], self._under)
            unread = walked.unread
            if walked.ended_by is None:
                self._others()
        except NetworkError as error:
            failure = error
            unread = tuple(ref.uri for ref in ours)
        if failure is not None and not self.found:
            raise failure
        return Batch(tuple(self.found), self.cursor.as_json(), more and failure is None, (), unread)

    # the channel's own videos

    def _own_videos(self) -> bool:
        """Walk the channel's threads from the newest on; whether the walk goes on in the next call."""
        cursor = self.cursor
        if not cursor.page:
            cursor.high = self.now
        since = cursor.until - WINDOW if cursor.until else self.now - FIRST_WINDOW
        channel = self.network.channel_id()
        for _page in range(PAGES):
            params = {"allThreadsRelatedToChannelId": channel, "order": "time"}
            threads, following = self._threads(params, cursor.page)
            self._keep(threads, Kind.REPLY)
            oldest = min(filter(None, map(_started, threads)), default=None)
            if not following or oldest is None or oldest < since:
                cursor.page, cursor.until, cursor.high = "", cursor.high, None
                return False
            cursor.page = following
        return True

    def _threads(self, params: Mapping[str, str], page: str = "") -> tuple[list[dict[str, Any]], str]:
        query = {"part": "snippet,replies", "maxResults": str(PAGE), "textFormat": "plainText", **params}
        if page:
            query["pageToken"] = page
        try:
            data = self.network.call("GET", "/commentThreads", params=query).data
        except Refused as error:
            if page and error.code in {"invalidPageToken", "processingFailure"}:
                return [], ""  # the walk begins anew
            raise
        return parse.items(data), parse.next_page(data)

    def _keep(self, threads: Sequence[Mapping[str, Any]], kind: Kind) -> None:
        self._find_links({parse.an_id(_snippet(thread).get("videoId")) for thread in threads} - {""})
        for thread in threads:
            try:
                self._keep_thread(thread, kind)
            except BadAnswer:
                continue  # one comment that is not what is promised hides no other

    def _keep_thread(self, thread: Mapping[str, Any], kind: Kind) -> None:
        snippet = _snippet(thread)
        first = an_object(snippet.get("topLevelComment"), "id")
        public = snippet.get("isPublic") is not False
        links = self.cursor.videos.get(parse.an_id(snippet.get("videoId")), [])
        self._add(first, kind, links, public)
        thread_id, total = parse.an_id(first["id"]), snippet.get("totalReplyCount")
        replies = thread.get("replies")
        shown = objects(replies.get("comments")) if isinstance(replies, Mapping) else []
        for reply in shown:
            self._try(reply, kind, links, public)
        number = total if type(total) is int else 0
        grown = number > len(shown) and self.cursor.counts.get(thread_id) != number
        if thread_id and grown and self._replies(thread_id, kind, links):
            self.cursor.counts[thread_id] = number

    # replies

    def _under(self, own_id: str) -> None:
        """What was said after an answer of ours: it stands in the thread beneath the first comment."""
        thread = parse.an_id(parse.thread_of(own_id))
        if thread:
            try:
                self._replies(thread, Kind.REPLY, ())
            except Gone:
                return  # the thread was deleted, as the check of each message says

    def _replies(self, thread_id: str, kind: Kind, links: Sequence[str]) -> bool:
        """List the replies of a thread; whether it was read to its end."""
        page = ""
        for _page in range(REPLY_PAGES):
            comments, page = self.network.replies(thread_id, page)
            for comment in comments:
                self._try(comment, kind, links, True)
            if not page:
                return True
        return False

    def _try(self, comment: Any, kind: Kind, links: Sequence[str], public: bool) -> None:
        try:
            self._add(comment, kind, links, public)
        except BadAnswer:
            return

    def _add(self, comment: Any, kind: Kind, links: Sequence[str], public: bool) -> None:
        item = parse.read_comment(comment, kind, links, public)
        if parse.author_id(comment) == self.network.channel_id():
            return
        stamp = f"{(item.edited_at or item.published_at).isoformat()}{'h' if item.hidden else ''}"
        if self.cursor.is_new(item.native_id, stamp):
            self.found.append(item)

    def _find_links(self, videos: set[str]) -> None:
        """Read what the descriptions of videos link to: by that their article is found. One unit for fifty videos."""
        wanted = sorted(videos - self.cursor.videos.keys())[:50]
        if not wanted:
            return
        data = self.network.call("GET", "/videos", params={"part": "snippet", "id": ",".join(wanted)}).data
        found = {parse.an_id(video.get("id")): parse.video_links(video) for video in parse.items(data)}
        for video in wanted:
            self.cursor.videos[video] = found.get(video, [])

    # other people's videos

    def _others(self) -> None:
        cursor = self.cursor
        cursor.watched = {
            video: at for video, at in cursor.watched.items() if (parse.moment(at) or self.now) > self.now - WATCHED_FOR
        }
        try:
            self._search()
            for video in list(cursor.watched)[:AT_ONCE]:
                at = cursor.watched.pop(video)
                try:
                    threads, _following = self._threads({"videoId": video, "order": "time"})
                except (Gone, Refused):
                    continue  # it was deleted, or its comments are switched off: it is watched no more
                cursor.watched[video] = at
                self._keep(threads, Kind.MENTION)
        except (RateLimited, AuthExpired):
            raise
        except NetworkError:
            return  # what the channel itself hears is kept; these are asked again the next time

    def _search(self) -> None:
        """Look for videos that show an address of ours; a search of the day's hundred for each site."""
        cursor, hosts = self.cursor, self.network.own_sites[:2]
        if not hosts or (cursor.searched_at and self.now - cursor.searched_at < SEARCH_EVERY * len(hosts)):
            return
        since = (cursor.searched_at or self.now - WATCHED_FOR) - timedelta(days=1)
        for host in hosts:
            query = {
                "part": "id",
                "type": "video",
                "order": "date",
                "q": f'"{host}"',
                "maxResults": "25",
                "publishedAfter": since.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            data = self.network.call("GET", "/search", bucket=SEARCH, params=query).data
            found = {parse.an_id(_id(result).get("videoId")) for result in parse.items(data)} - {"", *cursor.watched}
            self._find_links(found)
            for video in found:
                links = cursor.videos.get(video, [])
                if any(site(link) == site(f"https://{host}") for link in links):
                    cursor.watched[video] = self.now.isoformat()
        cursor.searched_at = self.now


def _snippet(thread: Mapping[str, Any]) -> Mapping[str, Any]:
    snippet = thread.get("snippet")
    return snippet if isinstance(snippet, Mapping) else {}


def _id(result: Mapping[str, Any]) -> Mapping[str, Any]:
    found = result.get("id")
    return found if isinstance(found, Mapping) else {}


def _started(thread: Mapping[str, Any]) -> datetime | None:
    first = _snippet(thread).get("topLevelComment")
    return parse.moment(_snippet(first).get("publishedAt")) if isinstance(first, Mapping) else None
