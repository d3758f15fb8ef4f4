"""Insight in a real browser, in both languages: explain, relabel, merge, split, undo, and what was learned."""

import pytest
from django.utils import timezone
from wagtail.users.models import UserProfile

from smeditor.insight.labels import intake, trained_models
from smeditor.models import Concern, Reaction, ReactionLabel
from tests.browser.conftest import log_in
from tests.desk import world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = "Il y a une erreur dans votre article : c'est 2019, pas 2018."


@pytest.fixture(params=["en", "fr"])
def page(request, desk, open_page):
    """The desk as an editor who reads English sees it, then one who reads French."""
    user = world.make_user("nora", "chief", first_name="Nora", last_name="Bell")
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": request.param})
    page = open_page(1280, request.param)
    log_in(page, "nora")
    return page


def submit(page, selector):
    with page.expect_navigation():
        page.click(selector)


def test_explain_relabel_and_take_back(desk, page):
    reaction = world.make_reaction(TEXT, account=desk.account, article=desk.article, language="fr")
    intake.run_due(timezone.now())
    page.goto(f"/admin/smeditor/inbox/{reaction.pk}/")
    assert "names-an-error" in page.inner_text(".sme-reasons")
    page.shot("explain")
    rows = ReactionLabel.objects.filter(reaction=reaction, label="correction")
    submit(page, ".sme-reason:has(.sme-label--correction) button")
    assert not rows.get().present
    submit(page, "form[action$='undo-label/'] button")
    assert (rows.get().present, rows.get().by) == (True, "rules")


def test_merge_split_and_undo(desk, page):
    other = world.make_concern([world.make_reaction("Is there a lift?")], "Is there a lift?")
    page.goto(f"/admin/smeditor/concerns/{desk.concern.pk}/")
    page.shot("concern-before")
    page.select_option("#sme-merge-into", str(other.pk))
    submit(page, "form[action$='/merge/'] button")
    assert Concern.objects.get(pk=other.pk).size == 4
    page.shot("concern-merged")
    submit(page, ".sme-log form button")
    assert Concern.objects.get(pk=other.pk).size == 1
    page.goto(f"/admin/smeditor/concerns/{desk.concern.pk}/")
    page.check(f"input[name=reaction][value='{desk.reaction.pk}']")
    submit(page, "form[action$='/split/'] button:not([formaction])")
    alone = Reaction.objects.get(pk=desk.reaction.pk).concern_member.concern
    assert alone.pk != desk.concern.pk
    page.shot("concern-split")
    submit(page, ".sme-log li:first-child form button")
    assert Reaction.objects.get(pk=desk.reaction.pk).concern_member.concern_id == desk.concern.pk


def test_what_was_learned_replayed_alerted_and_proposed_has_its_screen(desk, page):
    for number in range(12):
        intake.relabel(world.make_reaction(f"mirliton bridge {number}"), "question", number % 2 == 0, desk.author)
    trained_models.retrain("question")
    wide = {}
    screens = ["learned", "learned/question", "replays", "alerts/history", "concerns/proposals", "tips/possible"]
    screens += [f"alerts/{desk.alert.pk}", f"articles/{desk.article.pk}/voices"]
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for screen in screens:
            page.goto(f"/admin/smeditor/{screen}/")
            page.shot(f"{screen.replace('/', '-')}-{width}")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide[screen, width] = True
            assert page.locator("main h1, main [role=heading], header h1").count() >= 1
    assert wide == {}
