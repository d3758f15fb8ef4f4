"""The journalist's letter: who gets it, what stands in it, and that it comes once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from smeditor.digests import letters
from smeditor.insight import intake
from smeditor.models import Concern, ConcernMember, Digest, DigestPreference, Reaction
from tests.desk_rows import make_reaction
from tests.newsroom import factories

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 3, 3, 7, 30, tzinfo=UTC)
QUESTION = "Pourquoi la dernière navette part-elle à 21 h ?"


@pytest.fixture(autouse=True)
def zone(settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "TIME_ZONE": "Europe/Paris"}


@pytest.fixture
def journalist():
    return factories.make_user("thomas")


@pytest.fixture
def article(journalist):
    site = factories.make_site()
    return factories.make_article(factories.make_section(site.root_page.specific), authors=[journalist])


def heard(text=QUESTION, at=MORNING - timedelta(hours=3), **fields):
    reaction = make_reaction(text, **fields)
    intake.run_due(at)
    Reaction.objects.filter(pk=reaction.pk).update(collected_at=at)
    return reaction


def bodies() -> str:
    return "\n".join(message.body + message.alternatives[0][0] for message in mail.outbox)


def test_the_author_of_an_article_gets_a_letter_about_its_readers(article, journalist):
    heard(article=article)
    assert letters.run_due(MORNING) == 1
    assert mail.outbox[0].to == [journalist.email]
    assert QUESTION in mail.outbox[0].body


def test_nobody_gets_the_same_letter_twice(article):
    heard(article=article)
    letters.run_due(MORNING)
    assert letters.run_due(MORNING + timedelta(minutes=5)) == 0


def test_before_the_hour_nothing_goes_out(article):
    early = MORNING.replace(hour=5)
    heard(article=article, at=early - timedelta(hours=2))
    assert letters.run_due(early) == 0


def test_without_news_there_is_no_letter(article):
    assert letters.run_due(MORNING) == 0
    assert mail.outbox == []


def test_who_does_not_want_it_does_not_get_it(article, journalist):
    DigestPreference.objects.create(user=journalist, frequency=DigestPreference.Frequency.NEVER)
    heard(article=article)
    assert letters.run_due(MORNING) == 0


def test_a_weekly_reader_gets_one_a_week(article, journalist):
    DigestPreference.objects.create(user=journalist, frequency=DigestPreference.Frequency.WEEKLY)
    heard(article=article)
    letters.run_due(MORNING)
    heard("Où se trouve le plan de la ligne ?", article=article, at=MORNING + timedelta(hours=20))
    assert letters.run_due(MORNING + timedelta(days=1)) == 0
    assert letters.run_due(MORNING + timedelta(days=7)) == 1


def test_insults_do_not_reach_the_journalist(article):
    heard("Pauvre conne, pourquoi tu écris ?", article=article)
    heard(article=article)
    letters.run_due(MORNING)
    assert "conne" not in bodies()


def test_a_concern_is_told_with_its_people(article):
    reaction = heard(article=article)
    concern = Concern.objects.create(
        label="La dernière navette part trop tôt", people=5, state=Concern.State.OPEN, article=article,
        last_at=MORNING - timedelta(hours=1),
    )  # fmt: skip
    ConcernMember.objects.create(concern=concern, reaction=reaction)
    letters.run_due(MORNING)
    assert "La dernière navette part trop tôt" in bodies()
    assert "5 " in bodies()


def test_the_letter_keeps_no_copy_of_the_readers_words(article):
    heard(article=article)
    letters.run_due(MORNING)
    digest = Digest.objects.get()
    assert QUESTION not in str(digest.items)


def test_a_mail_server_that_refuses_costs_no_reader_and_says_so(article, settings):
    settings.EMAIL_BACKEND = "tests.digests.broken_mail.Backend"
    heard(article=article)
    assert letters.run_due(MORNING) == 0
    assert Digest.objects.get().problem


def test_a_letter_that_was_interrupted_is_never_sent_again(article, journalist):
    Digest.objects.create(user=journalist, since=MORNING - timedelta(days=1), until=MORNING, state=Digest.State.SENDING)
    Digest.objects.update(created_at=MORNING - timedelta(hours=1))
    letters.run_due(MORNING)
    assert Digest.objects.get().state == Digest.State.FAILED
