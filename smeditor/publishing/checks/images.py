"""The images of a post: there, described, and allowed to leave the site, when it is written and when it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smeditor.networks.base import MediaKind
from smeditor.publishing.checks.base import Draft, Lookup
from smeditor.publishing.checks.situation import Situation
from smeditor.publishing.findings import Finding, Severity
from smeditor.publishing.resolved import Piece, resolve


def _media(draft: Draft, situation: Situation) -> Iterator[Finding]:
    """Each sentence once, however many images it is true of."""
    found = {finding.sentence: finding for piece in draft.media for finding in _of_piece(piece, draft)}
    yield from found.values()
    last = max(len(resolve(situation.post, draft.account).texts), 1)
    if any(piece.part >= last for piece in draft.media):
        sentence = _("%(account)s: An image or video is meant for a part that is not there: it goes with the last one.")
        yield Finding("media_part", Severity.WARNING, sentence % {"account": draft.account}, draft.account)


def _of_piece(piece: Piece, draft: Draft) -> Iterator[Finding]:
    is_video = piece.kind is MediaKind.VIDEO
    if piece.file is None:
        sentence = _("The image does not exist any more: choose another, or send without it.")
        if is_video:
            sentence = _("The video does not exist any more: choose another, or send without it.")
        yield Finding("image_gone", Severity.ERROR, sentence, draft.account)
        return
    if not piece.alt and not is_video:
        sentence = _("The image has no alt text: who does not see it hears nothing. Say what it shows.")
        yield Finding("no_alt", Severity.ERROR, sentence, draft.account)
    if not may_leave(piece.file):
        yield Finding("image_rights", Severity.ERROR, not_allowed(is_video=is_video), draft.account)


def _credit(draft: Draft, situation: Situation) -> Iterator[str]:
    """Only where the site's images have a credit at all."""
    images = [piece for piece in draft.media if piece.kind is MediaKind.IMAGE and piece.file is not None]
    if any(isinstance(getattr(piece.file, "credit", None), str) and not piece.credit for piece in images):
        yield _("Nobody is named as the maker of the image: add the credit to the image, or choose another.")


def may_leave(image: Any) -> bool:
    """Whether an image may be shown on other people's networks; it may where the site's images say nothing of it."""
    return bool(getattr(image, "social_rights", True))


def not_to_leave(files: Iterable[Any]) -> bool:
    """Whether one of these images or videos may not leave the site (any more)."""
    return any(not may_leave(file) for file in files)


def not_allowed(*, is_video: bool = False) -> str:
    """The sentence about an image or a video that may not leave the site."""
    if is_video:
        return _("The video may only be shown on our own site: choose another or send without it.")
    return _("The image may only be shown on our own site: choose another or send without it.")


CHECKS = (
    Lookup("images", gettext_lazy("Images, alt text and rights"), _media, fixed=True),
    Lookup("credit", gettext_lazy("The credit of an image"), _credit),
)
