"""The journalist's letter: who gets it, what stands in it, and that it comes once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from smeditor.digests import content, sending
from smeditor.insight.labels import intake
from smeditor.models import (
    Byline,
    Concern,
    ConcernMember,
    CorrectionRequest,
    Digest,
    DigestPreference,
    Reaction,
    ReactionText,
)
from smeditor.networks.base import Presence
from tests.desk_rows import make_account, make_reaction
from tests.listening import double
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
    assert sending.run_due(MORNING) == 1
    assert mail.outbox[0].to == [journalist.email]
    assert QUESTION in mail.outbox[0].body


def test_for_a_letter_only_the_articles_are_read_that_its_reader_may_sign(article, journalist, monkeypatch):
    """The kind: for each journalist every article was read that any reader had answered."""
    other = factories.make_user("other")
    section = article.get_parent().specific
    theirs, unread = (factories.make_article(section, authors=[author]) for author in (other, journalist))
    for page in (article, theirs, unread):
        heard(article=page)
    Byline.objects.filter(article=unread).delete()
    Byline.keep(article.pk, [journalist.pk])
    Byline.keep(theirs.pk, [other.pk])
    adapter, read = content.article_adapter(), []
    facts = adapter.facts
    monkeypatch.setattr(adapter, "facts", lambda page: [read.append(page.pk), facts(page)][1])
    monkeypatch.setattr(content, "article_adapter", lambda: adapter)
    since = MORNING - timedelta(days=1)
    assert {found.page_id for found in content.touched_articles(since, MORNING, journalist)} == {article.pk, unread.pk}
    assert set(read) == {article.pk, unread.pk}
    assert len(content.touched_articles(since, MORNING)) == 3


def test_nobody_gets_the_same_letter_twice(article):
    heard(article=article)
    sending.run_due(MORNING)
    assert sending.run_due(MORNING + timedelta(minutes=5)) == 0


def test_before_the_hour_nothing_goes_out(article):
    early = MORNING.replace(hour=5)
    heard(article=article, at=early - timedelta(hours=2))
    assert sending.run_due(early) == 0


def test_without_news_there_is_no_letter(article):
    assert sending.run_due(MORNING) == 0
    assert mail.outbox == []


def test_who_does_not_want_it_does_not_get_it(article, journalist):
    DigestPreference.objects.create(user=journalist, frequency=DigestPreference.Frequency.NEVER)
    heard(article=article)
    assert sending.run_due(MORNING) == 0


def test_a_weekly_reader_gets_one_a_week(article, journalist):
    DigestPreference.objects.create(user=journalist, frequency=DigestPreference.Frequency.WEEKLY)
    heard(article=article)
    sending.run_due(MORNING)
    heard("Où se trouve le plan de la ligne ?", article=article, at=MORNING + timedelta(hours=20), network="form")
    assert sending.run_due(MORNING + timedelta(days=1)) == 0
    assert sending.run_due(MORNING + timedelta(days=7)) == 1


def test_insults_do_not_reach_the_journalist(article):
    heard("Pauvre conne, pourquoi tu écris ?", article=article)
    heard(article=article)
    sending.run_due(MORNING)
    assert "conne" not in bodies()


def test_a_concern_is_told_with_its_people(article):
    reaction = heard(article=article)
    concern = Concern.objects.create(
        label="La dernière navette part trop tôt", people=5, state=Concern.State.OPEN, article=article,
        last_at=MORNING - timedelta(hours=1),
    )  # fmt: skip
    ConcernMember.objects.create(concern=concern, reaction=reaction)
    sending.run_due(MORNING)
    assert "La dernière navette part trop tôt" in bodies()
    assert "5 " in bodies()


def test_the_letter_keeps_no_copy_of_the_readers_words(article):
    heard(article=article)
    sending.run_due(MORNING)
    digest = Digest.objects.get()
    assert QUESTION not in str(digest.items)


def test_a_mail_server_that_refuses_costs_no_reader_and_says_so(article, settings):
    settings.EMAIL_BACKEND = "tests.digests.broken_mail.Backend"
    heard(article=article)
    assert sending.run_due(MORNING) == 0
    assert Digest.objects.get().problem


def test_a_letter_that_was_interrupted_is_never_sent_again(article, journalist):
    Digest.objects.create(user=journalist, since=MORNING - timedelta(days=1), until=MORNING, state=Digest.State.SENDING)
    Digest.objects.update(created_at=MORNING - timedelta(hours=1))
    sending.run_due(MORNING)
    assert Digest.objects.get().state == Digest.State.FAILED


class EverythingGone(dict):
    def get(self, key, default=None):
        return Presence.DELETED


@pytest.fixture
def gone(settings, monkeypatch):
    """An account on a network that has nothing of what it is asked about."""
    settings.SMEDITOR = {**settings.SMEDITOR, "NETWORKS": {"memory": "tests.listening.double.MemoryNetwork"}}
    square = double.Square()
    square.presence = EverythingGone()
    monkeypatch.setattr(double, "square", square)
    return make_account(handle="paper", network="memory")


def test_a_letter_quotes_nothing_that_the_network_has_just_reported_gone(article, gone):
    """The kind of K1: the first report erases nothing yet, but what is missing is not quoted, by voice, claim or label."""
    asked = heard("Savez-vous pourquoi la ligne B s’arrête au pont ?", article=article, account=gone, network="memory")
    claimed = heard(
        "C’est faux : le pont date de 1931 et non de 1913.", article=article, account=gone, network="memory"
    )
    CorrectionRequest.objects.get_or_create(
        reaction=claimed, article=article, defaults={"claim": "C’est faux : le pont date de 1931"}
    )
    CorrectionRequest.objects.update(created_at=MORNING - timedelta(hours=1))
    raised = heard("La passerelle ferme trop tôt pour les infirmières", article=article, account=gone, network="memory")
    concern = Concern.objects.create(
        label="La passerelle ferme trop tôt", people=4, state=Concern.State.OPEN, article=article,
        last_at=MORNING - timedelta(hours=1), language="fr",
    )  # fmt: skip
    ConcernMember.objects.create(concern=concern, reaction=raised)
    heard("Où achète-t-on les billets du soir ?", article=article, network="form")
    sending.run_due(MORNING)
    assert "billets du soir" in bodies()
    for trace in ("ligne B", "1931", "passerelle"):
        assert trace not in bodies()
    assert Reaction.objects.get(pk=asked.pk).missing_since


def test_what_may_not_be_quoted_makes_room_for_others_who_may(article, gone):
    for number in range(4):
        heard(f"Pourquoi le quai {number} est-il fermé ?", article=article, account=gone, network="memory")
    heard("Où achète-t-on les billets du soir ?", article=article, network="form", at=MORNING - timedelta(hours=5))
    sending.run_due(MORNING)
    assert "billets du soir" in bodies()


def test_a_masked_insult_stays_masked_in_a_letter(article):
    """The kind of K10: what was masked on the desk stood in full in a letter."""
    reaction = heard(article=article)
    ReactionText.objects.filter(reaction=reaction).update(masked=QUESTION.replace("navette", "•••••••"))
    sending.run_due(MORNING)
    assert "navette" not in bodies()
    assert "•••••••" in bodies()
