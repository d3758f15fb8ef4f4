"""What the server notifies our account of: mentions, replies, quotes, favourites and boosts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from smeditor.exceptions import AuthExpired, BadAnswer, NetworkError, RateLimited, Refused
from smeditor.networks.base import InboundItem, Kind
from smeditor.networks.http import an_object, objects
from smeditor.networks.mastodon import parse
from smeditor.networks.mastodon.cursor import Cursor
from smeditor.networks.mastodon.paging import PAGE, next_max_id

if TYPE_CHECKING:
    from smeditor.networks.mastodon.network import Mastodon

TYPES = ("mention", "quote", "favourite", "reblog")
REACH = {"favourite": Kind.LIKE, "reblog": Kind.REPOST}
MAX_PAGES = 5
MAX_LOOKUPS = 20
"""Contexts fetched in one collection to tell a reply deep in our thread from a mention."""


class Notifications:
    """Reads notifications from where ``cursor`` stands, and moves it."""

    def __init__(self, network: Mastodon, cursor: Cursor) -> None:
        self.network = network
        self.cursor = cursor
        self.host = network.api.host
        self.me = str(network.me()["id"])
        self.found: list[InboundItem] = []
        self.reach: Counter[tuple[str, Kind]] = Counter()
        self.roots: dict[str, str] = {}
        self.lookups = 0

    def read(self) -> bool:
        """Read what waits, at most a few pages, into ``found`` (oldest first). Returns whether more waits."""
        if not self.cursor.since:
            return self._backward(first=True)
        if self.cursor.before:
            return self._backward(first=False)
        return self._forward()

    def _forward(self) -> bool:
        for _page in range(MAX_PAGES):
            page, _following = self._page({"min_id": self.cursor.since})
            newest = str(page[0]["id"]) if page else self.cursor.since
            if newest == self.cursor.since:
                return False
            self._take(page)
            self.cursor.since = newest
        return True

    def _backward(self, *, first: bool) -> bool:
        """Read from the newest notification to the oldest; once begun, it goes on below ``cursor.before``."""
        pages: list[list[dict[str, Any]]] = []
        for _page in range(MAX_PAGES):
            page, following = self._page({"max_id": self.cursor.before} if self.cursor.before else {})
            if first and not pages and page:
                self.cursor.since = str(page[0]["id"])
            pages.append(page)
            self.cursor.before = "" if following == self.cursor.before else following
            if not page or not self.cursor.before:
                self.cursor.before = ""
                break
        for page in reversed(pages):
            self._take(page)
        return bool(self.cursor.before)

    def _page(self, where: dict[str, str]) -> tuple[list[dict[str, Any]], str]:
        params = [("limit", PAGE), *where.items()]
        wanted = [("types[]", name) for name in TYPES] if self.cursor.typed else []
        try:
            answer = self.network.call("GET", "/api/v1/notifications", params=params + wanted)
        except Refused:
            if not self.cursor.typed:
                raise
            self.cursor.typed = False
            return self._page(where)
        return [an_object(item, "id") for item in answer.array()], next_max_id(answer.headers)

    def _take(self, page: list[dict[str, Any]]) -> None:
        for item in reversed(page):
            try:
                inbound = self._inbound(item)
            except BadAnswer:
                continue  # a deleted account or status leaves half a notification; the others must still come in
            if inbound:
                self.found.append(inbound)

    def _inbound(self, item: dict[str, Any]) -> InboundItem | None:
        kind, status = item.get("type"), item.get("status")
        if kind not in TYPES or not isinstance(status, dict):
            return None
        actor = an_object(item.get("account"), "id")
        if str(actor["id"]) == self.me:
            return None
        if kind in REACH:
            original = status["reblog"] if isinstance(status.get("reblog"), dict) else status
            subject = parse.read_id(original)
            self.reach[subject, REACH[kind]] += 1
            return parse.read_reach(actor, REACH[kind], subject, parse.when(item.get("created_at")), self.host)
        return self._message(status)

    def _message(self, status: dict[str, Any]) -> InboundItem:
        """A status that names us: a reply if it answers us, however deep; else a quote of ours; else a mention."""
        parent = str(status.get("in_reply_to_id") or "")
        root = ""
        if parent and str(status.get("in_reply_to_account_id") or "") == self.me:
            root = self.roots.get(parent, parent)
        elif parse.quotes_account(status, self.me):
            return parse.read_status(status, Kind.QUOTE, self.host)
        elif parent:
            root = self._root_above(parse.read_id(status), parent)
        if root:
            self.roots[str(status["id"])] = root
        return parse.read_status(status, Kind.REPLY if root else Kind.MENTION, self.host, root=root)

    def _root_above(self, status_id: str, parent: str) -> str:
        """Id of our topmost message above ``status_id``, or nothing where the thread is not about one of ours."""
        if parent in self.roots:
            return self.roots[parent]
        if self.lookups >= MAX_LOOKUPS:
            return ""
        self.lookups += 1
        try:
            context = self.network.call("GET", f"/api/v1/statuses/{status_id}/context").object()
        except (RateLimited, AuthExpired):
            raise
        except NetworkError:
            return ""
        for ancestor in objects(context.get("ancestors")):
            if parse.account_id(ancestor) == self.me:
                return str(ancestor.get("id") or "")
        return ""
