"""Pictures as networks take them: made by the host's adapter within the limits of an account, or a sentence that says why not."""

from __future__ import annotations

import logging
import struct
from collections.abc import Mapping
from inspect import signature
from typing import Any

from django.utils.translation import gettext as _
from PIL.Image import DecompressionBombError
from wagtail.images import get_image_model
from wagtail.images.models import SourceImageIOError
from willow.image import UnrecognisedImageFormatError

from smeditor.articles import article_adapter
from smeditor.exceptions import DATABASE_TROUBLE, Refused, Temporary
from smeditor.networks.base import Media, MediaLimits

logger = logging.getLogger("smeditor.publishing")

STORAGE_TROUBLE = (ConnectionError, TimeoutError, MemoryError)
DECODERS = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, NotImplementedError, RuntimeError,
    SyntaxError, TypeError, ValueError, struct.error, DecompressionBombError, UnrecognisedImageFormatError,
)  # fmt: skip
"""What Pillow and Willow raise for a file that they cannot read or write."""


def picture(entry: Mapping[str, Any] | None, limits: MediaLimits) -> Media | None:
    """The picture that a payload's ``entry`` names (``id``, ``alt``, ``file_hash``, ``crop``); None where it names none.

    Raises Refused, with a sentence for the editor, when it is gone, was changed, or cannot be made: a drawing (SVG), a
    broken file, one that is too large to be opened, a kind of pixels that JPEG does not know. Raises Temporary when the
    storage or the database does not answer.
    """
    if not entry:
        return None
    image = get_image_model().objects.filter(pk=entry["id"]).first()
    if image is None:
        raise Refused(_("The image was deleted after the approval. Choose another and approve again."))
    try:
        if _file_hash(image) != entry["file_hash"]:
            raise Refused(_("The image was changed after the approval. Approve the post again."))
        if image.is_svg():
            raise Refused(_("The image is a drawing (SVG), which networks do not take. Choose a photo or a PNG of it."))
        content, media_type, width, height = _made(image, limits.max_bytes, _ratio(entry))
    except LookupError as error:
        raise Refused(_("The image's file cannot be read. Choose another and approve again.")) from error
    except ValueError as error:
        raise Refused(_("The image cannot be made small enough for the network.")) from error
    except Refused:
        raise
    except Exception as error:  # whatever a decoder or the host's adapter raises: the picture cannot be made
        logger.warning("image %s cannot be made: %s", image.pk, type(error).__name__)
        if passes(error):
            sentence = _("The image cannot be read at the moment. It is tried again.")
            raise Temporary(sentence, cause=type(error).__name__) from error
        raise Refused(
            _("The image's file cannot be opened. Save it anew as JPEG or PNG, or choose another.")
        ) from error
    return Media.from_bytes(content, media_type, entry["alt"], width=width, height=height)


def _file_hash(image: Any) -> str:
    """The hash of the image's file, read now where Wagtail has none yet. Raises LookupError where the file is gone."""
    try:
        return str(image.get_file_hash())
    except SourceImageIOError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            raise LookupError(f"The file of image {image.pk} is gone.") from error
        raise


def _made(image: Any, max_bytes: int, ratio: float | None) -> tuple[bytes, str, int, int]:
    """The image's bytes from the host's adapter, cut to ``ratio`` where one is wanted. Raises what the adapter raises."""
    adapter = article_adapter()
    if ratio is None:
        return adapter.image_bytes(image.pk, max_bytes)
    if "ratio" not in signature(adapter.image_bytes).parameters:
        raise Refused(_("Images cannot be cropped on this site. Choose the whole image."))
    return adapter.image_bytes(image.pk, max_bytes, ratio=ratio)


def _ratio(entry: Mapping[str, Any]) -> float | None:
    return float(entry["crop"]) if entry.get("crop") else None


def passes(error: BaseException) -> bool:
    """Whether an error is the storage's or the database's, which pass, and not what a decoder says of the file.

    Pillow's own ``OSError`` carries no number; one of the system does. What a storage's library raises is known by its
    not being one of the errors that come from reading a picture.
    """
    if isinstance(error, DATABASE_TROUBLE + STORAGE_TROUBLE):
        return True
    if isinstance(error, SourceImageIOError) and error.__cause__ is not None:
        return not isinstance(error.__cause__, FileNotFoundError)
    if isinstance(error, OSError):
        return error.errno is not None
    return not isinstance(error, DECODERS)


def is_animated(image: Any) -> bool:
    """Whether the host's image is animated: readers elsewhere see its first frame. False where it cannot be opened."""
    if image.is_svg():
        return False
    try:
        with image.get_willow_image() as opened:
            return bool(getattr(opened.get_pillow_image(), "is_animated", False))
    except Exception as error:  # a decoder's; that the file cannot be opened is said elsewhere
        logger.info("image %s cannot be opened: %s", image.pk, type(error).__name__)
        return False
