"""The Django app of the newspaper's articles."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from newsroom import database_file


class ArticlesConfig(AppConfig):
    """The articles, and the care for an SQLite file that nobody else on the machine may read."""

    name = "newsroom.articles"
    label = "articles"
    verbose_name = _("Articles")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Close SQLite's file to other users of the machine as soon as it is opened."""
        database_file.connect()
