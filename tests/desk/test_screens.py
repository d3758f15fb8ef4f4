"""Every address of the desk, opened on a full desk, in both languages: it answers, in one language, in words, and
its templates are given what they ask for.

The kind of fault (U1, U6): a screen that was only ever rendered empty. The preview of a letter answered 500 as soon as the
letter quoted a reader, and everything that the tests had opened held one row or none.
"""

from __future__ import annotations

import re
from functools import cache

import pytest
from wagtail.users.models import UserProfile

from smeditor.networks.registry import network_classes
from tests import translations
from tests.desk import world
from tests.desk.full import FullDesk
from tests.desk.walk import Walk
from tests.networks.doubles.consent_lab.network import NETWORKS
from tests.newsroom import factories

RAW = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|%\(\w+\)|\{\{|\{%|__proxy__|\bNone\b|\bNaN\b|\[\]|\{'")
OK = {200, 302, 405}
SAME = {"action"}
"""Words of both languages, which Wagtail's own pages show too."""
LONG_ENOUGH = 4
"""Letters: a shorter word may be one of both languages."""
OPTIONAL = {
    "actions", "choose", "cues", "may_answer", "may_decide", "may_seal", "selectable",  # what whoever includes a card may say
    "droppable", "in_doubt", "movable", "payload.content_warning", "look.found", "one.card",  # by the kind of thing
    "reaction.account.tone",  # of no account
    "envelope", "form.in_public", "perms.smeditor.change_post", "switch.on", "switch.user",
}  # fmt: skip
"""Variables that a page may leave out."""
WALKS: dict[str, Walk] = {}

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(params=["en", "fr"])
def language(request):
    return request.param


@pytest.fixture
def full_desk(db, client, settings, language):
    settings.LANGUAGE_CODE = language
    settings.SMEDITOR = {**settings.SMEDITOR, "NETWORKS": NETWORKS}
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    user = world.make_user("zulmira", is_superuser=True, first_name="Zulmira", last_name="Reis")
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
    site = factories.make_site(hostname="jornal.example", name="O Jornal")
    section = factories.make_section(site.root_page.specific, title="Porto", slug="porto")
    article = factories.make_article(section, title="O bonde volta", authors=[user], language="en")
    client.force_login(user)
    return FullDesk(article, user)


@pytest.fixture
def walk(language, request) -> Walk:
    """The full desk, walked through once in each language for all tests of this file."""
    if language not in WALKS:
        full, client = request.getfixturevalue("full_desk"), request.getfixturevalue("client")
        WALKS[language] = Walk(client, full.article.pk)
    return WALKS[language]


@cache
def scopes() -> list[str]:
    """The permissions of the networks, which their consoles and consent screens call by these names."""
    found = {scope.name for network in network_classes() for scope in network.connecting.scopes}
    return sorted(found, key=len, reverse=True)


def without_scopes(text: str) -> str:
    """``text`` without the names of permissions."""
    for name in scopes():
        text = text.replace(name, "")
    return text


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


def test_every_address_answers_in_its_language_and_in_words(walk, language):
    foreign = foreign_texts(language)
    wrong: dict[str, object] = {address: status for address, status in walk.status.items() if status not in OK}
    for address, texts in walk.texts.items():
        odd = {text for text in texts if text in foreign} | {text for text in texts if RAW.search(without_scopes(text))}
        if odd:
            wrong[address] = sorted(odd)[:5]
    assert not wrong, "\n".join(f"{address}: {found}" for address, found in wrong.items())


def test_every_variable_of_a_template_is_given(walk):
    """Django says nothing of a variable that is not there: a view that names a thing anew leaves an empty list, or a
    choice without choices, on a page that still answers 200.
    """
    assert {pair for pair in walk.asked_in_vain if pair[1] not in OPTIONAL} == set()
