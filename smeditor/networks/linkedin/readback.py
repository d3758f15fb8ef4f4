"""Whether a post or comment whose sending had an unknown outcome is there, by reading our own.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api#find-posts-by-authors (2026-11-30).
Law 2: a message counts as absent only when the whole time since the attempt was read to its end, in order.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer
from smeditor.networks.base import Prepared, ReadBack, Ref
from smeditor.networks.linkedin import little, parse, urns
from smeditor.networks.linkedin.payload import edited_text
from smeditor.text.normal import normalise_text

if TYPE_CHECKING:
    from smeditor.networks.linkedin.network import LinkedIn

CLOCK_MARGIN = timedelta(minutes=5)
"""How far LinkedIn's clock may be from ours."""
PAGE = 50
MAX_PAGES = 6


def find_own(network: LinkedIn, prepared: Prepared, since: datetime) -> ReadBack:
    """Look for what was prepared among our posts, or among the comments of its thread, since ``since``."""
    start = since - CLOCK_MARGIN
    if "comment" in prepared.body:
        return _comment(network, prepared, start)
    return _post(network, prepared, start)


def _post(network: LinkedIn, prepared: Prepared, start: datetime) -> ReadBack:
    asked = {"q": "author", "author": network.organization, "sortBy": "CREATED"}
    checked, before, in_order = 0, None, True
    for page in network.api.pages("/posts", asked, PAGE, MAX_PAGES, restli="FINDER"):
        for post in page.elements:
            urn, at = urns.text_of(post.get("id"), urns.POST), parse.moment(post.get("createdAt"))
            if not urn or at is None:
                raise BadAnswer(cause="a post without id or time")
            in_order = in_order and (before is None or at <= before)
            before = at
            if at < start:
                continue
            checked += 1
            if is_ours(post, prepared):
                return ReadBack(found=Ref(urn, urns.post_address(urn)), checked=checked)
        if in_order and (page.ended or (before is not None and before < start)):
            return ReadBack(absent=True, checked=checked)
    return ReadBack(checked=checked, note=_not_whole(checked))


def _comment(network: LinkedIn, prepared: Prepared, start: datetime) -> ReadBack:
    target, checked = str(prepared.body.get("target") or ""), 0
    _commentary, text = edited_text(prepared)
    whole = False
    for page in network.api.pages(f"/socialActions/{urns.encoded(target)}/comments", {}, PAGE, MAX_PAGES):
        for comment in page.elements:
            at = parse.stamp(comment.get("created"))
            if at is None:
                raise BadAnswer(cause="a comment without a time")
            if at < start or comment.get("actor") != network.organization:
                continue
            checked += 1
            message = comment.get("message")
            if isinstance(message, dict) and same(str(message.get("text") or ""), text):
                urn = parse.comment_urn(comment)
                return ReadBack(found=Ref(urn, urns.comment_address(target, urn)), checked=checked)
        whole = page.ended
    return ReadBack(absent=whole, checked=checked, note="" if whole else _not_whole(checked))


def is_ours(post: dict[str, Any], prepared: Prepared) -> bool:
    """Whether ``post`` is what was prepared: it has its unique link, or, where it has none, its very text.

    A post whose message names no link anywhere is known by its text.
    """
    written = prepared.body.get("post")
    written = written if isinstance(written, dict) else {}
    shown = little.plain(str(post.get("commentary") or ""))
    if prepared.link and has_link(
        [little.plain(str(written.get("commentary") or "")), *sources(written)], prepared.link
    ):
        return has_link([shown, *sources(post)], prepared.link)
    return same(shown, little.plain(str(written.get("commentary") or "")))


def sources(post: dict[str, Any]) -> list[str]:
    """The address of a post's article, where it shows one."""
    content = post.get("content")
    article = content.get("article") if isinstance(content, dict) else None
    return [str(article.get("source") or "")] if isinstance(article, dict) else []


def has_link(places: list[str], link: str) -> bool:
    """Whether ``link`` stands whole in one of ``places``."""
    whole = re.compile(re.escape(link) + r"(?![\w%-])")
    return any(whole.search(place) for place in places)


def same(shown: str, sent: str) -> bool:
    """Whether two texts are the same but for white space."""
    return bool(sent.strip()) and squeeze(shown) == squeeze(sent)


def squeeze(text: str) -> str:
    """``text`` as it is compared."""
    return re.sub(r"\s+", "", normalise_text(text))


def _not_whole(checked: int) -> str:
    return _("Only the newest %(number)d messages could be read.") % {"number": checked}
