"""The desk on Wagtail's home page, from the first day on: one state at a time, and what to do in it."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.admin.views.home import WorkflowObjectsToModeratePanel
from wagtail.models import Workflow, WorkflowTask

from smeditor.desk.alert_history import span
from smeditor.desk.home_workflows import ModerationPanel
from smeditor.insight.alerts.watch import Rehearsal
from smeditor.models import Account, Delivery, Desk, Heartbeat, Post, Role
from smeditor.models.approval import SHOWN_ON_HOME, FourEyesApprovalTask
from smeditor.permissions.roles import create_roles
from tests.desk import world

SENT = {"state": Delivery.State.SENT, "sent_at": datetime(2026, 3, 10, 12, tzinfo=UTC)}


def panel(client) -> BeautifulSoup:
    page = BeautifulSoup(client.get(reverse("wagtailadmin_home")).content, "html.parser")
    return page.find(id="smeditor-desk-content") or page.find(id="smeditor-desk")


@pytest.fixture
def chief(db, client, settings):
    settings.LANGUAGE_CODE = "en"
    user = world.make_user("nora", Role.CHIEF)
    client.force_login(user)
    return user


def beat(ago: timedelta) -> None:
    Heartbeat.objects.create(name="worker:one", kind="worker", seen_at=timezone.now() - ago)


def test_an_empty_newsroom_is_led_to_its_first_account_and_not_told_that_all_is_quiet(chief, client):
    """U8: a red line above "All is quiet" message two things at once, and neither what to do."""
    shown = panel(client)
    assert [link["href"] for link in shown.select(".sme-steps a")] == [reverse("smeditor_accounts:add")]
    assert not shown.select(".sme-pulse--red")
    assert "All is quiet" not in shown.text
    assert "smeditor_worker" in shown.text


def test_with_an_account_the_next_step_is_the_first_post(chief, client):
    world.make_account()
    beat(timedelta(seconds=3))
    assert [link["href"] for link in panel(client).select(".sme-steps a")] == [reverse("smeditor_posts:add")]


def test_a_first_post_that_goes_nowhere_is_the_next_step(chief, client):
    """It was approved without an account, and the panel held its peace: no post ever went out."""
    world.make_account()
    post = world.make_post(created_by=chief)
    beat(timedelta(seconds=3))
    edit = reverse("smeditor_posts:edit", args=[post.pk])
    assert [link["href"] for link in panel(client).select(".sme-steps a")] == [edit]


def test_who_may_not_approve_is_not_sent_to_the_first_post(db, client):
    world.make_post(accounts=[world.make_account()])
    client.force_login(world.make_user("samir", Role.SOCIAL_EDITOR))
    assert not panel(client).select(".sme-steps a")


def test_roles_that_nobody_set_up_are_a_step_of_their_own(db, client, settings):
    settings.LANGUAGE_CODE = "en"
    client.force_login(get_user_model().objects.create_superuser("root"))
    assert "smeditor_setup" in panel(client).text
    create_roles()
    assert "smeditor_setup" not in panel(client).text


def test_a_first_post_that_is_on_its_way_is_watched(chief, client):
    account = world.make_account()
    delivery = world.make_delivery(world.make_post(accounts=[account], created_by=chief), account)
    beat(timedelta(seconds=3))
    [step] = panel(client).select(".sme-steps a")
    assert step["href"] == reverse("smeditor:delivery", args=[delivery.pk])


def test_once_a_post_went_out_nothing_is_left_to_begin_with(chief, client):
    account = world.make_account()
    world.make_delivery(world.make_post(accounts=[account], created_by=chief), account, **SENT)
    beat(timedelta(seconds=3))
    shown = panel(client)
    assert not shown.select(".sme-steps")
    assert "All is quiet" in shown.text


def test_a_worker_that_stopped_is_red_and_then_not_all_is_quiet(chief, client):
    account = world.make_account()
    world.make_delivery(world.make_post(accounts=[account], created_by=chief), account, **SENT)
    beat(timedelta(minutes=9))
    shown = panel(client)
    assert shown.select(".sme-pulse--red")
    assert "All is quiet" not in shown.text


@pytest.mark.parametrize(
    ("weeks", "content"),
    [(0.0, ""), (0.02, ""), (1 / 7, "1 day"), (0.5, "3 days"), (1.99, "13 days"), (2.2, "2 weeks"), (5.9, "6 weeks")],
)
def test_a_history_of_less_than_a_day_is_none_and_no_span_is_zero(weeks, content):
    """U8: the page message "the last 0.0 weeks"."""
    with translation.override("en"):
        assert span(Rehearsal(rows=[], weeks=weeks, scopes=[])) == content


def test_it_asks_nothing_of_who_has_no_part_in_it(db, client):
    user = world.make_user("otto")
    client.force_login(user)
    assert not Account.objects.exists()
    assert not Post.objects.exists()
    assert panel(client) is None


def submit_many(user) -> None:
    workflow = Workflow.objects.create(name="Posts")
    task = FourEyesApprovalTask.objects.create(name="Four eyes")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    for number in range(SHOWN_ON_HOME + 3):
        workflow.start(world.make_post(f"Post {number} of many", accounts=[]), user)


def home_page(client) -> BeautifulSoup:
    return BeautifulSoup(client.get(reverse("wagtailadmin_home")).content, "html.parser")


def test_what_one_has_submitted_is_listed_short(chief, client, django_assert_max_num_queries):
    """Wagtail reads each line of that panel by itself: a hundred posts that wait cost a thousand queries."""
    submit_many(chief)
    with django_assert_max_num_queries(150):
        page = home_page(client)
    assert len([row for row in page.find_all("tr") if "of many" in row.text]) == SHOWN_ON_HOME


@pytest.mark.parametrize(
    ("superuser", "message"),
    [(True, "3 more are in the report of workflows"), (False, "3 more")],
    ids=["with rights to pages", "without"],
)
def test_the_rest_of_what_one_has_submitted_is_a_click_away_that_one_may_make(db, client, settings, superuser, message):
    settings.LANGUAGE_CODE = "en"
    user = world.make_user("nora", Role.CHIEF, is_superuser=superuser)
    client.force_login(user)
    submit_many(user)
    [more] = [link for link in home_page(client).select("a.sme-more") if " ".join(link.text.split()) == message]
    assert client.get(more["href"]).status_code == 200


def submit_unlike_ones(user) -> None:
    """Posts in review, as they differ: one's own under four eyes, another desk's, on no account; the last was submitted twice."""
    workflow = Workflow.objects.create(name="Posts")
    for place in range(2):
        task = FourEyesApprovalTask.objects.create(name=f"Task {place}")
        task.groups.set(user.groups.all())
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=place)
    other = world.make_account("other", desk=Desk.objects.create(name="Other", slug="other"))
    strict = world.make_account("strict", approval=Account.Approval.FOUR_EYES)
    colleague = world.make_user("colleague", Role.SOCIAL_EDITOR)
    for accounts, author in [([other], colleague), ([strict], user), ([strict], colleague), ([], user)]:
        post = world.make_post(f"Post of {author}", accounts=accounts, created_by=author)
        state = workflow.start(post, user)
    state.current_task_state.reject(user=user)
    state.resume(user)


@pytest.mark.parametrize("role", [Role.CHIEF, Role.DESK_EDITOR])
def test_what_waits_for_review_looks_as_in_wagtails_own_panel(db, client, rf, role):
    user = world.make_user("nora", role)
    submit_unlike_ones(user)
    request = rf.get("/admin/")
    request.user = user
    ours, wagtails = (
        BeautifulSoup(panel_class().render_html({"request": request, "csrf_token": "x"}), "html.parser")
        for panel_class in (ModerationPanel, WorkflowObjectsToModeratePanel)
    )
    assert ours.find_all("tr")
    assert ours.get_text(" ", strip=True) == wagtails.get_text(" ", strip=True)
    urls = [[row["data-workflow-action-url"] for row in page.select("button[data-workflow-action-url]")]
            for page in (ours, wagtails)]  # fmt: skip
    assert urls[0] == urls[1]
    assert any("/approve/" in url for url in urls[0])
    edits = [[link["href"] for link in page.select(".title-wrapper a")] for page in (ours, wagtails)]
    assert edits[0] == edits[1]
    assert 0 < len(edits[0]) <= len(ours.select(".title-wrapper"))


@pytest.mark.parametrize("role", [Role.CHIEF, Role.DESK_EDITOR])
def test_of_many_posts_each_may_be_done_what_may_be_done_to_it_alone(db, role):
    user = world.make_user("nora", role)
    submit_unlike_ones(user)
    posts, task = list(Post.objects.all()), FourEyesApprovalTask.objects.first()
    assert task.actions_of(posts, user) == [task.get_actions(post, user) for post in posts]


@pytest.mark.parametrize("role", [Role.CHIEF, Role.DESK_EDITOR])
def test_the_home_page_asks_as_often_however_many_posts_wait(db, client, settings, role):
    settings.LANGUAGE_CODE = "en"
    user = world.make_user("nora", role)
    client.force_login(user)
    desk = Desk.objects.create(name="Own", slug="own")
    desk.members.add(user)

    def queries() -> int:
        home_page(client)  # what is cached once does not count
        with CaptureQueriesContext(connection) as asked:
            home_page(client)
        return len(asked)

    workflow = Workflow.objects.create(name="Posts")
    task = FourEyesApprovalTask.objects.create(name="Four eyes")
    task.groups.set(user.groups.all())
    WorkflowTask.objects.create(workflow=workflow, task=task)
    counted = []
    for more in (1, SHOWN_ON_HOME - 1):
        for number in range(more):
            account = world.make_account(f"a{more}-{number}", desk=desk, approval=Account.Approval.FOUR_EYES)
            workflow.start(world.make_post(f"Post {number}", accounts=[account]), user)
        counted.append(queries())
    assert counted[0] == counted[1]
    assert "Awaiting your review" in home_page(client).text
