"""A list asks the database as often for two hundred rows as for twenty."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from smeditor.models import (
    Alert,
    ConcernMatch,
    CorrectionRequest,
    Delivery,
    Desk,
    Digest,
    Handover,
    Hold,
    HoldProposal,
    LibraryEntry,
    RuleRun,
)
from tests.desk import world

STATES = [Delivery.State.HUMAN, Delivery.State.LATE, Delivery.State.SCHEDULED]


def more_reactions(desk, n):
    for _ in range(n):
        world.make_reaction(account=desk.account, article=desk.article, labels=["question", "thanks"])


def more_concerns(desk, n):
    for _ in range(n):
        world.make_concern([world.make_reaction(account=desk.account, article=desk.article)])


def more_deliveries(desk, n):
    for number in range(n):
        post = world.make_post(f"Post {number}", accounts=[desk.account], article=desk.article, created_by=desk.author)
        world.make_delivery(post, desk.account, state=STATES[number % 3])


def more_tasks(desk, n):
    for number in range(n):
        account = world.make_account(f"wrong{next(world.numbers)}")
        post = world.make_post(f"Post {number}", accounts=[account], article=desk.article, created_by=desk.author)
        world.make_task(world.make_delivery(post, account, state=Delivery.State.SENT))


def more_results(desk, n):
    for number in range(n):
        post = world.make_post(f"Post {number}", accounts=[desk.account], article=desk.article, created_by=desk.author)
        world.make_result(world.make_delivery(post, desk.account, state=Delivery.State.SENT))


def more_entries(desk, n):
    for number in range(n):
        post = world.make_post(f"Post {number}", accounts=[desk.account], article=desk.article, created_by=desk.author)
        LibraryEntry.objects.create(post=post, kept_at=desk.entry.kept_at)
        sent = world.make_delivery(post, desk.account, state=Delivery.State.SENT, sent_at=desk.entry.kept_at)
        world.make_result(sent)


def more_accounts(desk, n):
    for number in range(n):
        own = Desk.objects.create(name=f"Desk {next(world.numbers)}", slug=f"desk-{next(world.numbers)}")
        world.make_account(f"a{number}-{own.pk}", desk=own)


def more_members(desk, n):
    reactions = [world.make_reaction(account=desk.account, article=desk.article) for _ in range(n)]
    for reaction in reactions:
        desk.concern.members.create(reaction=reaction, evidence=["tram"])


def more_corrections(desk, n):
    CorrectionRequest.objects.bulk_create(
        CorrectionRequest(article=desk.article, claim=f"Claim {number}") for number in range(n)
    )


def more_alerts(desk, n):
    Alert.objects.bulk_create(
        Alert(
            kind="early",
            scope=f"topic:{next(world.numbers)}",
            at=desk.alert.at,
            count=9,
            expected=1,
            article=desk.article,
        )
        for number in range(n)
    )


def more_matches(desk, n):
    for _ in range(n):
        first, second = world.make_concern([], language="fr"), world.make_concern([], language="en")
        ConcernMatch.objects.create(first=first, second=second, evidence=["tram"])


def more_tips(desk, n):
    for _ in range(n):
        world.make_reaction("I have the documents", account=desk.account, labels=["tip"])


def more_holds(desk, n):
    Hold.objects.bulk_create(Hold(scope="account", account=desk.account, reason=f"{number}") for number in range(n))


def more_digests(desk, n):
    for number in range(n):
        user = world.make_user(f"letters{number}-{next(world.numbers)}")
        Digest.objects.create(user=user, since=desk.digest.since, until=desk.digest.until)


def more_questions(desk, n):
    for number in range(n):
        pair = [world.make_reaction(f"{number}?", account=desk.account, article=desk.article) for _side in range(2)]
        world.make_question(*pair, article=desk.article)


def more_clashes(desk, n):
    for number in range(n):
        post = world.make_post(f"Post {number}", accounts=[desk.account])
        world.make_delivery(post, desk.account)
        HoldProposal.objects.create(event=desk.event, post=post, proposed_at=timezone.now())


def more_handovers(desk, n):
    now = timezone.now()
    Handover.objects.bulk_create(
        Handover(made_by=desk.author, made_at=now, since=now, until=now, text=f"{number}") for number in range(n)
    )


def more_runs(desk, n):
    for _ in range(n):
        number = next(world.numbers)
        RuleRun.objects.create(rule=desk.rule, article_key=10_000 + number, mode="shadow", text=f"Post {number}")


def more_drift(desk, n):
    for number in range(n):
        post = world.make_post(
            f"Post {number}", accounts=[desk.account], article=desk.article, created_by=desk.author,
            article_seen={"headline": "An older headline"},
        )  # fmt: skip
        sent = world.make_delivery(post, desk.account, state=Delivery.State.SENT)
        world.make_reaction(account=desk.account, article=desk.article, delivery=sent)


LISTS = [
    ("smeditor:inbox", (), more_reactions),
    ("smeditor:concerns", (), more_concerns),
    ("smeditor:concern", ("concern",), more_members),
    ("smeditor:concern_answer", ("concern",), more_members),
    ("smeditor:concern_tighter", ("concern",), more_members),
    ("smeditor:concern_broader", ("concern",), more_concerns),
    ("smeditor:deliveries", (), more_deliveries),
    ("smeditor_accounts:index", (), more_accounts),
    ("smeditor:late", (), more_deliveries),
    ("smeditor:calendar", (), more_deliveries),
    ("smeditor_posts:list", (), more_deliveries),
    ("smeditor_posts:edit", ("post",), more_deliveries),
    ("smeditor:post_corrections", (), more_tasks),
    ("smeditor:results", (), more_results),
    ("smeditor:library", (), more_entries),
    ("smeditor:corrections", (), more_corrections),
    ("smeditor:alerts", (), more_alerts),
    ("smeditor:alert_history", (), more_alerts),
    ("smeditor:article_participation", ("article",), more_reactions),
    ("smeditor:concern_matches", (), more_matches),
    ("smeditor:concern_questions", (), more_questions),
    ("smeditor:trained_models", (), more_reactions),
    ("smeditor:tip_queue", (), more_tips),
    ("smeditor:digests", (), more_digests),
    ("smeditor:handovers", (), more_handovers),
    ("smeditor:handover_new", (), more_deliveries),
    ("smeditor_holds:index", (), more_holds),
    ("smeditor_holds:add", (), more_deliveries),
    ("smeditor:clashes", (), more_clashes),
    ("smeditor:article", ("article",), more_reactions),
    ("smeditor:article", ("article",), more_drift),
    ("smeditor:article_rules", ("article",), more_runs),
    ("smeditor:rule_run", ("run",), more_runs),
    ("smeditor_rules:edit", ("rule",), more_runs),
    ("smeditor:articles", (), more_drift),
    ("smeditor_posts:edit", ("post",), more_drift),
    ("smeditor:post_drift", ("post",), more_drift),
    ("wagtailadmin_home", (), more_concerns),
]


@pytest.mark.parametrize(("name", "things", "more"), LISTS, ids=[f"{entry[0]}-{entry[2].__name__}" for entry in LISTS])
def test_the_number_of_queries_does_not_grow_with_the_rows(desk, client, as_role, name, things, more):
    as_role("chief")
    url = reverse(name, args=[getattr(desk, thing).pk for thing in things])

    def queries():
        client.get(url)  # what is cached once does not count
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    more(desk, 4)
    few = queries()
    more(desk, 36)
    assert queries() <= few
