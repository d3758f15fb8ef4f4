"""The frozen payload: what was approved for one account, word by word, and the hash that it is sent under."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from wagtail.images import get_image_model

from smeditor.articles import ArticleFacts
from smeditor.models import Account, Post, Variant
from smeditor.networks.base import Capabilities
from smeditor.text.links import TOKEN_PARAMETER, BadLink, token_of, with_token
from smeditor.text.normal import normalise_text, split_thread
from smeditor.text.typed_links import token_links

VERSION = 1
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


def variant_for(post: Post, account: Account) -> Variant | None:
    """What the post says differently for this account, or None."""
    return next((variant for variant in post.variants.all() if variant.account_id == account.pk), None)


def image_id_for(post: Post, account: Account) -> int | None:
    """The image that was chosen for this account: its variant's, or the post's; None where it goes without."""
    variant = variant_for(post, account)
    if variant and variant.without_image:
        return None
    return (variant.image_id if variant else None) or post.image_id


def text_for(post: Post, account: Account) -> str:
    """The text that this account will carry: its variant's, or the post's."""
    variant = variant_for(post, account)
    return (variant.text if variant and variant.text.strip() else post.text) or ""


def build(
    post: Post, account: Account, token: str, capabilities: Capabilities, facts: ArticleFacts | None = None
) -> dict[str, Any]:
    """Return the payload of ``post`` for ``account``: plain JSON (strings, whole numbers, true, false, null).

    ``facts`` are the article's, for the link card. The first message carries the image or the card; where a network
    cannot show both, the card wins, and the checks say so (:mod:`smeditor.publishing.fitting`).
    """
    link = tokened(post.link, token)
    texts = [token_links(text, post.link, token) for text in split_thread(text_for(post, account))] or [""]
    card = _card(post, facts, link) if capabilities.card and post.with_card and post.link else None
    image = None if card and not capabilities.card_with_image else _image(post, account)
    parts: list[dict[str, Any]] = [{"text": text, "image": None, "card": None} for text in texts]
    parts[0] |= {"image": image, "card": card}
    payload = {
        "version": VERSION,
        "network": account.network,
        "account": account.pk,
        "article": post.article_key,
        "link": link,
        "language": post.language or account.language,
        "content_warning": warning_for(post),
        "visibility": _visibility(post),
        "reply_to": _reply_to(post),
        "parts": parts,
    }
    return _clean(payload)


def warning_for(post: Post) -> str:
    """The content warning that the post goes out under: its own, else that of the message it answers.

    A reader who put their words behind a warning does not find the answer standing open beneath them. A long warning is
    the reader's own text, which is not copied where its author could not delete it: a general one stands for it.
    """
    if post.content_warning or post.kind != Post.Kind.REPLY or post.in_reply_to is None:
        return normalise_text(post.content_warning, LONGEST_WARNING).strip()
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


def _without_token(payload: Mapping[str, Any]) -> str:
    text = canonical(payload).decode()
    token = token_of(payload.get("link") or "")
    return text.replace(f"{TOKEN_PARAMETER}={token}", "") if token else text


def _card(post: Post, facts: ArticleFacts | None, link: str) -> dict[str, Any]:
    image = None
    if facts and facts.image and facts.image.social_rights:
        image = _image_entry(facts.image.id, facts.image.alt)
    return {
        "url": link,
        "title": normalise_text((facts.title if facts else post.article_title) or post.link).strip(),
        "description": normalise_text(facts.standfirst).strip() if facts else "",
        "image": image,
    }


def _image(post: Post, account: Account) -> dict[str, Any] | None:
    variant = variant_for(post, account)
    if variant and variant.without_image:
        return None
    if variant and variant.image_id:
        return _image_entry(variant.image_id, variant.image_alt)
    return _image_entry(post.image_id, (variant.image_alt if variant else "") or post.image_alt)


def _image_entry(image_id: int | None, alt: str) -> dict[str, Any] | None:
    image = get_image_model().objects.filter(pk=image_id).first() if image_id else None
    if image is None:
        return None
    return {"id": image.pk, "alt": normalise_text(alt).strip(), "file_hash": image.get_file_hash()}


def _reply_to(post: Post) -> dict[str, Any] | None:
    """The message that this one answers, with the thread's first message where the network told it."""
    reaction = post.in_reply_to if post.kind == Post.Kind.REPLY else None
    if reaction:
        root = _root_of(reaction)
        return {"uri": reaction.native_id, "url": reaction.url, "cid": reaction.cid, "root": root}
    return None


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
