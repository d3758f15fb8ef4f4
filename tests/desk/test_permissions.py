"""Every address of the desk, asked by every role: who may, sees; who may not, is turned away. Nothing is inline."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from smeditor.desk import delivery_bulk, queue_bulk, urls
from smeditor.models import Approval, Byline, ConcernEdit
from tests.networks.doubles.consent_lab.network import NETWORKS

CHIEF, SOCIAL, JOURNALIST, MODERATOR, NOBODY = (
    "chief",
    "social_editor",
    "journalist",
    "moderator",
    None,
)
READERS = {CHIEF, SOCIAL, JOURNALIST, MODERATOR}
SENDERS = {CHIEF, SOCIAL}
TIP_READERS = {CHIEF}

# name of the address -> (name of the thing in the world or "", who may)
PAGES = {
    "account_networks": ("", {CHIEF}),
    "account_network": ("network", {CHIEF}),
    "account_app": ("network", {CHIEF}),
    "account_return": ("network", {CHIEF}),
    "account_consent": ("pending", {CHIEF}),
    "account_choose": ("pending", {CHIEF}),
    "account_disconnect": ("account", {CHIEF}),
    "alerts": ("", READERS),
    "alerts_results": ("", READERS),
    "alert": ("alert", READERS),
    "alert_history": ("", READERS),
    "alert_participation": ("alert", READERS),
    "article_participation": ("article", READERS),
    "checks": ("", SENDERS),
    "concern_matches": ("", READERS),
    "concern_questions": ("", SENDERS),
    "concern_question": ("question", SENDERS),
    "labels_json": ("", {CHIEF}),
    "trained_models": ("", SENDERS),
    "model": ("label", SENDERS),
    "reruns": ("", SENDERS),
    "article": ("article", READERS),
    "articles": ("", READERS),
    "articles_results": ("", READERS),
    "concerns": ("", READERS),
    "concerns_results": ("", READERS),
    "concern": ("concern", READERS),
    "concern_answer": ("concern", SENDERS),
    "concern_tighter": ("concern", SENDERS),
    "concern_broader": ("concern", SENDERS),
    "concern_approve": ("concern", SENDERS),
    "corrections": ("", READERS),
    "corrections_results": ("", READERS),
    "correction": ("correction", READERS),
    "deliveries": ("", SENDERS),
    "deliveries_results": ("", SENDERS),
    "late": ("", SENDERS),
    "library": ("", {CHIEF, SOCIAL, JOURNALIST}),
    "library_results": ("", {CHIEF, SOCIAL, JOURNALIST}),
    "results": ("", SENDERS),
    "results_results": ("", SENDERS),
    "post_corrections": ("", SENDERS),
    "post_corrections_results": ("", SENDERS),
    "post_correction": ("task", SENDERS),
    "article_correct": ("article", SENDERS),
    "delivery": ("delivery", SENDERS),
    "delivery_json": ("delivery", SENDERS),
    "digests": ("", {CHIEF, JOURNALIST}),
    "digests_results": ("", {CHIEF, JOURNALIST}),
    "digest_next": ("", {CHIEF, JOURNALIST}),
    "read_afterwards": ("", SENDERS),
    "fast_lane": ("post", SENDERS),
    "inbox": ("", READERS),
    "inbox_results": ("", READERS),
    "reaction": ("reaction", READERS),
    "tips": ("", TIP_READERS),
    "tips_results": ("", TIP_READERS),
    "tip": ("tip", TIP_READERS),
    "tip_queue": ("", READERS),
    "delivery_delete": ("delivery", {CHIEF}),
    "post_suggest": ("", {CHIEF, SOCIAL, JOURNALIST}),
    "post_search_marks": ("", {CHIEF, SOCIAL, JOURNALIST}),
    "post_good_times": ("", {CHIEF, SOCIAL, JOURNALIST}),
    "article_rules": ("article", SENDERS),
    "rule_what_if": ("rule", SENDERS),
    "rule_run": ("run", SENDERS),
    "post_drift": ("post", {CHIEF, SOCIAL, JOURNALIST}),
    "post_about": ("article", {CHIEF, SOCIAL, JOURNALIST}),
    "tip_seal": ("reaction", READERS),
    "calendar": ("", SENDERS),
    "clashes": ("", SENDERS),
    "handovers": ("", SENDERS),
    "handovers_results": ("", SENDERS),
    "handover_new": ("", SENDERS),
    "handover": ("handover", SENDERS),
    "legal_holds": ("", {CHIEF}),
    "legal_holds_results": ("", {CHIEF}),
    "legal_hold": ("reaction", {CHIEF}),
    "reader_erase": ("", {CHIEF}),
}
OWN_DIGESTS = {"digest": ("digest", {CHIEF})}
ACTIONS = {
    "account_begin": ("network", {CHIEF}),
    "account_reconnect": ("account", {CHIEF}),
    "account_test": ("account", {CHIEF}),
    "account_test_delete": ("account", {CHIEF}),
    "account_verify": ("account", {CHIEF}),
    "account_pause": ("account", {CHIEF}),
    "account_resume": ("account", {CHIEF}),
    "alert_seen": ("alert", SENDERS),
    "alert_nothing": ("alert", SENDERS),
    "alert_snooze": ("alert", SENDERS),
    "alert_switch": ("", {CHIEF}),
    "check_set": ("", {CHIEF}),
    "concern_match_accept": ("match", SENDERS),
    "concern_match_reject": ("match", SENDERS),
    "concern_question_same": ("question", SENDERS),
    "concern_question_different": ("question", SENDERS),
    "concern_question_skip": ("question", SENDERS),
    "concern_move": ("concern", SENDERS),
    "concern_reopen": ("concern", SENDERS),
    "label_undo": ("", {CHIEF, SOCIAL, MODERATOR}),
    "model_rebuild": ("label", {CHIEF}),
    "model_promote": ("label", {CHIEF}),
    "model_demote": ("label", {CHIEF}),
    "rerun_apply": ("", {CHIEF}),
    "rerun_undo": ("rerun", {CHIEF}),
    "concern_rename": ("concern", SENDERS),
    "concern_assign": ("concern", SENDERS),
    "concern_merge": ("concern", SENDERS),
    "concern_split": ("concern", SENDERS),
    "concern_decline": ("concern", SENDERS),
    "concern_undo": ("edit", SENDERS),
    "concern_take": ("reaction", SENDERS),
    "concern_approve_all": ("concern", SENDERS),
    "post_correction_begin": ("task", SENDERS),
    "post_correction_decline": ("task", SENDERS),
    "post_correction_reopen": ("task", SENDERS),
    "library_use": ("entry", {CHIEF, SOCIAL, JOURNALIST}),
    "library_forget": ("entry", SENDERS),
    "post_keep": ("post", SENDERS),
    "delivery_there": ("delivery", SENDERS),
    "delivery_not_there": ("delivery", SENDERS),
    "delivery_send": ("delivery", SENDERS),
    "delivery_drop": ("delivery", SENDERS),
    "delivery_move": ("delivery", SENDERS),
    "delivery_again": ("delivery", {CHIEF}),
    "reviewed": ("approval", {CHIEF}),
    "hold_lift": ("hold", SENDERS),
    "post_hold": ("post", SENDERS),
    "clashes_hold": ("", SENDERS),
    "clashes_leave": ("", SENDERS),
    "clash_undo": ("proposal", SENDERS),
    "legal_hold_lift": ("reaction", {CHIEF}),
    "inbox_undo": ("", {CHIEF, SOCIAL, MODERATOR}),
    "reaction_label": ("reaction", {CHIEF, SOCIAL, MODERATOR}),
    "reaction_move": ("reaction", {CHIEF, SOCIAL, MODERATOR}),
    "reaction_attach": ("reaction", {CHIEF, SOCIAL, MODERATOR}),
    "reaction_assign": ("reaction", {CHIEF, SOCIAL, MODERATOR}),
    "reaction_operate": ("reaction", {CHIEF, SOCIAL, MODERATOR}),
    "source_poll": ("source", SENDERS),
    "post_compose": ("", {CHIEF, SOCIAL, JOURNALIST}),
    "post_count": ("", {CHIEF, SOCIAL, JOURNALIST, MODERATOR}),
    "rule_run_undo": ("run", SENDERS),
    "post_drift_take": ("post", {CHIEF, SOCIAL, JOURNALIST}),
    "post_drift_leave": ("post", {CHIEF, SOCIAL, JOURNALIST}),
    "tip_name": ("tip", TIP_READERS),
    "tip_state": ("tip", TIP_READERS),
}
ROLES = [CHIEF, SOCIAL, JOURNALIST, MODERATOR, NOBODY]
LISTS = [
    "smeditor_accounts",
    "smeditor_rules",
    "smeditor_replies",
    "smeditor_word_lists",
    "smeditor_desks",
    "smeditor_sources",
    "smeditor_holds",
    "smeditor_topic_clashes",
]
INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>|<style|\sstyle=|\son[a-z]+=", re.I)


@pytest.fixture(autouse=True)
def lab(settings):
    """A network with a consent screen is installed."""
    settings.SMEDITOR = {**settings.SMEDITOR, "NETWORKS": NETWORKS}


def edit_of(concern):
    return ConcernEdit.objects.get_or_create(concern=concern, operation=ConcernEdit.Operation.DECLINE)[0]


def approval_of(post):
    fields = {"review": Approval.Review.WAITING, "at": timezone.now()}
    return Approval.objects.get_or_create(post=post, defaults=fields)[0]


def address(desk, name, thing):
    made = {"edit": lambda: edit_of(desk.concern), "approval": lambda: approval_of(desk.post)}
    row = made[thing]() if thing in made else getattr(desk, thing) if thing else None
    return reverse(f"smeditor:{name}", args=[getattr(row, "pk", row)] if thing else [])


def turned_away(response):
    return response.status_code == 403 or (
        response.status_code == 302
        and response.url.startswith(("/admin/login", "/admin/?", reverse("wagtailadmin_home")))
        and response.url in {reverse("wagtailadmin_home")} | {response.url if "login" in response.url else ""}
    )


def test_no_address_is_missing_from_these_tables():
    named = {pattern.name for pattern in urls.urlpatterns}
    assert named == set(PAGES) | set(ACTIONS) | set(OWN_DIGESTS)


@pytest.mark.parametrize("role", ROLES)
def test_pages_open_for_those_who_may_and_for_nobody_else(desk, client, as_role, role):
    user = as_role(*([role] if role else []))
    Byline.objects.create(article=desk.article, user=user)  # a journalist reads the reactions to their own stories
    wrong = {}
    for name, (thing, may) in {**PAGES, **OWN_DIGESTS}.items():
        response = client.get(address(desk, name, thing))
        opened = response.status_code == 200
        refused = turned_away(response) or (name == "digest" and response.status_code == 404)
        if opened != (role in may) or (not opened and not refused):
            wrong[name] = response.status_code
    assert wrong == {}


@pytest.mark.parametrize("role", ROLES)
def test_acts_turn_away_those_who_may_not(desk, client, as_role, role):
    as_role(*([role] if role else []))
    let_in = [
        name
        for name, (thing, may) in ACTIONS.items()
        if role not in may and not turned_away(client.post(address(desk, name, thing)))
    ]
    assert let_in == []


@pytest.mark.parametrize("role", ROLES)
def test_bulk_actions_turn_away_those_who_may_not(desk, client, as_role, role):
    as_role(*([role] if role else []))
    for action in (*delivery_bulk.ACTIONS, *queue_bulk.ACTIONS):
        url = reverse("wagtail_bulk_action", args=["smeditor", "delivery", action.action_type])
        may = {CHIEF} if action.action_type == "delete_remote" else SENDERS
        for response in (client.get(url, {"id": desk.delivery.pk}), client.post(f"{url}?id={desk.delivery.pk}")):
            assert turned_away(response) == (role not in may), action


def test_acts_change_nothing_by_a_link(desk, client, as_role):
    as_role(CHIEF)
    opened = [
        name for name, (thing, _may) in ACTIONS.items() if client.get(address(desk, name, thing)).status_code != 405
    ]
    assert opened == []


def test_nobody_outside_sees_anything(desk, client):
    for name, (thing, _may) in {**PAGES, **OWN_DIGESTS}.items():
        response = client.get(address(desk, name, thing))
        assert response.status_code == 302, name
        assert "login" in response.url, name


@pytest.mark.parametrize("namespace", LISTS)
def test_the_model_listings_need_a_permission(desk, client, as_role, namespace):
    as_role(MODERATOR) if namespace != "smeditor_replies" else as_role()
    assert turned_away(client.get(reverse(f"{namespace}:index")))


@pytest.mark.parametrize("namespace", LISTS)
def test_the_model_listings_and_forms_open_for_a_chief(desk, client, as_role, namespace):
    as_role(CHIEF)
    assert client.get(reverse(f"{namespace}:index")).status_code == 200
    if namespace == "smeditor_accounts":
        assert client.get(reverse(f"{namespace}:add")).url == reverse("smeditor:account_networks")
        assert client.get(reverse(f"{namespace}:add"), {"network": "mastodon"}).status_code == 200
    elif namespace != "smeditor_holds":
        assert client.get(reverse(f"{namespace}:add")).status_code == 200


def main_part(response):
    """The page without Wagtail's own furniture, which carries scripts of its own."""
    html = response.content.decode()
    start = html.find("<main")
    return html[start : html.find("</main>", start)]


def test_no_page_of_ours_holds_a_script_or_a_style_of_its_own(desk, client, as_role):
    as_role(CHIEF)
    wrong = {}
    for name, (thing, may) in PAGES.items():
        if CHIEF in may and not name.endswith(("_results", "_json")):
            found = INLINE.findall(main_part(client.get(address(desk, name, thing))))
            if found:
                wrong[name] = found
    assert wrong == {}
