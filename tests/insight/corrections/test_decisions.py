"""A decision on a claimed error: the verdict for all who ask the same, the erratum once, thanks to whom it harms not."""

import pytest

from smeditor.insight.corrections import decisions
from smeditor.insight.corrections.decisions import ErratumOutcome, decide
from smeditor.models import CorrectionRequest, Label, Post, ReactionLabel
from tests.desk_rows import make_account, make_reaction

pytestmark = pytest.mark.django_db
Verdict = CorrectionRequest.Verdict


class Host:
    """An article adapter that takes errata, and counts them."""

    def __init__(self) -> None:
        self.errata: list[str] = []

    def add_correction(self, page, text, user) -> None:
        self.errata.append(text)


@pytest.fixture
def host(monkeypatch):
    adapter = Host()
    monkeypatch.setattr(decisions, "article_adapter", lambda: adapter)
    return adapter


@pytest.fixture
def claim(article):
    return CorrectionRequest.objects.create(article=article, claim="It was 1987, not 1978.")


@pytest.fixture
def chief(django_user_model):
    return django_user_model.objects.create_superuser("chief", "chief@paper.example")


def test_the_verdict_holds_for_those_who_ask_the_same(claim, chief):
    same = CorrectionRequest.objects.create(article=claim.article, claim="1987!", similar_to=claim)
    decide(claim, chief, Verdict.DECLINED, reason="The archive says 1978.")
    for request in (claim, same):
        request.refresh_from_db()
        assert (request.verdict, request.reason) == (Verdict.DECLINED, "The archive says 1978.")
        assert request.decided_by == chief


def test_an_erratum_goes_into_the_draft_once(claim, chief, host):
    outcomes = [decide(claim, chief, Verdict.FIXED, erratum="The year is 1987.").erratum for _ in range(2)]
    assert outcomes == [ErratumOutcome.DRAFTED, None]
    assert host.errata == ["The year is 1987."]


def test_whoever_may_not_edit_the_article_puts_nothing_into_it(claim, django_user_model, host):
    stranger = django_user_model.objects.create_user("stranger", "stranger@paper.example")
    decision = decide(claim, stranger, Verdict.FIXED, erratum="The year is 1987.")
    assert decision.erratum == ErratumOutcome.NOT_ALLOWED
    assert host.errata == []


def test_a_host_that_takes_no_errata_is_told_apart(claim, chief, monkeypatch):
    monkeypatch.setattr(decisions, "article_adapter", object)
    assert decide(claim, chief, Verdict.FIXED, erratum="1987.").erratum == ErratumOutcome.NOT_OFFERED


def test_thanks_are_drafted_and_never_approved(claim, chief):
    reader = make_reaction("It was 1987.", account=make_account())
    decision = decide(claim, chief, Verdict.FIXED, thanks="Thank you.", reactions=[reader])
    assert [(post.in_reply_to, post.live) for post in decision.thanks] == [(reader, False)]
    assert claim.thanked_at


def test_whoever_may_be_an_informant_is_not_thanked_in_public(claim, chief):
    """The kind of K8: an answer in public shows everybody that a source spoke to the newsroom."""
    reader = make_reaction("I signed it: it was 1987.", account=make_account())
    ReactionLabel.objects.create(reaction=reader, label=Label.TIP)
    assert decide(claim, chief, Verdict.FIXED, thanks="Thank you.", reactions=[reader]).thanks == []
    assert claim.thanked_at is None
    assert not Post.objects.exists()
