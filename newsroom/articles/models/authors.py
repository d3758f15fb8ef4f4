"""How a Wagtail user signs."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

FEDIVERSE_HANDLE = RegexValidator(
    r"^@[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+(:\d+)?$", _("Write the whole address, as in @ana@social.example.")
)


class AuthorProfile(models.Model):
    """How one user signs, and where readers find them."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="author_profile", verbose_name=_("user")
    )
    byline = models.CharField(_("byline"), max_length=120, blank=True, help_text=_("Empty: the user's full name."))
    role = models.CharField(_("role"), max_length=120, blank=True, help_text=_("For example: transport correspondent."))
    fediverse = models.CharField(_("Fediverse address"), max_length=200, blank=True, validators=[FEDIVERSE_HANDLE])

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["byline", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The byline; else the full name, else the user name."""
        return self.byline or self.user.get_full_name() or self.user.get_username()


def author_name(user) -> str:
    """The name under which a user signs: the profile's byline, else the full name, else the user name."""
    profile = getattr(user, "author_profile", None)
    return profile.name if profile else user.get_full_name() or user.get_username()
