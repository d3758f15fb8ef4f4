"""Whether a post fits an account's network: what it would refuse, and what its readers would not see.

It checks the very payload that an approval would freeze, with the link as long as it will be when it is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from smeditor.accounts.texts import at_hand
from smeditor.articles import ArticleFacts
from smeditor.exceptions import ConfigurationError
from smeditor.models import Account, Post
from smeditor.networks.base import Capabilities, Media, MediaKind, Message, Network, Ref
from smeditor.networks.limits import breaches, losses
from smeditor.publishing import payload
from smeditor.publishing.findings import Finding, Severity
from smeditor.publishing.messages import message_of, ref
from smeditor.publishing.pictures import is_animated
from smeditor.publishing.resolved import Resolved, resolve

BEFORE = Ref(uri="")
"""Stands for the message that another one will stand beneath; it is not there yet."""
CHOSEN = Media.from_bytes(b"", "")
"""Stands for an image that the payload has no place for: only that it was chosen matters."""


def findings(post: Post, account: Account, facts: ArticleFacts | None) -> Iterator[Finding]:
    """All that the account's network would refuse of ``post`` (errors) or drop (warnings)."""
    try:
        with at_hand(account) as network:
            yield from _on(network, post, account, facts)
    except ConfigurationError as problem:
        yield Finding("no_network", Severity.ERROR, problem.sentence, account)


def _on(network: Network, post: Post, account: Account, facts: ArticleFacts | None) -> Iterator[Finding]:
    able = network.capabilities
    if not (able.reply if post.kind == Post.Kind.REPLY else able.sends):
        yield Finding("does_not_send", Severity.ERROR, _("%s takes no posts.") % network.label, account)
    resolved = resolve(post, account)
    frozen = payload.build(post, account, payload.SAMPLE_TOKEN, able, facts)
    if len(resolved.texts) > 1 and not able.thread:
        yield Finding("no_threads", Severity.ERROR, _("%s has no threads: use one part.") % account, account)
    reported: set[str] = set()
    messages = []
    for position, part in enumerate(frozen["parts"]):
        where = _where(account, resolved, position, part)
        problems: list[str] = []
        message = _message(network, frozen, position, problems)
        for problem in problems:
            yield Finding("image_unusable", Severity.ERROR, _prefixed(where, problem), account)
        messages.append(message)
        for breach in breaches(network, message):
            yield Finding(breach.code, Severity.ERROR, _prefixed(where, breach.sentence), account)
        for sentence in losses(network, _as_chosen(message, resolved, part)):
            if sentence not in reported:
                reported.add(sentence)
                yield Finding("not_carried", Severity.WARNING, _prefixed(account, sentence), account)
    yield from _price(network, account, messages)
    yield from _link_findings(frozen, account)
    yield from _around(network, post, account, resolved, frozen)
    yield from _piece_findings(network, account, resolved)


def _prefixed(where: object, why: object) -> str:
    return _("%(account)s: %(reason)s") % {"account": where, "reason": why}


def _where(account: Account, resolved: Resolved, position: int, part: dict[str, Any]) -> str:
    """Which message of which account a sentence is about."""
    if part.get("comment") and position:
        return _("%(account)s, first comment") % {"account": account}
    if len(resolved.texts) > 1:
        return _("%(account)s, part %(part)d") % {"account": account, "part": position + 1}
    return str(account)


def _message(network: Network, frozen: dict[str, Any], position: int, problems: list[str]) -> Message:
    """The message of one part, without the media that cannot be made; what stands beneath another answers something."""
    reply_to = BEFORE if position else None
    if frozen["reply_to"] and position == 0:
        reply_to = ref(frozen["reply_to"])
    return message_of(frozen, position, network.limits_in_force, reply_to, problems=problems)


def _as_chosen(message: Message, resolved: Resolved, part: dict[str, Any]) -> Message:
    """The message with the image that the editor chose, also where a card took its place: what gives way must be said."""
    card = part["card"]
    chosen = {piece.file.pk for piece in resolved.media_of(0) if piece.file is not None}
    if card is None or message.media or not chosen or chosen == {(card["image"] or {}).get("id")}:
        return message
    return replace(message, media=(CHOSEN,))


def _around(
    network: Network, post: Post, account: Account, resolved: Resolved, frozen: dict[str, Any]
) -> Iterator[Finding]:
    """The first comment, the quote, the poll and the choice of who may answer, where the network has none of them."""
    able = network.capabilities
    sentences = []
    if resolved.first_comment.value.strip() and not able.first_comment and post.kind != Post.Kind.REPLY:
        sentences.append(_("%s has no first comments: it goes without."))
    if resolved.reply_control.value and resolved.reply_control.value not in payload.reply_controls(able):
        sentences.append(_("%s does not let us choose who may answer like this: whoever may there can answer."))
    if resolved.quotes and not able.quote:
        sentences.append(_("%s has no quotes for us: it goes without. Link to the earlier post in the text."))
    sentences += _poll_losses(able, resolved, frozen)
    for sentence in sentences:
        yield Finding("not_carried", Severity.WARNING, sentence % account, account)
    if resolved.quotes and able.quote and frozen["quote"] is None:
        sentence = _("%s: The post that it quotes is not published there, so it goes without the quote.")
        yield Finding("quote_missing", Severity.WARNING, sentence % account, account)


def _poll_losses(able: Capabilities, resolved: Resolved, frozen: dict[str, Any]) -> Iterator[str]:
    """What readers there do not see of the poll, or because of it; each sentence with a place for the account."""
    if resolved.poll is None:
        return
    if not able.polls:
        yield _("%s has no polls: it goes without.")
    elif frozen["poll"] is None:
        yield _("%s: An answer carries no poll: it goes without.")
    else:
        if resolved.poll.multiple and not frozen["poll"]["multiple"]:
            yield _("%s: Readers there choose one option of the poll.")
        if able.card and resolved.with_card.value and resolved.link.value:
            yield _("%s: A message there shows the poll or the link card, not both: the poll is shown.")


def _piece_findings(network: Network, account: Account, resolved: Resolved) -> Iterator[Finding]:
    """What is to be known of single media: that a video is described where it can be, that an image moves."""
    able, limits = network.capabilities, network.limits_in_force.of(MediaKind.VIDEO)
    videos = [piece for piece in resolved.media.value if piece.kind is MediaKind.VIDEO]
    if able.alt_text and limits.max_alt_length and any(not piece.alt for piece in videos):
        sentence = _("The video has no alt text: who does not see it hears nothing of what it shows.")
        yield Finding("no_alt", Severity.ERROR, sentence, account)
    images = [piece.file for piece in resolved.media.value if piece.kind is MediaKind.IMAGE and piece.file is not None]
    if any(is_animated(image) for image in images):
        sentence = _("%s: The image moves; readers there see its first frame.") % account
        yield Finding("image_moves", Severity.WARNING, sentence, account)


def _price(network: Network, account: Account, messages: list[Message]) -> Iterator[Finding]:
    """What the network will charge for the post, and whether that is more than the month's ceiling leaves."""
    price = sum((network.price(message) for message in messages), Decimal())
    if not price:
        return
    params = {"account": account, "price": f"{price:.3f}".rstrip("0").rstrip("."), "ceiling": account.monthly_ceiling}
    budget = network.costs.budget
    if budget is not None and price > budget:
        sentence = _(
            "%(account)s: The post costs %(price)s US dollars, more than is left of %(ceiling)s for this month."
        )
        yield Finding("over_ceiling", Severity.ERROR, sentence % params, account)
        return
    yield Finding("price", Severity.INFO, _("%(account)s: The post costs %(price)s US dollars.") % params, account)


def _link_findings(frozen: dict[str, Any], account: Account) -> Iterator[Finding]:
    link = frozen["link"]
    if not link or any(part["card"] or link in part["text"] for part in frozen["parts"]) or frozen["reply_to"]:
        return
    sentence = _("%s: Nothing leads to the article: its link is neither in the text nor in a link card.") % account
    yield Finding("link_missing", Severity.WARNING, sentence, account)
