"""Whether a post or a comment whose sending had an unknown outcome is there.

A post: its container is asked (``status_code``: PUBLISHED says that it is there, EXPIRED that it never was published,
FINISHED that it has not been published *so far*), then our own posts are read
(https://developers.facebook.com/documentation/instagram-platform/content-publishing, 30 Nov 2026). A comment has no
container: the comments of the place where it would stand are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from smeditor.exceptions import Gone
from smeditor.networks.containers import State
from smeditor.networks.graph.paging import pages
from smeditor.networks.http import an_object
from smeditor.networks.instagram import parse
from smeditor.networks.instagram.payload import COMMENTS, REPLIES, known_params, text_digest
from smeditor.networks.messages import Prepared, ReadBack, Ref

if TYPE_CHECKING:
    from smeditor.networks.instagram.network import Instagram

SLOWEST = timedelta(minutes=5)
"""A request to publish that came to nothing by then does not come to anything any more."""
CLOCK_MARGIN = timedelta(minutes=5)
MAX_PAGES = 10
PAGE = "50"


@dataclass
class Search:
    """``found``: ours; ``checked``: how many were compared; ``whole``: all since the start were; ``silent``: without text."""

    found: Ref | None = None
    checked: int = 0
    whole: bool = False
    silent: list[Ref] = field(default_factory=list)


def find_own(network: Instagram, prepared: Prepared, since: datetime, now: datetime | None = None) -> ReadBack:
    """Look for ``prepared`` among what we published since ``since``, once its container was asked."""
    now = now or datetime.now(UTC)
    body, start = known_params(prepared.body), since - CLOCK_MARGIN
    if body["on"]:
        return _conclude(_comments(network, body, start), State.UNKNOWN, now - since)
    state = _state(network, body["creation_id"])
    search = _posts(network, prepared, body, start)
    alone = state is State.PUBLISHED and not prepared.link and not body["text"] and len(search.silent) == 1
    if alone and not search.found:
        search.found = search.silent[0]  # nothing else without a text was published since
    return _conclude(search, state, now - since)


def _conclude(search: Search, state: State, waited: timedelta) -> ReadBack:
    if search.found:
        return ReadBack(found=search.found, checked=search.checked)
    if state is State.PUBLISHED:
        note = _("Instagram says that the post was published, and does not show it yet.")
    elif state is State.IN_PROGRESS or waited < SLOWEST:
        note = _("Instagram may still be publishing it: it is asked again in a few minutes.")
    elif not search.whole:
        note = _("Only the newest %(number)d messages could be read.") % {"number": search.checked}
    else:
        return ReadBack(absent=True, checked=search.checked)
    return ReadBack(checked=search.checked, note=note)


def _state(network: Instagram, container_id: str) -> State:
    """What its container says of itself; UNKNOWN where Instagram knows none of that id."""
    if not parse.AN_ID.fullmatch(container_id):
        return State.UNKNOWN
    try:
        return network.containers.state(container_id)[0]
    except Gone:
        return State.UNKNOWN


def _posts(network: Instagram, prepared: Prepared, body: Mapping[str, str], start: datetime) -> Search:
    search = Search()
    params = {"fields": parse.MEDIA_FIELDS, "limit": PAGE}
    for page in pages(network.api, "/me/media", params, MAX_PAGES):
        posts = [an_object(row, "id", "timestamp") for row in page.items]
        for post in posts:
            if parse.when(post["timestamp"]) < start:
                continue
            search.checked += 1
            caption = parse.text_in(post.get("caption"))
            if (
                prepared.link in caption.split()
                if prepared.link
                else body["text"] and text_digest(caption) == body["text"]
            ):
                search.found = parse.read_ref(post)
                return search
            if not caption:
                search.silent.append(parse.read_ref(post))
        # the list is newest first, and a page may be empty though others follow
        if not page.after or (posts and parse.when(posts[-1]["timestamp"]) < start):
            search.whole = True
            break
    return search


def _comments(network: Instagram, body: Mapping[str, str], start: datetime) -> Search:
    """Our own comment with the very text, where it would stand. Its order is not documented: all of them are read."""
    search = Search()
    edge = REPLIES if body["edge"] == REPLIES else COMMENTS
    if not parse.AN_ID.fullmatch(body["on"]):
        return search
    me = network.me().handle
    for page in pages(network.api, f"/{body['on']}/{edge}", {"fields": parse.REPLY_FIELDS, "limit": PAGE}, MAX_PAGES):
        for row in page.items:
            comment: Mapping[str, Any] = an_object(row, "id", "timestamp")
            if parse.when(comment["timestamp"]) < start:
                continue
            search.checked += 1
            ours = parse.read_author(comment).handle == me
            if ours and body["text"] and text_digest(parse.text_in(comment.get("text"))) == body["text"]:
                search.found = Ref(parse.usable_id(comment["id"]))
                return search
        search.whole = not page.after
    return search
