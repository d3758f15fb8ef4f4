"""Whether a message whose sending had an unknown outcome is there.

An unpublished post is asked for itself: a single answer proves it. What was made in public at once is looked for among the
page's own posts, or the comments beside it, newest first, and counts as absent only when all of the time since was read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from smeditor.exceptions import Gone
from smeditor.networks.base import Prepared, ReadBack, Ref
from smeditor.networks.facebook.parse import (
    COMMENT_FIELDS,
    POST_FIELDS,
    address,
    address_of,
    attached_links,
    author_id,
    native_id,
    read_ref,
    when,
)
from smeditor.networks.facebook.payload import TEXT_KEPT, Way
from smeditor.networks.facebook.publishing import post_of_video
from smeditor.networks.graph import pages
from smeditor.networks.http import an_object
from smeditor.text.links import links_in, token_of
from smeditor.text.normal import normalise_text

if TYPE_CHECKING:
    from smeditor.networks.facebook.network import Facebook

CLOCK_MARGIN = timedelta(minutes=5)
MAX_PAGES = 10
PAGE = 100


def find_own(network: Facebook, prepared: Prepared, since: datetime) -> ReadBack:
    """Look for ``prepared``, sent at or after ``since``."""
    body = prepared.body
    way = str(body.get("way"))
    if way == Way.PUBLISH:
        return _asked(network, native_id(body.get("post")), "is_published")
    if way in {Way.VIDEO, Way.FINISH}:
        return _asked(network, native_id(body.get("video")), "published", unfinished=way == Way.FINISH)
    if way == Way.COMMENT:
        path = f"/{native_id(body.get('parent'))}/comments"
        params = {"fields": COMMENT_FIELDS, "order": "reverse_chronological", "filter": "stream", "limit": PAGE}
        return _searched(network, path, params, prepared, since)
    params = {"fields": POST_FIELDS, "limit": PAGE}
    return _searched(network, f"/{network.page_id}/published_posts", params, prepared, since)


def _asked(network: Facebook, identity: str, field: str, *, unfinished: bool = False) -> ReadBack:
    """Whether the object that was made beforehand is public now. ``unfinished``: it may become so by itself."""
    try:
        found = network.api.call("GET", f"/{identity}", params={"fields": f"id,{field},permalink_url"}).object("id")
    except Gone:
        return ReadBack(note=_("What was prepared at Facebook is not there any more."))
    public = found.get(field)
    if public is True:
        ref = Ref(identity, address(found.get("permalink_url")) or address_of(identity))
        return ReadBack(found=post_of_video(network, ref) if field == "published" else ref, checked=1)
    if public is False and not unfinished:
        return ReadBack(absent=True, checked=1)
    return ReadBack(checked=1, note=_("Facebook does not say yet whether it is published."))


def _searched(network: Facebook, path: str, params: Mapping[str, Any], prepared: Prepared, since: datetime) -> ReadBack:
    start, checked = since - CLOCK_MARGIN, 0
    try:
        for page in pages(network.api, path, params, MAX_PAGES):
            items = [an_object(item, "id", "created_time") for item in page.items]
            for item in items:
                if when(item["created_time"]) < start:
                    continue
                checked += 1
                if is_ours(network, item, prepared):
                    return ReadBack(found=read_ref(item), checked=checked)
            if not page.after or (items and when(items[-1]["created_time"]) < start):
                return ReadBack(absent=True, checked=checked)
    except Gone:
        return ReadBack(checked=checked, note=_("What it would stand under is not there any more."))
    return ReadBack(checked=checked, note=_("Only the newest %(number)d messages could be read.") % {"number": checked})


def is_ours(network: Facebook, item: dict[str, Any], prepared: Prepared) -> bool:
    """Whether ``item`` is the prepared message: it has its unique link, or its very text by our app.

    That the link is missing proves nothing: Facebook may show the article's canonical address in its place. Another
    delivery's token does.
    """
    if (author := author_id(item)) and author != network.page_id:
        return False
    written = item.get("message")
    message = written if isinstance(written, str) else ""
    if prepared.link:
        whole = re.compile(re.escape(prepared.link) + r"(?![\w%-])")
        attached = attached_links(item)
        if any(whole.search(place) for place in (message, *attached)):
            return True
        if any(token_of(link) for link in (*attached, *links_in(message))):
            return False  # another delivery's token
    sent = prepared.body.get("text")
    if not isinstance(sent, str) or not squeezed(sent) or squeezed(message[:TEXT_KEPT]) != squeezed(sent):
        return False
    if prepared.link and prepared.link in sent:
        return True
    application = item.get("application")
    app_id = str(application.get("id") or "") if isinstance(application, dict) else ""
    return not app_id or app_id == network.app.keys.get("client_id", app_id)


def squeezed(text: str) -> str:
    """``text`` as it is compared: without white space, which Facebook rewrites."""
    return re.sub(r"\s+", "", normalise_text(text)).casefold()
