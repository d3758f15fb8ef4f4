"""The frozen payload: what was approved for one account, word by word, and the hash that it is sent under."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext as _
from wagtail.images import get_image_model

from smeditor.articles import ArticleFacts
from smeditor.models import Account, Delivery, Part, Post, PostCorrection
from smeditor.networks.base import Capabilities, MediaKind
from smeditor.publishing import image_credits, quotations
from smeditor.publishing.resolved import Piece, Resolved, resolve
from smeditor.text.links import TOKEN_PARAMETER, BadLink, token_of, with_token
from smeditor.text.normal import normalise_text
from smeditor.text.typed_links import token_links

logger = logging.getLogger("smeditor.publishing")

VERSION = 4
TOKEN_LENGTH = 10
SAMPLE_TOKEN = "x" * TOKEN_LENGTH
"""As long as the token that each delivery gets: what is counted is as long as what is sent."""
TOKEN_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # noqa: S105 - an alphabet, without what looks alike
LONGEST_WARNING = 200
MOST_COPIED_TERMS, LONGEST_COPIED_WARNING = 6, 60
UNSENDABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL and lone surrogates: neither UTF-8 nor PostgreSQL's JSON can carry them."""


def canonical(payload: Mapping[str, Any]) -> bytes:
    """The one byte form of a payload: JSON, sorted keys, no spaces, UTF-8 (the idea of RFC 8785)."""
    return json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(payload: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(payload)).hexdigest()


def new_token() -> str:
    """A link token that no other delivery has (50 bits)."""
    return "".join(secrets.choice(TOKEN_ALPHABET) for _ in range(TOKEN_LENGTH))


def tokened(link: str, token: str) -> str:
    """``link`` with the delivery's token; unchanged where it is no web address."""
    try:
        return with_token(link, token) if link else ""
    except BadLink:
        return link


def build(
    post: Post, account: Account, token: str, capabilities: Capabilities, facts: ArticleFacts | None = None
) -> dict[str, Any]:
    """Return the payload of ``post`` for ``account``: plain JSON (strings, whole numbers, true, false, null).

    ``facts`` are the article's, for the link card. Each message carries the media that were chosen for it, the first one
    the card; where a network cannot show both, the card wins, and the checks say so (:mod:`smeditor.publishing.fitting`).
    A poll wins over the card. The first comment is the last part: a message of its own beneath the first one.
    """
    resolved = resolve(post, account)
    link = tokened(resolved.link.value, token)
    card, poll = None, _poll(post, resolved, capabilities)
    if capabilities.card and resolved.with_card.value and link and poll is None:
        card = _card(post, facts, link)
    parts = [_part(resolved, position, token) for position in range(len(resolved.texts) or 1)]
    parts[0]["card"] = card
    if card and not capabilities.card_with_image:
        parts[0]["media"] = []
    reply_to = _reply_to(post, account)
    if post.kind == Post.Kind.STORY and reply_to and not capabilities.thread:
        parts[0]["comment"] = True  # where posts do not stand beneath posts, a comment of ours does
    comment = normalise_text(resolved.first_comment.value).strip()
    if comment and capabilities.first_comment and not reply_to:
        text = token_links(comment, resolved.link.value, token)
        parts.append({"text": text, "media": [], "card": None, "comment": True})
    payload = {
        "version": VERSION,
        "network": account.network,
        "account": account.pk,
        "article": post.article_key,
        "link": link,
        "language": resolved.language.value,
        "content_warning": warning_for(post, resolved),
        "visibility": _visibility(post),
        "reply_to": reply_to,
        "quote": _quote(post, account, capabilities),
        "reply_control": resolved.reply_control.value
        if resolved.reply_control.value in reply_controls(capabilities)
        else "",
        "poll": poll,
        "parts": parts,
    }
    return _clean(payload)


def _part(resolved: Resolved, position: int, token: str) -> dict[str, Any]:
    """One message: its text with the tokened link, and its media."""
    texts, media = resolved.texts, resolved.media_of(position)
    text = token_links(texts[position], resolved.link.value, token) if texts else ""
    entries = [entry for piece in media if (entry := media_entry(piece, resolved.language.value)) is not None]
    return {
        "text": image_credits.in_text(text, media, resolved.language.value),
        "media": entries,
        "card": None,
        "comment": False,
    }


def _poll(post: Post, resolved: Resolved, capabilities: Capabilities) -> dict[str, Any] | None:
    """The poll beneath the first message, as the network can have it; an answer to a reader carries none."""
    if resolved.poll is None or not capabilities.polls or post.kind != Post.Kind.STORY:
        return None
    return replace(resolved.poll, multiple=resolved.poll.multiple and capabilities.poll_multiple).as_json()


def reply_controls(capabilities: Capabilities) -> set[str]:
    """The network's own words for who may answer."""
    return {control.value for control in capabilities.reply_controls}


def warning_for(post: Post, resolved: Resolved) -> str:
    """The content warning that the post goes out under: its own, else that of the message it answers.

    A reader who put their words behind a warning does not find the answer standing open beneath them. A long warning is
    the reader's own text, which is not copied where its author could not delete it: a general one stands for it.
    """
    own = normalise_text(resolved.content_warning.value, LONGEST_WARNING).strip()
    if own or post.kind != Post.Kind.REPLY or post.in_reply_to is None:
        return own
    content = getattr(post.in_reply_to, "content", None)
    warning = content.content_warning if content else ""
    if len(warning.split()) > MOST_COPIED_TERMS or len(warning) > LONGEST_COPIED_WARNING:
        return _("Answer to a message with a content warning")
    return warning


def _visibility(post: Post) -> str:
    """An answer is never more public than what it answers."""
    answered = post.in_reply_to.visibility if post.kind == Post.Kind.REPLY and post.in_reply_to else ""
    return answered or "public"


def same_content(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Whether two payloads say the same to a reader, whatever their tokens."""
    return _without_token(first) == _without_token(second)


def shape(payload: Mapping[str, Any]) -> list[bool]:
    """How many messages a payload makes, and which of them are comments: what an edit cannot change."""
    return [bool(part.get("comment")) for part in payload.get("parts", [])]


def media_of(payload: Mapping[str, Any]) -> list[list[tuple[str, int]]]:
    """The kinds and ids of the media of each message: what most networks do not exchange in an edit."""
    return [[(item["kind"], item["id"]) for item in part.get("media") or ()] for part in payload.get("parts", [])]


def around(payload: Mapping[str, Any]) -> tuple[str, str]:
    """What no network changes of a message that is published: what it quotes, and who may answer."""
    return (payload.get("quote") or {}).get("uri", ""), payload.get("reply_control") or ""


def poll_of(payload: Mapping[str, Any]) -> dict[str, Any] | None:
    """The poll of a payload: what no edit changes, for readers have voted on it."""
    return payload.get("poll") or None


def _without_token(payload: Mapping[str, Any]) -> str:
    text = canonical(payload).decode()
    token = token_of(payload.get("link") or "")
    return text.replace(f"{TOKEN_PARAMETER}={token}", "") if token else text


def _card(post: Post, facts: ArticleFacts | None, link: str) -> dict[str, Any]:
    image = None
    if facts and facts.image and facts.image.social_rights:
        found = get_image_model().objects.filter(pk=facts.image.id).first()
        image = media_entry(Piece(MediaKind.IMAGE, found, normalise_text(facts.image.alt).strip()))
    return {
        "url": link,
        "title": normalise_text((facts.title if facts else post.article_title) or link).strip(),
        "description": normalise_text(facts.standfirst).strip() if facts else "",
        "image": image,
    }


def media_entry(piece: Piece, language: str = "") -> dict[str, Any] | None:
    """What a payload keeps of an image or video: which file, as it was, and what is said of it; None where it is gone.

    ``language``: that of a video's subtitles.
    """
    if piece.file is None:
        return None
    entry: dict[str, Any] = {
        "kind": piece.kind.value,
        "id": piece.file.pk,
        "alt": image_credits.in_alt(piece),
        "file_hash": _file_hash(piece.file),
    }
    if piece.crop is not None:
        entry["crop"] = f"{piece.crop:.4f}"
    if piece.captions is not None:
        entry["captions"] = {
            "id": piece.captions.pk,
            "file_hash": _file_hash(piece.captions),
            "language": language,
        }
    return entry


def _file_hash(file: Any) -> str:
    """The hash of an image's or document's file; "" where Wagtail has none yet and the file cannot be read.

    That it cannot be read is said by the checks, and nothing is sent of it: "" is the hash of no file.
    """
    try:
        return str(file.get_file_hash())
    except DatabaseError:
        raise
    except Exception as error:  # whatever a storage raises
        logger.warning("the file of %s %s cannot be read: %s", file._meta.label, file.pk, type(error).__name__)
        return ""


def _quote(post: Post, account: Account, capabilities: Capabilities) -> dict[str, Any] | None:
    """The message of ours that is quoted there, and the delivery that published it."""
    delivery = quotations.quoted_on(post, account) if capabilities.quote else None
    if delivery is None:
        return None
    return {
        "delivery": delivery.pk,
        "uri": delivery.remote_id,
        "url": delivery.remote_url,
        "cid": delivery.remote_cid,
    }


def _reply_to(post: Post, account: Account) -> dict[str, Any] | None:
    """The message that this one answers, with the thread's first message where the network told it."""
    if post.kind == Post.Kind.STORY:
        return _corrected(post, account) if post.pk else None
    reaction = post.in_reply_to if post.kind == Post.Kind.REPLY else None
    if reaction:
        root = _root_of(reaction)
        return {
            "uri": reaction.native_id,
            "url": reaction.url,
            "cid": reaction.cid,
            "root": root,
            "kind": str(reaction.kind),
        }
    return None


def _corrected(post: Post, account: Account) -> dict[str, Any] | None:
    """The last message of the post of ours that this one corrects on ``account``; None where it stands by itself."""
    replies = post.corrects.filter(remedy=PostCorrection.Remedy.REPLY, delivery__account=account)
    task = replies.select_related("delivery").first()
    parts = _published_texts(task.delivery) if task else []
    if not parts:
        return None
    first, last = (
        {"uri": part.remote_id, "url": part.remote_url, "cid": part.remote_cid} for part in (parts[0], parts[-1])
    )
    return {**last, "root": first, "kind": ""}


def _published_texts(delivery: Delivery) -> list[Part]:
    """The messages of a delivery that stand on the network, without its first comment, which is not what is answered."""
    comments = {position for position, comment in enumerate(shape(delivery.payload)) if comment and position}
    published = delivery.parts.exclude(remote_id="").order_by("position")
    return [part for part in published if part.position not in comments]


def _root_of(reaction: Any) -> dict[str, str]:
    top, visited = reaction, {reaction.pk}
    while top.parent_id and top.parent_id not in visited:
        top = top.parent
        visited.add(top.pk)
    delivery = top.delivery or reaction.delivery
    if delivery and delivery.remote_id:
        return {"uri": delivery.remote_id, "url": delivery.remote_url, "cid": delivery.remote_cid}
    return {"uri": top.native_id, "url": top.url, "cid": top.cid}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return UNSENDABLE.sub("", value)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value


def embargo_of(facts: ArticleFacts | None, now: datetime) -> datetime | None:
    """The absolute instant before which nothing may leave the house, or None when it is over or there is none."""
    if facts is None or facts.embargo_until is None or facts.embargo_until <= now:
        return None
    return facts.embargo_until
