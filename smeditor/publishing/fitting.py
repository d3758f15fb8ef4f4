"""Whether a post fits an account's network: what it would refuse, and what its readers would not see.

It checks the very payload that an approval would freeze, with the link as long as it will be when it is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from smeditor.accounts.texts import at_hand
from smeditor.articles import ArticleFacts
from smeditor.exceptions import ConfigurationError, Refused
from smeditor.models import Account, Post
from smeditor.networks.base import Image, Message, Network
from smeditor.networks.limits import breaches, losses
from smeditor.publishing import payload
from smeditor.publishing.findings import Finding, Severity
from smeditor.publishing.messages import message_of, ref
from smeditor.publishing.pictures import is_animated

CHOSEN = Image(data=b"", media_type="", alt="")
"""Stands for an image that the payload has no place for: only that it was chosen matters."""


def findings(post: Post, account: Account, facts: ArticleFacts | None) -> Iterator[Finding]:
    """All that the account's network would refuse of ``post`` (errors) or drop (warnings)."""
    try:
        with at_hand(account) as network:
            yield from _on(network, post, account, facts)
    except ConfigurationError as problem:
        yield Finding("no_network", Severity.ERROR, problem.sentence, account)


def _on(network: Network, post: Post, account: Account, facts: ArticleFacts | None) -> Iterator[Finding]:
    if not network.capabilities.sends:
        yield Finding("does_not_send", Severity.ERROR, _("%s takes no posts.") % network.label, account)
    frozen = payload.build(post, account, payload.SAMPLE_TOKEN, network.capabilities, facts)
    parts = frozen["parts"]
    if len(parts) > 1 and not network.capabilities.thread:
        yield Finding("no_threads", Severity.ERROR, _("%s has no threads: use one part.") % account, account)
    reported: set[str] = set()
    for position in range(len(parts)):
        where = _("%(account)s, part %(part)d") % {"account": account, "part": position + 1} if parts[1:] else account
        message, problem = _message(network, frozen, position)
        if problem:
            yield Finding("image_unusable", Severity.ERROR, f"{where}: {problem}", account)
        for breach in breaches(network, message):
            yield Finding(breach.code, Severity.ERROR, f"{where}: {breach.sentence}", account)
        for sentence in losses(network, _as_chosen(message, post, account, parts[position])):
            if sentence not in reported:
                reported.add(sentence)
                yield Finding("not_carried", Severity.WARNING, f"{account}: {sentence}", account)
    yield from _link_findings(frozen, account)
    image_id = payload.image_id_for(post, account)
    if image_id and is_animated(image_id):
        sentence = _("%s: The image moves; readers there see its first frame.") % account
        yield Finding("image_moves", Severity.WARNING, sentence, account)


def _message(network: Network, frozen: dict[str, Any], position: int) -> tuple[Message, str]:
    """The message of one part, and why its picture cannot be made; it is then looked at without."""
    limits = network.limits_in_force
    reply_to = ref(frozen["reply_to"]) if frozen["reply_to"] and position == 0 else None
    try:
        return message_of(frozen, position, limits, reply_to), ""
    except Refused as error:
        bare = {**frozen["parts"][position], "image": None, "card": None}
        parts = [*frozen["parts"][:position], bare, *frozen["parts"][position + 1 :]]
        return message_of({**frozen, "parts": parts}, position, limits, reply_to), error.sentence


def _as_chosen(message: Message, post: Post, account: Account, part: dict[str, Any]) -> Message:
    """The message with the image that the editor chose, also where a card took its place: what gives way must be said."""
    card = part["card"]
    chosen = payload.image_id_for(post, account)
    if card is None or message.images or not chosen or (card["image"] or {}).get("id") == chosen:
        return message
    return replace(message, images=(CHOSEN,))


def _link_findings(frozen: dict[str, Any], account: Account) -> Iterator[Finding]:
    link = frozen["link"]
    if not link or any(part["card"] or link in part["text"] for part in frozen["parts"]) or frozen["reply_to"]:
        return
    sentence = _("%s: Nothing leads to the article: its link is neither in the text nor in a link card.") % account
    yield Finding("link_missing", Severity.WARNING, sentence, account)
