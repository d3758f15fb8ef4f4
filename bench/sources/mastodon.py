"""Servers of accounts: what of Mastodon's API sending and collecting need, readers who answer, and limits that count."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bench.sources.layout import Presence

LIMIT, WINDOW = 300, 300.0
"""Requests of an account in so many seconds, as Mastodon allows them by default."""
ME = "100"
TALK = {False: (60.0, 2), True: (15.0, 30)}
"""Seconds from one reader to the next and how many answer a post, of ordinary and of busy accounts."""
numbers = count(10_000_001)

Answer = tuple[int, Any, dict[str, str]]


def stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")


def person(host: str, number: str, name: str) -> dict[str, Any]:
    place = f"http://{host}/@{name}"
    return {"id": number, "acct": name, "username": name, "uri": place, "url": place, "display_name": name, "note": ""}


@dataclass
class Status:
    """A message of ours. ``replies`` and ``likes`` come by and by."""

    number: str
    at: float
    text: str
    replies: list[dict[str, Any]] = field(default_factory=list)
    likes: list[dict[str, Any]] = field(default_factory=list)


class Server:
    """One account as its server has it. ``received``: (text, time) of what was published."""

    def __init__(self, presence: Presence) -> None:
        self.presence = presence
        self.me = person(presence.host, ME, f"vigie{presence.number}")
        self.own: dict[str, Status] = {}
        self.keys: dict[str, str] = {}
        self.notifications: list[dict[str, Any]] = []
        self.received: list[tuple[str, float]] = []
        self.window = (0.0, 0)
        self.refused = self.refused_posts = 0
        self.least_left = LIMIT

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """Answer one request, within the limit of the account."""
        now = time.time()
        begins, used = self.window
        if now >= begins + WINDOW:
            begins, used = now, 0
        self.window = (begins, min(used + 1, LIMIT))
        left = LIMIT - used - 1
        rates = {
            "X-RateLimit-Limit": str(LIMIT),
            "X-RateLimit-Remaining": str(max(left, 0)),
            "X-RateLimit-Reset": stamp(begins + WINDOW),
        }
        if left < 0:
            self.refused += 1
            self.refused_posts += method == "POST"
            return 429, {"error": "Too many requests"}, rates
        self.least_left = min(self.least_left, left)
        self._grow(now)
        status, data, more = self._route(method, target, headers, body, now)
        return status, data, {**rates, **more}

    def _route(self, method: str, target: str, headers: dict[str, str], body: bytes, now: float) -> Answer:
        parts = urlsplit(target)
        query = parse_qs(parts.query)
        match method, parts.path.strip("/").split("/"):
            case "POST", ["api", "v1", "statuses"]:
                return 200, self._publish(json.loads(body)["status"], headers.get("idempotency-key", ""), now), {}
            case "GET", ["api", "v1", "accounts", "verify_credentials"]:
                return 200, {**self.me, "followers_count": 1200}, {}
            case "GET", ["api", "v2", "instance"]:
                return 200, {"domain": self.presence.host, "api_versions": {"mastodon": 6}, "configuration": {}}, {}
            case "GET", ["api", "v1", "notifications"]:
                return self._notified(query)
            case "GET", ["api", "v1", "accounts", _, "statuses"]:
                return 200, [self._status(own) for own in list(self.own.values())[::-1][:20]], {}
            case "GET", ["api", "v1", "statuses"]:
                return 200, self._some(query.get("id[]", [])), {}
            case "GET", ["api", "v1", "statuses", number, "context"] if number in self.own:
                return 200, {"ancestors": [], "descendants": self.own[number].replies}, {}
            case "GET", ["api", "v1", "statuses", number, "favourited_by"] if number in self.own:
                return 200, self.own[number].likes, {}
            case "GET", ["api", "v1", "statuses", number, "reblogged_by" | "quotes"] if number in self.own:
                return 200, [], {}
        return 404, {"error": "Record not found"}, {}

    def _publish(self, text: str, key: str, now: float) -> dict[str, Any]:
        known = self.keys.get(key)
        if known is None:
            known = self.keys[key] = str(next(numbers))
            self.own[known] = Status(known, now, text)
            self.received.append((text, now))
        return self._status(self.own[known])

    def _grow(self, now: float) -> None:
        """Let readers answer and like what is old enough."""
        every, most = TALK[self.presence.busy]
        for own in self.own.values():
            while len(own.replies) < most and now >= own.at + every * (len(own.replies) + 1):
                place = len(own.replies)
                reader = person(self.presence.host, str(next(numbers)), f"lectrice{next(numbers)}")
                reply = self._message(
                    str(next(numbers)), reader, own.at + every * (place + 1), f"Pourquoi si tard, {place} ?"
                )
                reply["in_reply_to_id"], reply["in_reply_to_account_id"] = own.number, ME
                own.replies.append(reply)
                own.likes.append(reader)
                self._notify("mention", reader, reply)
                self._notify("favourite", reader, self._status(own))

    def _notify(self, kind: str, account: dict[str, Any], status: dict[str, Any]) -> None:
        self.notifications.append(
            {
                "id": str(next(numbers)),
                "type": kind,
                "account": account,
                "status": status,
                "created_at": status["created_at"],
            }
        )

    def _notified(self, query: dict[str, list[str]]) -> Answer:
        """Newest first, as Mastodon does: ``min_id`` gives the page right above it, ``max_id`` the page below it."""
        limit = int(query.get("limit", ["40"])[0])
        above, below = (int(query.get(name, [default])[0]) for name, default in (("min_id", "0"), ("max_id", "0")))
        rows = [row for row in self.notifications if int(row["id"]) > above and (not below or int(row["id"]) < below)]
        page = rows[:limit] if above else rows[-limit:]
        more = {}
        if not above and len(rows) > limit:
            more["Link"] = f'<http://{self.presence.host}/api/v1/notifications?max_id={page[0]["id"]}>; rel="next"'
        return 200, page[::-1], more

    def _some(self, wanted: list[str]) -> list[dict[str, Any]]:
        replies = {reply["id"]: reply for own in self.own.values() for reply in own.replies}
        ours = {number: self._status(self.own[number]) for number in wanted if number in self.own}
        return [found for number in wanted if (found := ours.get(number) or replies.get(number))]

    def _status(self, own: Status) -> dict[str, Any]:
        counts = {"replies_count": len(own.replies), "favourites_count": len(own.likes)}
        return {**self._message(own.number, self.me, own.at, own.text), **counts}

    def _message(self, number: str, account: dict[str, Any], at: float, text: str) -> dict[str, Any]:
        place = f"{account['url']}/{number}"
        return {
            "id": number, "uri": place, "url": place, "account": account, "content": f"<p>{text}</p>",
            "created_at": stamp(at), "visibility": "public", "spoiler_text": "", "language": "fr",
            "replies_count": 0, "favourites_count": 0, "reblogs_count": 0, "quotes_count": 0,
            "in_reply_to_id": None, "in_reply_to_account_id": None, "media_attachments": [], "mentions": [], "tags": [],
        }  # fmt: skip
