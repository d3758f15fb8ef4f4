"""Who made an image, said where the newsroom wants it: in the alt text or in the text (``SMEDITOR["IMAGE_CREDIT"]``)."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from smeditor import conf
from smeditor.publishing.resolved import Piece

IN_ALT, IN_TEXT = "alt", "text"


def in_alt(piece: Piece) -> str:
    """The alt text of a piece, with its credit behind it where the newsroom wants it there."""
    wanted = conf.get("IMAGE_CREDIT") == IN_ALT and piece.credit and piece.credit not in piece.alt
    return f"{piece.alt} ({piece.credit})".strip() if wanted else piece.alt


def in_text(text: str, media: Sequence[Piece], language: str) -> str:
    """The text of a message, with the credits of its ``media`` in a last line where the newsroom wants them there.

    ``language``: the message's. A credit that the text has already is not said twice.
    """
    if conf.get("IMAGE_CREDIT") != IN_TEXT:
        return text
    names = [name for name in dict.fromkeys(piece.credit for piece in media) if name and name not in text]
    if not names:
        return text
    with override(language or settings.LANGUAGE_CODE):
        line = _("Photo: %(credit)s") % {"credit": ", ".join(names)}
    return f"{text}\n\n{line}".strip()
