"""Every address of the desk, opened on a full desk, in both languages: it answers, in one language, in words.

The kind of fault (U1, U6): a screen that was only ever rendered empty. The preview of a letter answered 500 as soon as the
letter quoted a reader, and everything that the tests had opened held one row or none.
"""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from wagtail.users.models import UserProfile

from tests import translations
from tests.desk import screens, world
from tests.desk.full import FullDesk
from tests.newsroom import factories

RAW = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|%\(\w+\)|\{\{|\{%|__proxy__|\bNone\b|\bNaN\b|\[\]|\{'")
NOT_TEXT = ["code", "pre", "script", "style", "textarea", "template", "svg"]
OK = {200, 302, 405}
SAME = {"action"}
"""Words of both languages, which Wagtail's own pages show too."""
LONG_ENOUGH = 4
"""Letters: a shorter word may be one of both languages."""


@pytest.fixture(params=["en", "fr"])
def language(request):
    return request.param


@pytest.fixture
def full_desk(db, client, settings, language):
    settings.LANGUAGE_CODE = language
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    user = world.make_user("zulmira", is_superuser=True, first_name="Zulmira", last_name="Reis")
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
    site = factories.make_site(hostname="jornal.example", name="O Jornal")
    section = factories.make_section(site.root_page.specific, title="Porto", slug="porto")
    article = factories.make_article(section, title="O bonde volta", authors=[user], language="en")
    client.force_login(user)
    return FullDesk(article, user)


def visible(response) -> list[str]:
    """The texts that a person reads on the desk's own part of a page."""
    soup = BeautifulSoup(response.content, "html.parser")
    body = soup.find("main") or soup
    for tag in [*body(NOT_TEXT), *body.find_all(hidden=True)]:
        tag.decompose()
    return [" ".join(text.split()) for text in body.stripped_strings]


def foreign_texts(language: str) -> set[str]:
    """Our own strings as they read in the other language, where they read otherwise."""
    found = set()
    for catalogue in translations.CATALOGUES:
        for entry in translations.read_po(catalogue.po):
            pairs = zip(entry.ids, entry.strings, strict=False)
            for source, french in pairs:
                if french and source.casefold() != french.casefold() and not translations.PLACEHOLDER.search(source):
                    found.add(source if language == "fr" else french)
    native = {
        text
        for catalogue in translations.CATALOGUES
        for entry in translations.read_po(catalogue.po)
        for text in (entry.strings if language == "fr" else entry.ids)
    }
    native = {text.casefold() for text in native}
    return {text for text in found if len(text) >= LONG_ENOUGH and text.casefold() not in native | SAME}


def test_every_address_answers_in_its_language_and_in_words(full_desk, client, language):
    foreign, wrong = foreign_texts(language), {}
    client.raise_request_exception = False
    for address in screens.addresses(full_desk.article.pk):
        response = client.get(address)
        if response.status_code not in OK:
            wrong[address] = response.status_code
        elif response.status_code == 200 and "html" in response.headers["Content-Type"]:
            texts = visible(response)
            odd = {text for text in texts if text in foreign} | {text for text in texts if RAW.search(text)}
            if odd:
                wrong[address] = sorted(odd)[:5]
    assert not wrong, "\n".join(f"{address}: {found}" for address, found in wrong.items())
