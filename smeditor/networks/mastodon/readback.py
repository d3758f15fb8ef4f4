"""Whether a message whose sending had an unknown outcome is there, by reading our own timeline.

Law 2: a message counts as absent only when the whole time since the attempt was read to its end.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer, Gone, Refused
from smeditor.networks.base import Prepared, ReadBack
from smeditor.networks.http import an_object
from smeditor.networks.mastodon import parse
from smeditor.networks.mastodon.content import plain
from smeditor.text.normal import normalise_text

if TYPE_CHECKING:
    from smeditor.networks.mastodon.network import Mastodon

CLOCK_MARGIN = timedelta(minutes=5)
"""How far the server's clock may be from ours."""
MAX_PAGES = 10
PAGE = 40


def find_own(network: Mastodon, prepared: Prepared, since: datetime) -> ReadBack:
    """Look for ``prepared`` among our statuses since ``since``, newest first: by its link, else by its text."""
    me, start = str(network.me()["id"]), since - CLOCK_MARGIN
    checked, before = 0, ""
    for _page in range(MAX_PAGES):
        params = {"limit": str(PAGE), "exclude_reblogs": "true"} | ({"max_id": before} if before else {})
        page = network.call("GET", f"/api/v1/accounts/{me}/statuses", params=params).array()
        statuses = [an_object(status, "id", "created_at") for status in page]
        for status in statuses:
            if parse.when(status["created_at"]) < start:
                continue
            checked += 1
            if is_ours(network, status, prepared):
                return ReadBack(found=parse.read_ref(status), checked=checked)
        if not statuses or parse.when(statuses[-1]["created_at"]) < start:
            return ReadBack(absent=True, checked=checked)
        last = str(statuses[-1]["id"])
        if last == before:
            break
        before = last
    return ReadBack(checked=checked, note=_("Only the newest %(number)d messages could be read.") % {"number": checked})


def is_ours(network: Mastodon, status: dict[str, Any], prepared: Prepared) -> bool:
    """Whether ``status`` is the prepared message: it carries its unique link, or, where it has none, its very text.

    A text alone could have been typed by a person in another application, so that the application must not differ.
    The parts of a thread may carry the same link: a part is only what continues the part before it.
    """
    if continues_another(status, prepared):
        return False
    if prepared.link:
        shown = unescape(str(status.get("content") or ""))
        card = status.get("card")
        places = [shown, str(status.get("text") or ""), str(card.get("url")) if isinstance(card, dict) else ""]
        whole = re.compile(re.escape(prepared.link) + r"(?![\w%-])")
        return any(whole.search(place) for place in places)
    if same_text(status, prepared.body.get("status", "")):
        return same_application(network, status)
    return False


def continues_another(status: dict[str, Any], prepared: Prepared) -> bool:
    """Whether the server says that ``status`` answers something else, or nothing, where ours answers a message.

    A server that does not say what a status answers proves nothing.
    """
    answered = prepared.body.get("in_reply_to_id")
    if not answered or "in_reply_to_id" not in status:
        return False
    return str(status["in_reply_to_id"] or "") != str(answered)


def same_text(status: dict[str, Any], sent: str) -> bool:
    """Compare without white space and without the servers of mentions, both of which the server rewrites."""
    return bool(sent.strip()) and squeeze(plain(status.get("content"))) == squeeze(normalise_text(sent))


def squeeze(text: str) -> str:
    """Return ``text`` as it is compared: without white space and the servers of mentions, in one case."""
    return re.sub(r"\s+", "", re.sub(r"(@\w+)@[\w.-]+\w", r"\1", text)).casefold()


def same_application(network: Mastodon, status: dict[str, Any]) -> bool:
    """Whether ``status`` was sent by our application; True as well where the server names none, which proves nothing."""
    application = status.get("application")
    if not isinstance(application, dict) or not application.get("name"):
        return True
    try:
        ours = network.call("GET", "/api/v1/apps/verify_credentials").object().get("name")
    except (Gone, Refused, BadAnswer):
        return True
    return not ours or ours == application["name"]
