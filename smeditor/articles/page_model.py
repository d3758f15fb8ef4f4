"""The site's own class of pages: Wagtail's ``Page``, or what the host names in ``WAGTAIL_PAGE_MODEL``."""

from __future__ import annotations

import swapper
from wagtail.models import AbstractPage


def page_model() -> type[AbstractPage]:
    """Return the class of which every page of the site is one. Once all applications are loaded, not while they load."""
    return swapper.load_model("wagtailcore", "Page")
