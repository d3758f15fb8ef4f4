"""The small newspaper that most tests begin with, made once: a site, a section, an article, an editor."""

from __future__ import annotations

from typing import Any

from tests.layers import Layer
from tests.newsroom import factories


def make_editor() -> Any:
    """Somebody who may do anything."""
    user = factories.make_user("edith", "Edith", "Ito")
    user.is_superuser = True
    user.save()
    return user


SITE = Layer(factories.make_site, LANGUAGE_CODE="en")
SECTION = Layer(lambda site: factories.make_section(site.root_page.specific), above=SITE, LANGUAGE_CODE="en")
ARTICLE = Layer(factories.make_article, above=SECTION, LANGUAGE_CODE="en")
EDITOR = Layer(make_editor, LANGUAGE_CODE="en")
