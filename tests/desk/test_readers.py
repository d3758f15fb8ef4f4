"""K16: readers are erased from the admin, what is held is shown and in no other list, and the public can read what is kept."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from smeditor.models import Reaction, ReactionText, Reader
from tests.desk import world

pytestmark = pytest.mark.django_db
TEXT = "The ferryman sold us a ticket twice."


@pytest.fixture
def ida(desk):
    reader = Reader.objects.create(pseudonym="ida" * 8, network="mastodon")
    for text in (TEXT, "And again on Monday."):
        world.make_reaction(text, account=desk.account, article=desk.article, reader=reader, handle="ida@far.example")
    return reader


def ask(client, **data):
    fields = {"network": "mastodon", "who": "@ida@far.example", **data}
    return client.post(reverse("smeditor:reader_erase"), fields)


def texts_of(reader):
    return ReactionText.objects.filter(reaction__reader=reader).count()


def test_looking_for_a_reader_counts_and_erases_nothing(client, as_role, ida):
    as_role("chief")
    assert "2 messages are kept of them." in ask(client).content.decode()
    assert texts_of(ida) == 2


def test_a_confirmed_reader_is_erased_and_not_collected_again(client, as_role, ida):
    as_role("chief")
    ask(client, total=2, confirmed="on", opt_out="on")
    assert texts_of(ida) == 0
    assert Reader.objects.get(pk=ida.pk).opted_out


@pytest.mark.parametrize("data", [{"total": 2}, {"total": 1, "confirmed": "on"}, {"confirmed": "on"}])
def test_without_the_tick_or_with_another_number_nothing_is_erased(client, as_role, ida, data):
    as_role("chief")
    ask(client, **data)
    assert texts_of(ida) == 2


def test_whoever_is_not_known_is_said_to_be_unknown(client, as_role, ida):
    as_role("chief")
    assert "Nobody of that name" in ask(client, who="ida").content.decode()


def test_the_name_that_is_looked_for_never_stands_in_an_address(client, as_role, ida):
    as_role("chief")
    address = reverse("smeditor:reader_erase")
    assert "2 messages" not in client.get(address, {"network": "mastodon", "who": "ida@far.example"}).content.decode()


def test_those_who_answer_readers_may_not_erase_them(client, as_role, ida):
    as_role("desk_editor")
    assert ask(client, total=2, confirmed="on").status_code in (302, 403)
    assert texts_of(ida) == 2


@pytest.fixture
def held(ida):
    reaction = Reaction.objects.get(content__text=TEXT)
    Reaction.objects.filter(pk=reaction.pk).update(
        legal_hold_until=timezone.now() + timedelta(days=9), legal_hold_reason="File 9/2026", presence="deleted"
    )
    return reaction


@pytest.mark.parametrize(
    "address", ["/inbox/?queue=inbox&waiting=all", "/inbox/?queue=inbox&q=ferryman", "/inbox/{pk}/"]
)
def test_what_its_author_deleted_under_a_hold_is_shown_to_nobody(client, as_role, held, address):
    as_role("chief")
    page = client.get(reverse("smeditor:inbox").removesuffix("/inbox/") + address.format(pk=held.pk))
    assert "ferryman sold" not in page.content.decode()


def test_it_stands_in_the_list_of_holds_without_its_words(client, as_role, held):
    as_role("chief")
    page = client.get(reverse("smeditor:legal_holds")).content.decode()
    assert "File 9/2026" in page
    assert "ferryman" not in page


def test_ending_the_hold_erases_it(client, as_role, held):
    as_role("chief")
    client.post(reverse("smeditor:legal_hold_lift", args=[held.pk]))
    assert not ReactionText.objects.filter(reaction=held).exists()


def test_the_reaction_s_page_says_that_it_is_held(client, as_role, ida):
    as_role("chief")
    reaction = ida.reactions.first()
    day = timezone.localdate() + timedelta(days=40)
    client.post(reverse("smeditor:legal_hold", args=[reaction.pk]), {"reason": "File 7", "until": day.isoformat()})
    assert (
        "Kept for a legal claim until" in client.get(reverse("smeditor:reaction", args=[reaction.pk])).content.decode()
    )


def test_a_far_end_is_refused_with_a_sentence(client, as_role, ida):
    as_role("chief")
    reaction = ida.reactions.first()
    answer = client.post(
        reverse("smeditor:legal_hold", args=[reaction.pk]), {"reason": "File 7", "until": "9999-12-31"}
    )
    assert answer.status_code == 200
    assert Reaction.objects.get(pk=reaction.pk).legal_hold_until is None


@pytest.mark.parametrize(("language", "title"), [("en", "What we keep of what you write to us"), ("fr", None)])
def test_everybody_can_read_what_is_kept_and_how_long(client, desk, settings, language, title):
    """The numbers are the settings in force."""
    settings.LANGUAGE_CODE = language
    settings.SMEDITOR = {**settings.SMEDITOR, "RETENTION": {"triaged": 211}}
    page = client.get(reverse("smeditor_retention")).content.decode()
    assert "211" in page
    assert "365" in page
    assert title is None or title in page
