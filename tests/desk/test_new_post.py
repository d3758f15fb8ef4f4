"""A new post, as its editor sees it from the first click on (U3), and what waits for approval afterwards (U5)."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import translation
from wagtail.models import Workflow, WorkflowContentType, WorkflowTask

from smeditor.desk.posts.viewset import approved_sentence
from smeditor.models import Account, FourEyesApprovalTask, Post
from smeditor.permissions.roles import create_roles
from tests.desk import world
from tests.desk.test_actions import DESK, perform

JSON = {"HTTP_ACCEPT": "application/json"}
EMPTY = {
    "text": "",
    "news_class": "news",
    "repeat_times": 1,
    "with_card": "on",
    "variants-TOTAL_FORMS": 0,
    "variants-INITIAL_FORMS": 0,
    "media-TOTAL_FORMS": 0,
    "media-INITIAL_FORMS": 0,
}


@pytest.fixture
def workflow(desk):
    task = FourEyesApprovalTask.objects.create(name="Another pair")
    task.groups.set(create_roles().values())
    made = Workflow.objects.create(name="Approval of posts")
    WorkflowTask.objects.create(workflow=made, task=task)
    kind = ContentType.objects.get_for_model(Post)
    WorkflowContentType.objects.update_or_create(content_type=kind, defaults={"workflow": made})
    return made


def test_the_places_that_autosave_fills_are_there_before_the_first_saving(client, as_role, desk):
    as_role(DESK)
    page = client.get(reverse("smeditor_posts:add")).content.decode()
    saved = client.post(reverse("smeditor_posts:add"), {**EMPTY, "text": "First words"}, **JSON).json()
    partial = client.get(saved["hydrate_url"]).content.decode()
    for name in ("preflight", "deliveries"):
        assert f'data-side-panel="{name}"' in page
        assert f"[data-side-panel='{name}']" in partial


def test_choosing_an_article_and_leaving_makes_no_empty_draft(client, as_role, desk):
    as_role(DESK)
    before = Post.objects.count()
    answer = client.post(reverse("smeditor_posts:add"), {**EMPTY, "article": desk.article.pk}, **JSON)
    assert answer.status_code == 400
    assert Post.objects.count() == before


def test_a_chosen_article_gives_link_and_first_text(client, as_role, desk):
    as_role(DESK)
    facts = client.get(reverse("smeditor:post_about", args=[desk.article.pk])).json()
    assert facts["link"] == desk.article.full_url
    assert desk.article.title in facts["text"]
    assert client.get(reverse("smeditor:post_about", args=[10**17])).status_code == 404


def test_the_thanks_for_a_correction_really_wait_for_approval_and_home_says_so(client, as_role, desk, workflow):
    as_role(DESK)
    perform(client, "correction", desk.correction.pk, verdict="fixed", thanks="Thank you, it is mended.")
    thanks = Post.objects.filter(kind="reply").latest("pk")
    assert thanks.workflow_in_progress
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "?stage=waiting" in home
    assert "post waits for approval" in home


def test_the_only_account_is_ticked_from_the_start_and_of_two_none(client, as_role, desk):
    """A newcomer's first post was approved for no account at all."""
    as_role(DESK)
    Account.objects.exclude(pk=desk.account.pk).update(sends=False)
    box = f'name="accounts" value="{desk.account.pk}"'
    page = client.get(reverse("smeditor_posts:add")).content.decode()
    assert "checked" in page[page.index(box) : page.index(">", page.index(box))]
    other = world.make_account("other")
    page = client.get(reverse("smeditor_posts:add")).content.decode()
    assert f'name="accounts" value="{other.pk}"' in page
    assert "checked" not in page[page.index(box) : page.index(">", page.index(box))]


def test_approving_for_no_account_says_that_it_goes_nowhere(desk):
    with translation.override("en"):
        assert approved_sentence(world.make_post()).startswith("Approved, but it goes nowhere yet")
