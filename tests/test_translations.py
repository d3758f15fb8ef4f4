"""The interface is wholly in French: the catalogues are whole, and what an editor opens shows no English of ours."""

import ast
import re

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.urls import reverse
from django.utils import timezone, translation

from smeditor.digests import sending
from smeditor.models import ConcernMember, Digest, ReactionLabel
from tests import translations
from tests.desk import test_permissions as addresses
from tests.desk import world
from tests.desk.conftest import desk  # noqa: F401
from tests.networks.doubles.consent_lab.network import NETWORKS

CATALOGUES = pytest.mark.parametrize("catalogue", translations.CATALOGUES, ids=lambda catalogue: catalogue.app)
TRANSLATES = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
ALIAS = re.compile(r"\b\w*gettext(?:_lazy)? as (?!_\b)\w+")


@pytest.fixture(scope="module")
def english():
    """What is ours and reads otherwise in French, so that it must not stand on a French page."""
    entries = [entry for catalogue in translations.CATALOGUES for entry in translations.read_po(catalogue.po)]
    return {entry.ids[0] for entry in entries if entry.ids[0].casefold() != entry.strings[0].casefold()}


@pytest.fixture
def in_french(desk, settings, client):  # noqa: F811
    settings.LANGUAGE_CODE = "fr"
    chief = world.make_user("renaud", is_superuser=True)
    client.force_login(chief)
    Digest.objects.update(subject="Lettre de mars", user=chief)
    desk.tip.readers.add(chief)
    # What people wrote may be English: only here it must not be a word of ours.
    ConcernMember.objects.update(evidence=["tram"])
    ReactionLabel.objects.update(evidence=[[0, 9, "en.question"]])
    desk.author.username = "thomas"
    desk.author.save()
    with translation.override("fr"):
        yield desk


def shown(html: str) -> set[str]:
    """The texts of a page as a person meets them, labels for screen readers included."""
    soup = BeautifulSoup(html, "html.parser")
    for code in soup(["script", "style", "code", "pre"]):
        code.decompose()
    texts = {" ".join(text.split()) for text in soup.find_all(string=True)}
    for name in ("aria-label", "placeholder", "title", "alt"):
        texts |= {" ".join(tag[name].split()) for tag in soup.find_all(attrs={name: True})}
    return texts


@CATALOGUES
def test_every_string_has_its_french(catalogue):
    assert list(translations.untranslated(translations.read_po(catalogue.po))) == []


@CATALOGUES
def test_the_french_keeps_placeholders_and_tags(catalogue):
    assert list(translations.unlike(translations.read_po(catalogue.po))) == []


@CATALOGUES
def test_the_french_is_set_as_french_is(catalogue):
    assert list(translations.badly_set(translations.read_po(catalogue.po))) == []


@CATALOGUES
def test_the_compiled_file_is_that_of_the_written_one(catalogue):
    assert list(translations.not_compiled(catalogue, translations.read_po(catalogue.po))) == []


def test_the_check_names_what_is_wrong(tmp_path):
    path = tmp_path / "django.po"
    path.write_text(
        'msgid ""\nmsgstr ""\n\nmsgid "one"\nmsgstr ""\n\n#, fuzzy\nmsgid "two"\nmsgstr "deux"\n\n'
        'msgid "%(n)s is <b>three</b>"\nmsgstr "%(m)s est <i>trois</i> !"\n\n'
        'msgid "four"\nmsgid_plural "%(n)d fours"\nmsgstr[0] "l\'as"\nmsgstr[1] "quatre"\n',
        encoding="utf-8",
    )
    entries = translations.read_po(path)
    assert list(translations.untranslated(entries)) == ["has no French: one", "is fuzzy: two"]
    assert [fault.partition(":")[0] for fault in translations.unlike(entries)] == [
        "has other placeholders",
        "has other tags",
        "has other placeholders",
    ]
    assert len(list(translations.badly_set(entries))) == 2


def test_gettext_goes_by_names_that_the_collector_knows():
    files = [path for app in ("smeditor", "newsroom") for path in (translations.ROOT / app).rglob("*.py")]
    hidden = {path.name: found[0] for path in files if (found := ALIAS.search(path.read_text(encoding="utf-8")))}
    assert hidden == {}


def test_no_string_hides_from_the_collector_inside_a_formatted_one():
    """The collector reads no f-string: what is translated in one stays English, and nothing says that it lacks its French."""
    hidden = [
        f"{path.name}:{call.lineno}"
        for app in ("smeditor", "newsroom")
        for path in (translations.ROOT / app).rglob("*.py")
        for formatted in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(formatted, ast.JoinedStr)
        for call in ast.walk(formatted)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in TRANSLATES
    ]
    assert hidden == []


def test_no_page_of_the_admin_shows_english_of_ours(in_french, client, english, settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "NETWORKS": NETWORKS}
    pages = {**addresses.PAGES, **addresses.OWN_DIGESTS}
    asked = [addresses.address(in_french, name, thing) for name, (thing, _roles) in pages.items()]
    asked += [reverse(f"{name}:{view}") for name in addresses.LISTS for view in ("index", "add")]
    asked += [reverse(f"smeditor_posts:{view}") for view in ("list", "add")]
    asked += [reverse("wagtailadmin_home"), reverse("smeditor_posts:edit", args=[in_french.post.pk])]
    # The laboratory's own words are English; X stands for it.
    asked = [address.replace("consent_lab", "x") for address in asked]
    asked = [f"{address}?network=mastodon" if address.endswith("accounts/new/") else address for address in asked]
    left = {}
    for address in asked:
        response = client.get(address)
        assert response.status_code == 200, address
        page = response.getvalue() if response.streaming else response.content
        if found := shown(page.decode()) & english:
            left[address] = found
    assert left == {}


def test_the_letter_is_in_french(in_french, english):
    assert sending.run_due(timezone.now(), everyone=True) >= 1
    digest = next(message for message in mail.outbox if message.to == [in_french.author.email])
    assert "Ce que disent vos lecteurs" in digest.subject
    assert {line.strip() for line in digest.body.splitlines()} & english == set()
    assert shown(digest.alternatives[0][0]) & english == set()
