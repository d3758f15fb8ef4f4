"""A list asks the database as often for two hundred rows as for twenty."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from smeditor.models import Alert, ConcernMatch, CorrectionRequest, Delivery, Desk, Digest, Hold
from tests.desk import world


def more_reactions(desk, n):
    for _ in range(n):
        world.make_reaction(account=desk.account, article=desk.article, labels=["question", "thanks"])


def more_concerns(desk, n):
    for _ in range(n):
        world.make_concern([world.make_reaction(account=desk.account, article=desk.article)])


def more_deliveries(desk, n):
    for number in range(n):
        post = world.make_post(f"Post {number}", accounts=[desk.account], article=desk.article, created_by=desk.author)
        world.make_delivery(post, desk.account, state=Delivery.State.HUMAN if number % 2 else Delivery.State.LATE)


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
    ("smeditor:week", (), more_deliveries),
    ("smeditor_posts:list", (), more_deliveries),
    ("smeditor:corrections", (), more_corrections),
    ("smeditor:alerts", (), more_alerts),
    ("smeditor:alert_history", (), more_alerts),
    ("smeditor:article_participation", ("article",), more_reactions),
    ("smeditor:concern_matches", (), more_matches),
    ("smeditor:concern_questions", (), more_questions),
    ("smeditor:trained_models", (), more_reactions),
    ("smeditor:tip_queue", (), more_tips),
    ("smeditor:digests", (), more_digests),
    ("smeditor_holds:index", (), more_holds),
    ("smeditor:article", ("article",), more_reactions),
    ("wagtailadmin_home", (), more_concerns),
]


@pytest.mark.parametrize(("name", "things", "more"), LISTS, ids=[entry[0] for entry in LISTS])
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
