"""Whether a post whose sending had an unknown outcome is there, by reading our own timeline.

https://docs.x.com/x-api/posts/timelines/introduction, read 2026-11-30: the newest 3200 posts, paged. A post counts as absent
only when the whole time since the attempt was read to its end, without a post that X left out.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer, Gone, OutcomeUnknown
from smeditor.networks.http import an_object, objects
from smeditor.networks.messages import Prepared, ReadBack
from smeditor.networks.x import parse
from smeditor.text.normal import normalise_text

if TYPE_CHECKING:
    from smeditor.networks.x.network import X

CLOCK_MARGIN = timedelta(minutes=5)
"""How far X's clock may be from ours."""
MAX_PAGES = 10
LEAST, MOST = 5, 100
FIELDS = "conversation_id,created_at,edit_history_tweet_ids,entities,note_tweet,referenced_tweets,display_text_range"


def find_own(network: X, prepared: Prepared, since: datetime) -> ReadBack:
    """Look for ``prepared`` among our posts since ``since``, newest first: by its link, else by its text."""
    start, checked, token = since - CLOCK_MARGIN, 0, ""
    for _page in range(MAX_PAGES):
        params = {"start_time": stamp(start), "exclude": "retweets", "tweet.fields": FIELDS}
        try:
            data = network.read_posts(
                f"/2/users/{network.me_id()}/tweets",
                params | ({"pagination_token": token} if token else {}),
                bucket="own posts",
                least=LEAST,
                most=MOST,
                owned=True,
            )
        except Gone as error:
            raise BadAnswer(error.sentence, cause=error.cause, status=error.status) from error
        for post in objects(data.get("data")):
            checked += 1
            if is_ours(post, prepared):
                return ReadBack(found=parse.read_ref(post, network.handle()), checked=checked)
        if not is_whole(data):
            return ReadBack(checked=checked, note=_("X did not show all of the account's newest posts."))
        following = next_token(data)
        if not following:
            return ReadBack(absent=True, checked=checked)
        if following == token:
            break
        token = following
    return ReadBack(checked=checked, note=_("Only the newest %(number)d messages could be read.") % {"number": checked})


def is_whole(data: dict[str, Any]) -> bool:
    """Whether a page is what it says: no post left out, and as many as it counts."""
    posts, meta = data.get("data"), data.get("meta")
    if data.get("errors") or not isinstance(meta, dict):
        return False
    listed = posts if isinstance(posts, list) else []
    sound = all(isinstance(post, dict) and parse.id_or_nothing(post.get("id")) for post in listed)
    return sound and (posts is None or isinstance(posts, list)) and meta.get("result_count") == len(listed)


def next_token(data: dict[str, Any]) -> str:
    """The token of the page that follows, empty at the end. Raises BadAnswer for a token that is none."""
    token = an_object(data.get("meta")).get("next_token")
    if token is None:
        return ""
    if not isinstance(token, str) or not 0 < len(token) <= 500 or not token.isprintable():
        raise BadAnswer(_("The server's answer lacks what its documentation promises."), cause="next_token")
    return token


def stamp(moment: datetime) -> str:
    """A time as X's parameters want it: UTC, whole seconds, never later than ``moment``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_ours(post: dict[str, Any], prepared: Prepared) -> bool:
    """Whether ``post`` is the prepared message: it carries its unique link, or, where it has none, its very text.

    The parts of a thread may carry the same link: a part is only what answers the part before it.
    """
    reply = prepared.body.get("reply")
    answered = str(reply.get("in_reply_to_tweet_id") or "") if isinstance(reply, dict) else ""
    if parse.referenced(post, "replied_to") != answered:
        return False
    if prepared.link:
        wanted = canonical(prepared.link)
        linked = any(
            canonical(address) == wanted
            for entity in parse.body_of(post)[1]
            for address in (entity.get("expanded_url"), entity.get("unwound_url"))
            if isinstance(address, str)
        )
        # an address at a host that X does not know for one stays in the text as it was written
        return linked or bool(re.search(re.escape(prepared.link) + r"(?![\w%/&=?#-])", parse.plain(post)))
    written = str(prepared.body.get("text") or "")
    return squeeze(parse.plain(post)) == squeeze(written) and bool(written.strip() or prepared.body.get("media"))


def canonical(address: str) -> str:
    """An address as it is compared: without HTML's escapes, its scheme's and host's case, and the slash of a bare host."""
    address = unescape(address.strip())
    scheme, separator, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}{separator}{host.lower()}/{path}" if slash or not re.search(r"[?#]", host) else address


def squeeze(text: str) -> str:
    """Return ``text`` as it is compared: without white space, the schemes of links, and the names before a reply."""
    text = normalise_text(text).lstrip()
    names = parse.NAMES_BEFORE.match(f"{text} ")
    return re.sub(r"\s+", "", re.sub(r"https?://", "", text[names.end() if names else 0 :]))


def receipt_lost(error: BadAnswer, status: int) -> OutcomeUnknown:
    """A lie in a publishing answer leaves the outcome unknown: it may well be published."""
    return OutcomeUnknown(error.sentence, cause=error.cause, status=status)
