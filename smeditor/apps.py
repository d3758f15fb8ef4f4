"""The app: what smeditor registers with Django and Wagtail when the site starts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SmeditorConfig(AppConfig):
    """The one line that a site writes into ``INSTALLED_APPS``: ``smeditor``."""

    name = "smeditor"
    label = "smeditor"
    verbose_name = _("Social desk")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register checks, log actions, permission policies and signal receivers. It asks the database nothing."""
        from django.db.models.signals import post_migrate

        from smeditor import checks, log_actions  # noqa: F401
        from smeditor.listening import log_labels
        from smeditor.listening import signals as listening_signals
        from smeditor.mentions import signals as mentions_signals
        from smeditor.models import full_text
        from smeditor.permissions import policies
        from smeditor.publishing import signals as publishing_signals

        post_migrate.connect(full_text.create_missing, sender=self)
        policies.register()
        publishing_signals.connect()
        listening_signals.connect()
        mentions_signals.connect()
        log_actions.connect()
        log_labels.connect()
