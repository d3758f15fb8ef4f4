"""The pages that show what a delivery and a rule did, by Wagtail's own tables."""

from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from smeditor.models import Attempt, Rule, RuleRun
from tests.desk import world


def rows(response) -> list[list[str]]:
    """The cells of the page's first table, header first."""
    table = BeautifulSoup(response.content, "html.parser").select_one("table.listing")
    return [[" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")] for row in table.select("tr")]


def test_every_attempt_is_a_row_with_its_state_its_identity_and_what_came_of_it(desk, client, as_role):
    me = as_role("chief")
    delivery = world.make_delivery(desk.post, world.make_account("proved"))
    Attempt.objects.filter(delivery=delivery).update(
        state=Attempt.State.DECIDED,
        status=503,
        sentence="A person looked.",
        decided_by=me,
        read_backs=[{"at": "10:02", "absent": True}],
        answer={"error": "busy"},
    )
    header, attempt = rows(client.get(reverse("smeditor:delivery", args=[delivery.pk])))
    assert header == ["#", "State", "Started", "Answered", "Identity", "What happened"]
    assert attempt[0] == "1"
    assert "(503)" in attempt[1]
    assert attempt[4] == "id-1"
    assert all(part in attempt[5] for part in ("A person looked.", "Decided by", "proved absent", "busy"))


def test_every_run_of_a_rule_is_a_row_with_what_it_wrote_and_why_it_stopped(desk, client, as_role):
    as_role("chief")
    rule = Rule.objects.create(name="All", mode=Rule.Mode.SHADOW)
    run = {"rule": rule, "mode": Rule.Mode.SHADOW, "at": timezone.now()}
    RuleRun.objects.create(**run, article_key=977, text="It leaves.", reason="Shadow: nothing was prepared.")
    _header, shown = rows(client.get(reverse("smeditor_rules:edit", args=[rule.pk])))
    assert shown[0] == "#977"
    assert shown[1].startswith("It leaves. Shadow: nothing was prepared.")
