"""Whether a post whose sending had an unknown outcome is there: its container is asked, then our own posts are read.

The container's ``status`` (https://developers.facebook.com/documentation/threads/troubleshooting, 30 Nov 2026):
PUBLISHED says that it is there; EXPIRED that it never was published; FINISHED that it has not been published *so far*. A
publication was measured to take 222 seconds (zernio-dev/zernio-python#42), so that FINISHED only counts when that time
and more has passed, and when our own posts since then, read to their end, do not show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from smeditor.exceptions import Gone, Refused
from smeditor.networks.containers import State
from smeditor.networks.http import an_object
from smeditor.networks.messages import Prepared, ReadBack, Ref
from smeditor.networks.threads import parse
from smeditor.networks.threads.api import NO_SUCH_FIELD
from smeditor.networks.threads.payload import known_params, text_digest

if TYPE_CHECKING:
    from smeditor.networks.threads.network import Threads

SLOWEST = timedelta(minutes=5)
"""A request to publish that came to nothing by then does not come to anything any more."""
CLOCK_MARGIN = timedelta(minutes=5)
MAX_PAGES = 10
PAGE = "50"


def find_own(network: Threads, prepared: Prepared, since: datetime, now: datetime | None = None) -> ReadBack:
    """Look for ``prepared`` among our own posts since ``since``, once its container was asked."""
    now = now or datetime.now(UTC)
    body = known_params(prepared.body)
    state = _state(network, body["creation_id"])
    search = _search(network, prepared, body, since - CLOCK_MARGIN)
    found, checked, whole = search.found, search.checked, search.whole
    if state is State.PUBLISHED and not found and not prepared.link and not body["text"] and len(search.silent) == 1:
        found = search.silent[0]  # an image alone: nothing else without a text was published since
    if found:
        return ReadBack(found=found, checked=checked)
    if state is State.PUBLISHED:
        note = _("Threads says that the post was published, and does not show it yet.")
        return ReadBack(checked=checked, note=note)
    if state is State.IN_PROGRESS or now - since < SLOWEST:
        note = _("Threads may still be publishing it: it is asked again in a few minutes.")
        return ReadBack(checked=checked, note=note)
    if not whole:
        note = _("Only the newest %(number)d messages could be read.") % {"number": checked}
        return ReadBack(checked=checked, note=note)
    return ReadBack(absent=True, checked=checked)


def _state(network: Threads, container_id: str) -> State:
    """What its container says of itself; UNKNOWN where Threads knows none of that id."""
    if not parse.AN_ID.fullmatch(container_id):
        return State.UNKNOWN
    try:
        return network.containers.state(container_id)[0]
    except Gone:
        return State.UNKNOWN
    except Refused as error:
        if NO_SUCH_FIELD in error.cause:
            return State.PUBLISHED  # the id is a post's: only containers have a status
        raise


@dataclass
class Search:
    """``found``: the post; ``checked``: how many were compared; ``whole``: all since the start were; ``silent``: without text."""

    found: Ref | None = None
    checked: int = 0
    whole: bool = False
    silent: list[Ref] = field(default_factory=list)


def _search(network: Threads, prepared: Prepared, body: Mapping[str, str], start: datetime) -> Search:
    """Compare our own posts since ``start`` with the prepared one."""
    path, fields = ("/me/replies", parse.OWN_REPLY_FIELDS) if body["reply_to"] else ("/me/threads", parse.POST_FIELDS)
    search, after = Search(), ""
    for _page in range(MAX_PAGES):
        params = {"fields": fields, "limit": PAGE} | ({"after": after} if after else {})
        rows, following = parse.page_of(network.call("GET", path, params=params).data)
        posts = [an_object(row, "id", "timestamp") for row in rows]
        for post in posts:
            if parse.when(post["timestamp"]) < start:
                continue
            search.checked += 1
            if is_ours(post, prepared.link, body):
                search.found = parse.read_ref(post)
                return search
            if not parse.text_of(post):
                search.silent.append(parse.read_ref(post))
        # the list is newest first, and a page may be empty though others follow
        if not following or (posts and parse.when(posts[-1]["timestamp"]) < start):
            search.whole = True
            return search
        if following == after:
            break
        after = following
    return search


def is_ours(post: Mapping[str, Any], link: str, body: Mapping[str, str]) -> bool:
    """Whether ``post`` is the prepared one: it answers and quotes the same, and has its link, or its very text."""
    if body["reply_to"] and parse.id_in(post.get("replied_to")) not in {"", body["reply_to"]}:
        return False
    if body["quote"] and parse.id_in(post.get("quoted_post")) not in {"", body["quote"]}:
        return False
    if link:
        return link in parse.links_of(post) or link in parse.text_of(post).split()
    return bool(body["text"]) and text_digest(parse.text_of(post)) == body["text"]
