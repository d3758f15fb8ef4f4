"""Each index is there for a statement that uses it, on both engines, however much lies beside what is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model
from django.test import RequestFactory

from smeditor.conversations import reader_operations
from smeditor.desk import counts
from smeditor.desk.concern_forms import offered_to
from smeditor.desk.concerns import central
from smeditor.desk.inbox.listing import Inbox
from smeditor.desk.planning.handovers import last_note
from smeditor.desk.posts.filters import PostFilterSet
from smeditor.digests.content import touched_articles
from smeditor.insight.alerts import tallies, watch
from smeditor.insight.concerns import asking, calibration, comparing, membership
from smeditor.insight.labels import intake, trained_models
from smeditor.insight.labels.rerun import older_than
from smeditor.insight.meaning import stored
from smeditor.insight.tips import sealing
from smeditor.listening import own, plan, reader_search, recheck, threads, webhooks
from smeditor.listening import results as measurements
from smeditor.listening.batch import Origin
from smeditor.models import (
    Account,
    Approval,
    ArticleDrift,
    CheckResult,
    Concern,
    ConcernMember,
    ConcernQuestion,
    Conversation,
    CorrectionRequest,
    Delivery,
    DeliveryResult,
    Hold,
    HoldProposal,
    Label,
    LibraryEntry,
    LinkCheck,
    OutgoingMention,
    Part,
    Post,
    PostCorrection,
    PublishedArticle,
    Reaction,
    ReactionFingerprint,
    ReactionLabel,
    ReactionOperation,
    ReactionText,
    Reader,
    ReceivedMention,
    Rule,
    RuleRun,
    SensitiveEvent,
    Source,
    Tally,
    TextVector,
    WebhookEvent,
)
from smeditor.permissions.visibility import (
    concerns_visible_to,
    corrections_visible_to,
    deliveries_visible_to,
    library_visible_to,
    post_corrections_visible_to,
    posts_in_thread,
    posts_visible_to,
    proposals_visible_to,
    reactions_visible_to,
    results_visible_to,
)
from smeditor.publishing import clashes, corrections, holds, rules
from smeditor.publishing.checks import link_asking, record
from smeditor.publishing.engine import claim, follow
from tests import mention_plans, past_rows
from tests.layers import Layer
from tests.past_rows import LONG_AGO, NOW, ago, delivery, handovers, question, reaction, reader, root, source
from tests.plans import index_names, plans_of, refresh_statistics

pytestmark = pytest.mark.django_db
ROWS = 2_000
ALL = User(is_superuser=True, is_active=True)


def make_past() -> None:
    accounts = _made(
        Account, (Account(network="mastodon", handle=f"a{n}", server_url="https://a.example") for n in range(20))
    )
    readers = _made(Reader, (reader(n) for n in range(ROWS // 10)))
    posts = _made(
        Post, (Post(text=f"post {n}", live=True, article_key=n, first_published_at=LONG_AGO) for n in range(ROWS))
    )
    _made(Approval, (Approval(post=post, text_hash="0" * 64, at=LONG_AGO) for post in posts))
    deliveries = _made(Delivery, (delivery(n, post, accounts[n % 20]) for n, post in enumerate(posts)))
    _made(Part, (Part(delivery=row, remote_id=f"remote-{row.pk}") for row in deliveries))
    handovers(ROWS)
    _made(ArticleDrift, (ArticleDrift(post=post, state="left", found_at=NOW) for post in posts))
    _made(LibraryEntry, (LibraryEntry(post=post, kept_at=ago(n)) for n, post in enumerate(posts)))
    _made(
        DeliveryResult,
        (DeliveryResult(delivery=row, account_id=row.account_id, sent_at=ago(n)) for n, row in enumerate(deliveries)),
    )
    _made(
        PostCorrection,
        (
            PostCorrection(
                delivery=row, article_key=n, cause="unpublished", state="done", opened_at=ago(n), closed_at=ago(n)
            )
            for n, row in enumerate(deliveries)
        ),
    )
    _made(
        CheckResult,
        (CheckResult(post=post, code="tone", severity="warning", at=NOW, outcome="changed") for post in posts),
    )
    _made(LinkCheck, (LinkCheck(key=f"{n:064}", url="https://a.example", asked_at=NOW) for n in range(ROWS)))
    _made(Hold, (Hold(scope="all", reason="over", lifted_at=LONG_AGO) for _n in range(ROWS)))
    events = _made(
        SensitiveEvent,
        (
            SensitiveEvent(article_key=n, noticed_at=LONG_AGO, active_until=LONG_AGO, checked_at=LONG_AGO)
            for n in range(ROWS)
        ),
    )
    _made(HoldProposal, (past_rows.proposal(n, event, posts[n]) for n, event in enumerate(events)))
    past_rows.rule_runs(ROWS)
    _made(PublishedArticle, (PublishedArticle(article_key=n, handled_at=LONG_AGO) for n in range(ROWS)))
    _made(Source, (source(n) for n in range(ROWS)))
    talks = _made(Conversation, (Conversation(state="answered", waiting_since=ago(n)) for n in range(ROWS)))
    page = root()
    reactions = _made(Reaction, (reaction(n, readers[n % len(readers)], talks[n], page) for n in range(ROWS)))
    texts = _made(
        ReactionText,
        (
            ReactionText(reaction=row, text="x", expires_at=NOW + timedelta(days=row.pk % 90 + 1))
            for row in reactions
            if row.kind == "reply"
        ),
    )
    _made(
        TextVector,
        (TextVector(content=text, encoder="encoder 1", text_hash=f"{text.pk:032}", vector=bytes(64)) for text in texts),
    )
    _made(
        ReactionFingerprint,
        (
            ReactionFingerprint(reaction=row, author=f"{row.pk:064}", network="mastodon", simhash="0", at=LONG_AGO)
            for row in reactions
        ),
    )
    _made(ReactionLabel, (ReactionLabel(reaction=row, label=Label.THANKS) for row in reactions))
    states = [Concern.State.ANSWERED, Concern.State.DECLINED]
    concerns = _made(
        Concern, (Concern(label=f"concern {n}", state=states[n % 2], people=n, last_at=ago(n)) for n in range(ROWS))
    )
    _made(
        ConcernMember,
        (ConcernMember(concern=concerns[n % 2], reaction=row, similarity=n / ROWS) for n, row in enumerate(reactions)),
    )
    _made(ConcernQuestion, (question(n, reactions, page) for n in range(ROWS)))
    verdicts = [CorrectionRequest.Verdict.DECLINED, CorrectionRequest.Verdict.FIXED]
    _made(CorrectionRequest, (CorrectionRequest(verdict=verdicts[n % 2]) for n in range(ROWS)))
    _made(
        ReactionOperation,
        (
            ReactionOperation(
                reaction=row,
                operation="hide",
                state="done",
                requested_at=LONG_AGO,
                due_at=LONG_AGO,
                finished_at=LONG_AGO,
            )
            for row in reactions
        ),
    )
    _made(
        WebhookEvent,
        (
            WebhookEvent(account=accounts[n % 20], key=f"{n:064}", received_at=NOW, read_at=NOW if n % 200 else None)
            for n in range(ROWS)
        ),
    )
    _made(ReceivedMention, mention_plans.received(ROWS, NOW))
    _made(OutgoingMention, mention_plans.outgoing(ROWS, NOW))
    _made(Tally, (Tally(scope=f"article:{n % 50}", at=ago(n)) for n in range(ROWS)))
    refresh_statistics(MODELS)


PAST = Layer(make_past)


@pytest.fixture
@PAST.lies_under
def crowded(db):
    return PAST.copy()


def _made(model: type[Model], rows: Iterator[Any]) -> list[Any]:
    return model._default_manager.bulk_create(rows)


MODELS = [
    model for model in apps.get_app_config("smeditor").get_models() if model._meta.managed and not model._meta.proxy
]

STATEMENTS: dict[str, Callable[[], Any]] = {
    "smeditor_delivery_due": lambda: claim.unfinished().filter(due_at__lte=NOW).exists(),
    "smeditor_delivery_follow": lambda: follow.run_due(NOW),
    "smeditor_delivery_lately": lambda: threads.close_answered(NOW),
    "smeditor_delivery_slot": lambda: deliveries_visible_to(ALL).order_by("-slot", "-pk")[:50],
    "smeditor_delivery_state": lambda: counts.undecided(ALL),
    "smeditor_delivery_sent": lambda: plan.threads_due(Account.objects.first(), NOW),
    "smeditor_part_remote": lambda: own.own_parts({"remote-1"}, Origin("mastodon")),
    "smeditor_post_correction_open": lambda: corrections.resolve(NOW),
    "smeditor_post_correction_list": lambda: post_corrections_visible_to(ALL)[:20],
    "smeditor_post_correction_state": lambda: post_corrections_visible_to(ALL).filter(state="declined")[:20],
    "smeditor_post_correction_story": lambda: PostCorrection.objects.filter(article_key=7),
    "smeditor_handover_made": lambda: last_note(User(is_superuser=True)),
    "smeditor_result_account": lambda: (
        results_visible_to(ALL).filter(account=Account.objects.first()).order_by("-sent_at", "-pk").values("pk")[:20]
    ),
    "smeditor_library_kept": lambda: library_visible_to(ALL)[:20],
    "smeditor_result_due": lambda: measurements.run_due(NOW),
    "smeditor_result_sent": lambda: results_visible_to(ALL).filter(sent_at__gte=NOW - timedelta(days=30))[:20],
    "smeditor_hold_open": holds.open_holds,
    "smeditor_event_unchecked": lambda: clashes.run_due(NOW),
    "smeditor_event_active": lambda: clashes.clashes_for(Post(text="x"), NOW),
    "smeditor_proposal_open": lambda: HoldProposal.waiting(proposals_visible_to(ALL), NOW)[:50],
    "smeditor_proposal_decided": lambda: proposals_visible_to(ALL).exclude(state="open").order_by("-decided_at")[:10],
    "smeditor_approval_text": lambda: Approval.objects.filter(
        post_id=Post.objects.first().pk, text_hash="0" * 64, independent=True
    ),
    "smeditor_approval_review": lambda: counts.to_read_afterwards(ALL),
    "smeditor_check_post": lambda: record._known(Post.objects.first()),
    "smeditor_check_at": lambda: record.forget_old(NOW),
    "smeditor_drift_state": lambda: PostFilterSet(request=_request()).by_story(Post.objects.all(), "drift", "open")[
        :20
    ],
    "smeditor_link_due": lambda: link_asking.run_due(NOW),
    "smeditor_link_asked": lambda: LinkCheck.objects.filter(asked_at__lt=LONG_AGO).delete(),
    "smeditor_conversation_open": lambda: counts.waiting(ALL),
    "smeditor_reaction_queue": lambda: (
        reactions_visible_to(ALL).filter(queue="inbox").order_by("-published_at", "-pk")[:25]
    ),
    "smeditor_reaction_thread": lambda: counts.waiting(ALL),
    "smeditor_reaction_article": lambda: (
        reactions_visible_to(ALL).filter(article=root()).order_by("-published_at")[:25]
    ),
    "smeditor_reaction_to_label": lambda: intake._waiting().values_list("pk", flat=True)[:200],
    "smeditor_reaction_to_group": lambda: membership._waiting(200),
    "smeditor_reaction_to_embed": lambda: stored.waiting(200),
    "smeditor_reaction_to_compare": lambda: comparing.due(NOW),
    "smeditor_question_open": lambda: asking.open_questions()[:20],
    "smeditor_question_article": lambda: asking.about(root()),
    "smeditor_question_answered": lambda: calibration.answers("lexical")[:100],
    "smeditor_reaction_relabel": lambda: intake._to_relabel().values_list("pk", flat=True)[:200],
    "smeditor_vector_hash": lambda: stored._known("encoder 1", {f"{n:032}" for n in range(3)}),
    "smeditor_vector_encoder": lambda: stored._put_back("encoder 1"),
    "smeditor_reaction_rules": lambda: older_than("").order_by()[:50],
    "smeditor_reaction_collected": lambda: touched_articles(NOW - timedelta(hours=1), NOW),
    "smeditor_text_handle": lambda: reader_search._signed("lea@a.example", "https://a.example/@lea"),
    "smeditor_text_author_url": lambda: reader_search._signed("lea@a.example", "https://a.example/@lea"),
    "smeditor_label": lambda: sealing.candidates(Reaction.objects.all())[:50],
    "smeditor_label_by_editor": lambda: list(trained_models.export([Label.THANKS], Reaction.objects.all())),
    "smeditor_post_article": lambda: posts_visible_to(ALL).filter(article_key=7),
    "smeditor_post_kind": lambda: posts_visible_to(ALL).filter(kind="reply")[:20],
    "smeditor_post_class": lambda: posts_visible_to(ALL).filter(kind="story", news_class="breaking")[:20],
    "smeditor_post_created": lambda: posts_visible_to(ALL)[:20],
    "smeditor_post_draft": lambda: posts_visible_to(ALL).filter(live=False)[:20],
    "smeditor_concern_people": lambda: (
        concerns_visible_to(ALL).filter(merged_into=None).exclude(state__in=["forming", "declined"])[:20]
    ),
    "smeditor_concern_state": lambda: counts.open_concerns(ALL),
    "smeditor_concern_merged": lambda: Concern.objects.filter(merged_into__in=[1, 2]),
    "smeditor_concern_last": lambda: offered_to(ALL, None, None),
    "smeditor_member_central": lambda: central(ConcernMember.objects.first().concern, reactions_visible_to(ALL))[:100],
    "smeditor_concern_label": lambda: membership._nameless()[:200],
    "smeditor_correction_first": lambda: (
        corrections_visible_to(ALL).filter(similar_to__isnull=True).order_by("-created_at")[:20]
    ),
    "smeditor_correction_similar": lambda: corrections_visible_to(ALL).filter(similar_to=1),
    "smeditor_correction_verdict": lambda: counts.open_corrections(ALL),
    "smeditor_tally_at": lambda: watch.rehearse(NOW),
    "smeditor_rule_run_latest": lambda: RuleRun.objects.filter(rule=Rule.objects.first())[:25],
    "smeditor_article_waiting": lambda: rules.run_due(NOW),
    "smeditor_reaction_parent_key": lambda: threads._orphans([], [], {}, [f"{n}" for n in range(20)]),
    "smeditor_reaction_parent": lambda: Reaction.objects.filter(parent__in=[1, 2]),
    "Reaction.next_check_at": lambda: recheck.recheck(NOW),
    "Reaction.legal_hold_until": lambda: recheck.end_holds(NOW),
    "ReactionText.expires_at": lambda: recheck.retain(NOW),
    "smeditor_webhook_unread": lambda: webhooks.unread(Account.objects.first()),
    "smeditor_webhook_received": lambda: webhooks.forget_old(NOW),
    "smeditor_operation_due": lambda: reader_operations.run_due(NOW),
    "smeditor_operation_of": lambda: Reaction.objects.first().operations.all()[:5],
    "smeditor_fingerprint_author": lambda: ReactionFingerprint.objects.filter(author__in=["0"], at__gte=LONG_AGO),
    **mention_plans.statements(NOW),
}
"""What the code asks, by the index that is there for it."""


OTHERWISE = {
    "sqlite smeditor_delivery_due": "SQLite, which keeps no statistics, finds the few that are due by their state",
    "sqlite smeditor_correction_first": "SQLite reads the first claims by smeditor_correction_similar, which holds NULL as a value",
    "sqlite smeditor_label": "SQLite looks for the label of each reaction instead, in the index that keeps it unique",
    "postgresql smeditor_proposal_open": "PostgreSQL begins with the few breaking stories that still count",
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_uses_the_index_that_is_there_for_it(crowded, name):
    if reason := OTHERWISE.get(f"{connection.vendor} {name}"):
        pytest.skip(reason)
    assert index_names(MODELS)[name] in plans_of(STATEMENTS[name])


def test_every_index_has_its_statement():
    assert set(index_names(MODELS)) - {"Post.first_published_at"} == set(STATEMENTS)


WHOLE_TABLE = re.compile(r"(?:Seq Scan on|SCAN) (smeditor_reaction|U0)\b(?! USING)")


@pytest.mark.parametrize(
    "ask",
    [
        lambda: posts_in_thread(ALL, Conversation.objects.first()),
        lambda: Inbox(request=_request()).get_base_queryset()[50:75],
        lambda: counts.waiting(ALL),
        lambda: tallies._buckets(NOW - timedelta(minutes=15), NOW),
    ],
    ids=["what the desk said in a thread", "the inbox", "threads that wait", "people in a quarter of an hour"],
)
def test_no_reaction_is_read_but_those_that_are_asked_for(crowded, ask):
    """A list of all that is visible, made anew for each page, cost as much as the newsroom is old."""
    assert WHOLE_TABLE.findall(plans_of(ask)) == []


def sort_nothing(*others: str) -> None:
    """Let PostgreSQL sort nothing: whether it would rather sort two thousand rows depends on what earlier tests left there.

    ``others``: what else it is to do without, by the names that its settings have for it.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for way in ("sort", *others):
                cursor.execute(f"SET LOCAL enable_{way} = off")


def test_the_number_on_a_tab_is_counted_along_its_queue(crowded):
    sort_nothing()
    plan = plans_of(lambda: Inbox(request=_request()).count_of(Reaction.Queue.DONE))
    assert "smeditor_reaction_queue" in plan
    assert "Gather" not in plan


def test_what_is_compared_under_an_article_is_read_along_its_index(crowded):
    """In the order of the ids all that was ever said under no article was sorted for the newest three hundred."""
    sort_nothing()
    assert "smeditor_reaction_article" in plans_of(lambda: comparing.compare(None))


def test_articles_with_something_to_compare_are_not_looked_for_in_the_order_of_articles(crowded):
    """PostgreSQL read a million reactions, article by article, to name forty articles without sorting any."""
    sort_nothing("hashagg")
    plan = plans_of(lambda: comparing.due(NOW))
    assert "smeditor_reaction_to_compare" in plan
    assert "smeditor_reaction_article" not in plan


def test_posts_by_the_state_of_their_delivery_are_found_by_one_list(crowded):
    rows = PostFilterSet(request=_request()).by_delivery(Post.objects.all(), "delivery", Delivery.State.SENT)
    assert "CORRELATED" not in plans_of(lambda: rows[:20])


def test_the_inbox_sorts_nothing(crowded):
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL knows how few lie in the inbox here, and sorts them")
    plan = plans_of(lambda: Inbox(request=_request()).get_base_queryset()[50:75])
    assert "smeditor_reaction_queue" in plan
    assert "USE TEMP B-TREE" not in plan


def _request():
    request = RequestFactory().get("/")
    request.user = ALL
    return request
