"""From LinkedIn's objects to the contract's dataclasses.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/comments-api, /reactions-api, /posts-api and
https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/organization-lookup-api (2026-11-30).
Times are milliseconds since 1970. Readers are known by their URN; names are not asked for.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from smeditor.exceptions import BadAnswer
from smeditor.networks.base import Author, InboundItem, Kind, Profile
from smeditor.networks.http import an_object
from smeditor.networks.linkedin import urns
from smeditor.networks.linkedin.version import SITE
from smeditor.text.links import links_in
from smeditor.text.normal import normalise_text

LONGEST_NAME = 200
LONGEST_TEXT = 20_000
LATEST = 4_102_444_800_000
REACTIONS = re.compile(r"[A-Z_]{1,30}")
VANITY = re.compile(r"[\w-]{1,200}")


def moment(value: Any) -> datetime | None:
    """Milliseconds since 1970 as an aware UTC time; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LATEST:
        return None
    return datetime.fromtimestamp(value / 1000, UTC)


def stamp(thing: Any) -> datetime | None:
    """The time of an audit stamp (``{"actor", "time"}``)."""
    return moment(thing.get("time")) if isinstance(thing, dict) else None


def read_profile(organization: dict[str, Any], urn: str, followers: int | None = None) -> Profile:
    """Return the page that the account is."""
    organization = an_object(organization, "id")
    vanity = organization.get("vanityName")
    vanity = vanity if isinstance(vanity, str) and VANITY.fullmatch(vanity) else ""
    number = urn.rpartition(":")[2]
    return Profile(
        remote_id=urn,
        handle=vanity or number,
        display_name=normalise_text(str(organization.get("localizedName") or ""), LONGEST_NAME),
        url=f"{SITE}/company/{vanity or number}/",
        followers=followers,
    )


def read_author(urn: Any) -> Author:
    """Who wrote or reacted. Raises BadAnswer without a usable URN."""
    actor = urns.text_of(urn, urns.ACTOR)
    if not actor:
        raise BadAnswer(cause="an actor without a URN")
    return Author(remote_id=actor, handle=actor.rpartition(":")[2])


def comment_urn(comment: dict[str, Any]) -> str:
    """The URN of a comment, from its own or from its thread and id. Raises BadAnswer where it has neither."""
    own = urns.text_of(comment.get("commentUrn"), urns.COMMENT)
    made = f"urn:li:comment:({comment.get('object')},{comment.get('id')})"
    found = own or urns.text_of(made, urns.COMMENT)
    if not found:
        raise BadAnswer(cause="a comment without a URN")
    return found


def read_comment(comment: dict[str, Any], post: str) -> InboundItem:
    """Return a comment beneath our ``post``. Raises BadAnswer where it lacks what is needed."""
    urn, author = comment_urn(comment), read_author(comment.get("actor"))
    created, changed = stamp(comment.get("created")), stamp(comment.get("lastModified"))
    if created is None:
        raise BadAnswer(cause="a comment without a time")
    message = comment.get("message")
    text = normalise_text(str(message.get("text") or ""), LONGEST_TEXT) if isinstance(message, dict) else ""
    return InboundItem(
        kind=Kind.COMMENT,
        native_id=urn,
        author=author,
        published_at=created,
        text=text,
        url=urns.comment_address(post, urn),
        edited_at=changed if changed and changed > created else None,
        in_reply_to=urns.text_of(comment.get("parentComment"), urns.COMMENT) or post,
        root=post,
        links=tuple(links_in(text)),
        has_media=bool(comment.get("content")),
    )


def replies_of(comment: dict[str, Any]) -> int:
    """How many answers a comment says that it has; 0 where it does not say."""
    summary = comment.get("commentsSummary")
    found = (
        summary.get("aggregatedTotalComments", summary.get("totalFirstLevelComments"))
        if isinstance(summary, dict)
        else 0
    )
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else 0


def read_reaction(reaction: dict[str, Any], post: str) -> InboundItem:
    """Return a reaction to our ``post``, with its kind in LinkedIn's word. Raises BadAnswer where it lacks an id or a kind."""
    urn, kind = urns.text_of(reaction.get("id"), urns.REACTION), urns.text_of(reaction.get("reactionType"), REACTIONS)
    match, at = urns.REACTION.fullmatch(urn), stamp(reaction.get("created"))
    if match is None or not kind or at is None:
        raise BadAnswer(cause="a reaction without id, kind or time")
    return InboundItem(
        kind=Kind.LIKE,
        native_id=urn,
        author=read_author(match["actor"]),
        published_at=at,
        subject=post,
        reaction_type=kind.lower(),
    )
