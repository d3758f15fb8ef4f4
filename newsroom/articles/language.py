"""In which language a public page speaks: an article in its own, everything else in the newsroom's."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from wagtail.models import Page


def newsroom_language() -> str:
    """The language of the newspaper itself, as a code such as ``fr``."""
    return settings.LANGUAGE_CODE


class PublicPage(Page):
    """A page whose furniture (menus, labels, dates) is in the page's language, not in the browser's.

    The language is activated rather than overridden because the response is rendered after ``serve`` has returned;
    ``LocaleMiddleware`` activates afresh for each request.
    """

    class Meta:
        abstract = True

    @property
    def public_language(self) -> str:
        """The newsroom's language; an article says its own instead."""
        return newsroom_language()

    def serve(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """The page in its public language; a preview stays in the editor's."""
        if not getattr(request, "is_preview", False):
            translation.activate(self.public_language)
            request.LANGUAGE_CODE = translation.get_language()
        return super().serve(request, *args, **kwargs)
