from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from newsroom import database_file


class ArticlesConfig(AppConfig):
    name = "newsroom.articles"
    label = "articles"
    verbose_name = _("Articles")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        database_file.connect()
