"""What a check is, and what it is given: the post as one account would publish it, in plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from django_stubs_ext import StrOrPromise

from smeditor import conf
from smeditor.exceptions import ConfigurationError
from smeditor.models import Account, Delivery, Post
from smeditor.networks.base import Capabilities
from smeditor.networks.registry import capabilities
from smeditor.publishing.findings import Finding, Severity
from smeditor.publishing.resolved import Piece, resolve
from smeditor.text.links import TOKEN_PARAMETER, token_of

if TYPE_CHECKING:
    from smeditor.publishing.checks.situation import Situation


class Stage(StrEnum):
    """When a check runs."""

    WRITING = "writing"
    """While somebody writes, and in every page that shows a post before it is approved."""
    APPROVAL = "approval"
    """When the payload is frozen: what stops the post then makes a stopped delivery."""
    SENDING = "sending"
    """In the transaction that marks a delivery as being sent: only what may have changed since, and costs next to nothing."""


BEFORE = frozenset({Stage.WRITING, Stage.APPROVAL})
ALWAYS = frozenset(Stage)


@dataclass(frozen=True)
class Draft:
    """What one account would publish. Nothing of it asks the database or a network."""

    account: Account
    texts: tuple[str, ...]
    """The messages of the thread, in order; one for a plain post; last the first comment, where the network has one."""
    link: str = ""
    language: str = ""
    """As the post, else its account, says; "" where neither does."""
    content_warning: str = ""
    news_class: str = "news"
    is_answer: bool = False
    """Whether it answers a reader."""
    topics: tuple[str, ...] = ()
    """Section and tags of the article, in lower case."""
    alts: tuple[str, ...] = field(default=())
    """The alt text of each image or video, "" where one has none."""
    media: tuple[Piece, ...] = field(default=())
    """Its images and videos while it is written; what is frozen has their alt texts alone."""

    options: tuple[str, ...] = ()
    """The options of its poll, where the network has polls."""

    @property
    def text(self) -> str:
        """All messages, an empty line between two, and last the options of the poll."""
        return "\n\n".join(filter(None, [*self.texts, "\n".join(self.options)]))


@dataclass(frozen=True)
class Check:
    """A check of what an account would publish: ``find`` yields a sentence for each thing that it finds.

    Each sentence says what is the matter and what to do. ``code`` names the check for good: desks set its severity by it,
    and the record of what was found is kept under it.
    """

    code: str
    label: StrOrPromise
    find: Callable[[Draft], Iterable[str]]
    severity: Severity = Severity.WARNING
    stages: frozenset[Stage] = BEFORE
    fixed: bool = False
    """Whether no desk may take it less seriously."""


@dataclass(frozen=True)
class Lookup:
    """A check of ours that also asks what the desk knows: other posts, images, links. It may yield whole findings.

    ``find`` is given the draft of one account, or None where ``whole`` says that it is about the post as a whole.
    """

    code: str
    label: StrOrPromise
    find: Callable[[Draft, Situation], Iterable[str | Finding]] | Callable[[Situation], Iterable[str | Finding]]
    severity: Severity = Severity.WARNING
    stages: frozenset[Stage] = BEFORE
    fixed: bool = False
    whole: bool = False


def draft_of(post: Post, account: Account) -> Draft:
    """The draft of ``post`` as it is in memory for ``account``."""
    resolved = resolve(post, account)
    texts, comment = resolved.texts, resolved.first_comment.value.strip()
    if comment and (texts or resolved.media.value) and _able(account).first_comment:
        texts = [*texts, comment]
    return Draft(
        account=account,
        texts=tuple(texts),
        link=resolved.link.value,
        language=resolved.language.value,
        content_warning=resolved.content_warning.value,
        news_class=post.news_class,
        is_answer=post.kind == Post.Kind.REPLY,
        topics=tuple(post.topics or ()),
        alts=tuple(piece.alt for piece in resolved.media.value),
        media=resolved.media.value,
        options=resolved.poll.options if resolved.poll and _able(account).polls else (),
    )


def _able(account: Account) -> Capabilities:
    try:
        return capabilities(account.network, conf.get("NETWORKS"))
    except ConfigurationError:
        return Capabilities()


def frozen_draft(delivery: Delivery) -> Draft:
    """The draft that a delivery (read with its post and account) has frozen, for the last check before it is sent."""
    frozen = delivery.payload
    parts = frozen.get("parts") or []
    media = [entry for part in parts for entry in part.get("media") or ()]
    token = token_of(frozen.get("link") or "")
    return Draft(
        account=delivery.account,
        texts=tuple(without_token(part.get("text") or "", token) for part in parts),
        link=without_token(frozen.get("link") or "", token),
        language=frozen.get("language") or "",
        content_warning=frozen.get("content_warning") or "",
        news_class=delivery.news_class,
        is_answer=delivery.post.kind == Post.Kind.REPLY,
        topics=tuple(delivery.post.topics or ()),
        alts=tuple((entry.get("alt") or "").strip() for entry in media),
        options=tuple((frozen.get("poll") or {}).get("options") or ()),
    )


def without_token(text: str, token: str | None) -> str:
    """``text`` without the delivery's own ``token`` in its links, so that it is as it was written."""
    if not token:
        return text
    for before in ("?", "&"):
        mark = f"{before}{TOKEN_PARAMETER}={token}"
        text = text.replace(f"{mark}&", before).replace(mark, "")
    return text
