"""The images and videos of a post, in order: each for one message of it, and for all its accounts or for one alone."""

from __future__ import annotations

from mimetypes import guess_type

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.documents import get_document_model_string
from wagtail.images import get_image_model_string
from wagtail.models import Orderable

from smeditor.models.accounts import Account
from smeditor.models.posts import Post
from smeditor.models.text_fields import NormalCharField, NormalTextField

MOST_PARTS = 25
"""Messages of a thread that media can be given to: longer threads are read by nobody."""
CAPTION_FILES = (".vtt",)


class PostMedia(Orderable, models.Model):
    """One image or video of a post. ``account`` is empty where every account shows it that has none of its own.

    A table of its own for all of them, and not one below each variant: an account's own media are ordered, saved in the
    revision and compared like the post's, in one list.
    """

    class Crop(models.TextChoices):
        """The proportions in which an image is cut out around its focal point."""

        WHOLE = "whole", _("the whole image")
        SQUARE = "1:1", _("square, 1:1")
        PORTRAIT = "4:5", _("upright, 4:5")
        WIDE = "16:9", _("wide, 16:9")
        CARD = "1.91:1", _("like a link card, 1.91:1")

        @property
        def ratio(self) -> float | None:
            """Width by height; None for the whole image."""
            width, _colon, height = self.value.partition(":")
            return float(width) / float(height) if height else None

    post = ParentalKey(Post, on_delete=models.CASCADE, related_name="media")
    account = models.ForeignKey(
        Account,
        verbose_name=_("only for"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text=_("Empty: for every account that has no image or video of its own."),
    )
    part = models.PositiveSmallIntegerField(
        _("part"), default=0, validators=[MaxValueValidator(MOST_PARTS - 1)], help_text=_("Of a thread.")
    )
    """The place of its message in the thread, from 0."""
    image = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("image"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    video = models.ForeignKey(
        get_document_model_string(),
        verbose_name=_("video"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    alt = NormalTextField(
        _("alt text"), blank=True, help_text=_("What it shows, for who does not see it. Empty: the image's own.")
    )
    credit = NormalCharField(_("credit"), max_length=160, blank=True, help_text=_("Empty: the image's own."))
    crop = models.CharField(_("crop"), max_length=8, choices=Crop.choices, default=Crop.WHOLE)
    captions = models.ForeignKey(
        get_document_model_string(),
        verbose_name=_("subtitles"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Of a video, as a WebVTT file, in the language of the post."),
    )

    class Meta(Orderable.Meta):
        verbose_name = _("image or video")
        verbose_name_plural = _("images and videos")

    def __str__(self) -> str:
        return str(self.image or self.video or "–")

    def clean(self) -> None:
        """Ask for an image or a video, for a video that is one, and for subtitles only below it. Raises ValidationError."""
        super().clean()
        if bool(self.image_id) == bool(self.video_id):
            raise ValidationError({"image": gettext("Choose an image or a video: one of them.")})
        if self.video is not None and not (guess_type(self.video.filename)[0] or "").startswith("video/"):
            raise ValidationError({"video": gettext("This file is no video. MP4 is what every network takes.")})
        if self.captions is None:
            return
        if self.video is None:
            raise ValidationError({"captions": gettext("Only a video has subtitles.")})
        if not self.captions.filename.lower().endswith(CAPTION_FILES):
            raise ValidationError({"captions": gettext("Subtitles are a WebVTT file, whose name ends in .vtt.")})
