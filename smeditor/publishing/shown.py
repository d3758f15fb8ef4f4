"""The images and videos of a payload as the desk shows them: the same crop that will be sent, small enough for a page."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.urls import NoReverseMatch
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from smeditor.articles import image_filter

logger = logging.getLogger("smeditor.publishing")


def image_shown(entry: Mapping[str, Any], size: int) -> dict[str, Any] | None:
    """``url``, ``width`` and ``height`` of a payload's image, at most ``size`` pixels on either side; None where it cannot be."""
    image = get_image_model().objects.filter(pk=entry.get("id")).first()
    if image is None or image.is_svg():
        return None
    ratio = float(entry["crop"]) if entry.get("crop") else None
    try:
        rendition = image.get_rendition(f"{image_filter(size, ratio)}|format-jpeg")
    except Exception as error:  # a decoder's or the storage's; what is wrong with the file is said by the checks
        logger.info("image %s cannot be shown: %s", image.pk, type(error).__name__)
        return None
    return {"url": rendition.url, "width": rendition.width, "height": rendition.height}


def video_url(entry: Mapping[str, Any]) -> str:
    """Where the video of a payload can be looked at in the desk; empty where it is gone."""
    document = get_document_model().objects.filter(pk=entry.get("id")).first()
    if document is None:
        return ""
    try:
        return str(document.url)
    except NoReverseMatch:  # the site serves its documents by themselves
        return str(document.file.url)
