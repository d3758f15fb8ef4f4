"""In which language a public page speaks: an article in its own, everything else in the newsroom's."""

from django.conf import settings
from django.utils import translation


def newsroom_language() -> str:
    """The language of the newspaper itself, as a code such as ``fr``."""
    return settings.LANGUAGE_CODE


class NewsroomLanguageMixin:
    """A page whose furniture (menus, labels, dates) is in the page's language, not in the browser's.

    The language is activated rather than overridden because the response is rendered after ``serve`` has returned;
    ``LocaleMiddleware`` activates afresh for each request.
    """

    @property
    def public_language(self) -> str:
        return newsroom_language()

    def serve(self, request, *args, **kwargs):
        if not getattr(request, "is_preview", False):
            translation.activate(self.public_language)
            request.LANGUAGE_CODE = translation.get_language()
        return super().serve(request, *args, **kwargs)
