"""Whether reactions are still there.

Meta's "does not exist" says as well "cannot be loaded due to missing permissions". It counts as a deletion only where the
same token can read, at the same time, what stands around it: the post, or the page's own posts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from smeditor.exceptions import AuthExpired, BadAnswer, FetchRefused, Gone, NetworkError, RateLimited, Refused
from smeditor.networks.base import Presence
from smeditor.networks.facebook.parse import A_PAGE, AN_ID, REACTIONS
from smeditor.networks.graph import pages

if TYPE_CHECKING:
    from smeditor.networks.facebook.network import Facebook

BATCH = 50
"""Ids in one call (``?ids=``): https://developers.facebook.com/docs/graph-api/overview#multiple-ids."""
MAX_PAGES = 25


class Checker:
    """Asks for reactions; what it has found out about our token and our posts it asks once."""

    def __init__(self, network: Facebook) -> None:
        self.network = network
        self._readable: dict[str, bool] = {}

    def check(self, native_ids: Sequence[str]) -> dict[str, Presence]:
        """The presence of each id. Raises RateLimited and AuthExpired: nothing is known then."""
        found = dict.fromkeys(native_ids, Presence.UNKNOWN)
        reactions = [native_id for native_id in native_ids if f"/{REACTIONS}/" in native_id]
        written = [native_id for native_id in native_ids if AN_ID.fullmatch(native_id)]
        for start in range(0, len(written), BATCH):
            found |= self._written(written[start : start + BATCH])
        subjects: dict[str, list[str]] = {}
        for native_id in reactions:
            subjects.setdefault(native_id.partition("/")[0], []).append(native_id)
        for subject, members in subjects.items():
            if AN_ID.fullmatch(subject):
                found |= self._reactions(subject, members)
        return found

    def _written(self, ids: list[str]) -> dict[str, Presence]:
        comments = [native_id for native_id in ids if not self._is_post(native_id)]
        posts = [native_id for native_id in ids if self._is_post(native_id)]
        return self._some(comments, "id,is_hidden") | self._some(posts, "id")

    def _is_post(self, native_id: str) -> bool:
        """A post by its id: it begins with its page's. Those of other pages look like comments and are asked one by one."""
        return native_id.partition("_")[0] == self.network.page_id

    def _some(self, ids: list[str], fields: str) -> dict[str, Presence]:
        if not ids:
            return {}
        if len(ids) > 1:
            try:
                data = self.network.api.call("GET", "/", params={"ids": ",".join(ids), "fields": fields}).object()
                found = {key: value for key, value in data.items() if isinstance(value, dict)}
                return {key: _of(found[key]) if key in found else self._single(key, fields) for key in ids}
            except (Gone, Refused, BadAnswer):
                pass  # one of them spoils the call: they are asked one by one
            except (RateLimited, AuthExpired):
                raise
            except (NetworkError, FetchRefused):
                return dict.fromkeys(ids, Presence.UNKNOWN)
        return {native_id: self._single(native_id, fields) for native_id in ids}

    def _single(self, native_id: str, fields: str) -> Presence:
        try:
            return _of(self.network.api.call("GET", f"/{native_id}", params={"fields": fields}).object("id"))
        except Gone:
            return Presence.DELETED if self._reads_around(native_id) else Presence.UNKNOWN
        except (RateLimited, AuthExpired):
            raise
        except Refused:
            if fields != "id":  # a post of somebody else has no such field
                return self._single(native_id, "id")
            return Presence.UNKNOWN
        except (NetworkError, FetchRefused):
            return Presence.UNKNOWN

    def _reads_around(self, native_id: str) -> bool:
        """Whether the token reads what ``native_id`` stands under, or at least the page's own posts."""
        first = native_id.partition("_")[0]
        post = f"{self.network.page_id}_{first}"
        if first != self.network.page_id and self._reads(f"/{post}"):
            return True
        return self._reads(f"/{self.network.page_id}/published_posts")

    def _reads(self, path: str) -> bool:
        if path not in self._readable:
            try:
                self.network.api.call("GET", path, params={"fields": "id", "limit": 1})
                self._readable[path] = True
            except (RateLimited, AuthExpired):
                raise
            except (NetworkError, FetchRefused):
                self._readable[path] = False
        return self._readable[path]

    def _reactions(self, subject: str, members: list[str]) -> dict[str, Presence]:
        people: set[str] = set()
        complete = False
        try:
            params = {"fields": "id", "limit": 100}
            readable = True
            for page in pages(self.network.api, f"/{subject}/{REACTIONS}", params, MAX_PAGES):
                ids = [person.get("id") for person in page.items]
                known = [person_id for person_id in ids if isinstance(person_id, str) and A_PAGE.fullmatch(person_id)]
                readable = readable and len(known) == len(ids)
                people.update(known)
                complete = readable and not page.after
        except Gone:
            gone = Presence.DELETED if self._reads(f"/{self.network.page_id}/published_posts") else Presence.UNKNOWN
            return dict.fromkeys(members, gone)
        except (RateLimited, AuthExpired):
            raise
        except (NetworkError, FetchRefused):
            complete = False
        # Where Facebook tells nobody's name, an empty list says nothing of who reacted.
        absent = Presence.DELETED if complete and self._counts(subject) == len(people) else Presence.UNKNOWN
        return {
            native_id: Presence.ALIVE if native_id.rpartition("/")[2] in people else absent for native_id in members
        }

    def _counts(self, subject: str) -> int | None:
        """How many reactions the post counts; None where it does not tell."""
        try:
            params = {"fields": f"{REACTIONS}.limit(0).summary(true)"}
            post = self.network.api.call("GET", f"/{subject}", params=params).object("id")
        except (RateLimited, AuthExpired):
            raise
        except (NetworkError, FetchRefused):
            return None
        return count_of(post.get(REACTIONS))


def count_of(part: Any) -> int | None:
    """The total that an expanded edge's summary names; None where it names none."""
    summary = part.get("summary") if isinstance(part, dict) else None
    total = summary.get("total_count") if isinstance(summary, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) and total >= 0 else None


def _of(data: dict[str, Any]) -> Presence:
    return Presence.HIDDEN if data.get("is_hidden") is True else Presence.ALIVE
