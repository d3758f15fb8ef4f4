"""Pictures, with what a newsroom must know before it shows one: who made it, what it shows, where it may go."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.images.models import Image as WagtailImage


class ImageRights(models.TextChoices):
    """Where a picture may be shown."""

    OWN = "own", _("Our own picture")
    AGENCY_SOCIAL = "agency-social", _("Agency, social networks included")
    AGENCY_WEB = "agency-web", _("Agency, our web site only")
    FREE = "free", _("Free licence")


class NewsImage(AbstractImage):
    """A picture with its credit, its alternative text and its rights."""

    credit = models.CharField(_("credit"), max_length=160, blank=True)
    alt_text = models.CharField(
        _("alternative text"),
        max_length=400,
        blank=True,
        help_text=_("What the picture shows, for those who do not see it."),
    )
    rights = models.CharField(
        _("rights"),
        max_length=20,
        choices=ImageRights.choices,
        # When nobody has said where a picture may go, it stays at home.
        default=ImageRights.AGENCY_WEB,
    )

    admin_form_fields = (*WagtailImage.admin_form_fields, "alt_text", "credit", "rights")

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")

    @property
    def social_rights(self) -> bool:
        """Whether this picture may leave for a social network."""
        return self.rights != ImageRights.AGENCY_WEB

    @property
    def default_alt_text(self) -> str:
        """The alternative text; else Wagtail's description."""
        return self.alt_text or self.description


class NewsRendition(AbstractRendition):
    """One size of a picture."""

    image = models.ForeignKey(NewsImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_per_filter")
        ]
