"""What the desk shows of learning, replays, alerts and proposals, and what its buttons do."""

import json
import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import ModelLogEntry

from smeditor.desk import alert_history
from smeditor.insight.alerts import spikes, tallies
from smeditor.insight.alerts.watch import Rehearsal, Rehearsed
from smeditor.insight.labels import intake, trained_models
from smeditor.insight.labels.rule_sentences import SPOKEN, sentence
from smeditor.insight.triage import shipped
from smeditor.models import AlertSwitch, Concern, ConcernMatch, Reaction, ReactionLabel, Rerun, Tally, TrainedModel
from tests.desk import world
from tests.desk.bulk import submit_bulk_action

CHIEF, SOCIAL, MODERATOR, JOURNALIST = "chief", "social_editor", "moderator", "journalist"
COPY = "Close this paper of liars at once, all of you"


def messages_of(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def perform(client, name, *args, **data):
    return client.post(reverse(f"smeditor:{name}", args=args), data)


def page(client, name, *args):
    return client.get(reverse(f"smeditor:{name}", args=args)).content.decode()


def label(reaction, name):
    return ReactionLabel.objects.filter(reaction=reaction, label=name).values_list("present", "by").first()


# labels, and why


def test_every_rule_says_why_in_the_editors_language_even_where_the_texts_has_it_alone(db):
    english, french = (set(shipped().get(language).by_id) for language in ("en", "fr"))
    assert (english ^ french) - set(SPOKEN) == set()
    for language in ("en", "fr"):
        with translation.override(language):
            assert [rule for rule in english | french if not sentence(rule)] == []


def test_what_a_rule_says_quotes_no_words_of_its_own_language(db):
    quoting = [
        rule.id
        for language in ("en", "fr")
        for rule in shipped().get(language).by_id.values()
        if re.search("[«»“”]|[a-z]: [A-Z]", rule.why)
    ]
    assert quoting == []


def test_the_reasons_are_told_in_the_editors_language_whatever_the_readers(desk, client, as_role, settings):
    reaction = world.make_reaction("Il y a une erreur dans votre article : c'est 2019, pas 2018.", language="fr")
    intake.run_due(timezone.now())
    as_role(SOCIAL)
    html = page(client, "reaction", reaction.pk)
    assert shipped().get("en").by_id["names-an-error"].why in html
    assert shipped().get("fr").by_id["names-an-error"].why not in html


def test_one_click_relabels_and_one_takes_it_back(desk, client, as_role):
    user = as_role(SOCIAL)
    perform(client, "reaction_label", desk.reaction.pk, label="question", present="0")
    assert label(desk.reaction, "question") == (False, "editor")
    assert TrainedModel.objects.get(label="question").pending_labels == 1
    assert "carries the label that it had" in messages_of(perform(client, "label_undo"))
    assert label(desk.reaction, "question") == (True, "rules")
    assert "nothing to take back" in messages_of(perform(client, "label_undo"))
    assert not ReactionLabel.objects.filter(user=user).exists()


def test_a_label_set_in_bulk_is_taken_back_in_bulk_but_not_over_a_colleagues_word(desk, client, as_role):
    as_role(SOCIAL)
    ids = [desk.reaction.pk, *(reaction.pk for reaction in desk.others)]
    submit_bulk_action(client, "label", *ids, label="thanks")
    intake.relabel(desk.reaction, "thanks", True, desk.author)
    assert "2 reactions carry" in messages_of(perform(client, "label_undo"))
    assert label(desk.reaction, "thanks") == (True, "editor")
    assert label(desk.others[0], "thanks") is None


def test_why_masked_words_met_a_rule_is_for_moderators(desk, client, as_role):
    text = "You cretins, my mother has had no water for three days, why?"
    reaction = world.make_reaction(text)
    intake.run_due(timezone.now())
    as_role(JOURNALIST)
    assert "cretins" not in page(client, "reaction", reaction.pk)
    as_role(MODERATOR)
    assert "cretins" in page(client, "reaction", reaction.pk)


# learned models


@pytest.fixture
def better(desk, monkeypatch):
    """A model of questions that may be promoted."""
    import_module("smeditor.desk.trained_models")  # imported by a request, it would keep the numbers of this test
    monkeypatch.setattr("smeditor.insight.labels.classifier.LABELS_NEEDED", 20)
    monkeypatch.setattr("smeditor.insight.labels.classifier.POSITIVES_NEEDED", 10)
    for number in range(40):
        text = f"mirliton bridge {number % 7}" if number % 2 == 0 else f"the bridge is fine {number % 7}"
        intake.relabel(world.make_reaction(text), "question", number % 2 == 0, desk.author)
    return trained_models.retrain("question")


def test_the_page_of_a_model_shows_its_worth_its_words_and_where_it_differs(desk, client, as_role, better):
    world.make_reaction("mirliton again please")
    as_role(SOCIAL)
    html = page(client, "model", "question")
    for shown in ("mirliton", "The model says yes, the rules no", "mirliton again please", "40"):
        assert shown in html
    assert "Promote it" not in html


def test_an_example_that_is_aimed_at_a_journalist_is_for_moderators(desk, client, as_role, better):
    world.make_reaction("mirliton you hack", queue=Reaction.Queue.PROTECTED)
    user = as_role(SOCIAL)
    assert "mirliton you hack" in page(client, "model", "question")
    user.groups.clear()
    user.user_permissions.set(permissions("view_trainedmodel", "access_admin"))
    assert "mirliton you hack" not in page(client, "model", "question")


def permissions(*names):
    return list(Permission.objects.filter(codename__in=names))


def test_promoting_and_demoting_are_logged_with_their_author(desk, client, as_role, better):
    user = as_role(CHIEF)
    assert "has its word" in messages_of(perform(client, "model_promote", "question"))
    assert TrainedModel.objects.get().promoted_by == user
    perform(client, "model_demote", "question")
    assert TrainedModel.objects.get().state == "shadow"
    logged = ModelLogEntry.objects.filter(user=user, action__startswith="smeditor.model").values_list(
        "action", flat=True
    )
    assert set(logged) == {"smeditor.model_promoted", "smeditor.model_demoted"}


def test_what_is_not_better_is_not_promoted_and_the_reason_is_told(desk, client, as_role):
    as_role(CHIEF)
    intake.relabel(desk.reaction, "question", True, desk.author)
    perform(client, "model_rebuild", "question")
    assert "stays in shadow" in messages_of(perform(client, "model_promote", "question"))
    assert "It needs 200 labels and has 1." in page(client, "model", "question")


def test_a_label_that_does_not_exist_has_no_model(desk, client, as_role):
    as_role(CHIEF)
    assert client.get(reverse("smeditor:model", args=["nonsense"])).status_code == 404
    assert perform(client, "model_rebuild", "nonsense").status_code == 404


def test_labels_leave_as_json_lines_without_what_the_user_may_not_see(desk, client, as_role):
    shielded = world.make_reaction("You hack", queue=Reaction.Queue.PROTECTED)
    for reaction in (desk.reaction, shielded):
        intake.relabel(reaction, "question", True, desk.author)
    user = as_role(CHIEF)
    user.groups.clear()
    user.user_permissions.set(permissions("export_reaction", "view_reaction", "view_every_reaction", "access_admin"))
    response = client.get(reverse("smeditor:labels_json"))
    lines = [json.loads(line) for line in response.getvalue().decode().splitlines()]
    assert [(line["text"], line["by"]) for line in lines] == [("When does it open?", "author")]
    assert "no-store" in response["Cache-Control"]


def test_a_models_page_exports_the_labels_of_that_model_alone(desk, client, as_role):
    for name in ("question", "thanks"):
        intake.relabel(desk.reaction, name, True, desk.author)
    as_role(CHIEF, superuser=True)
    buttons = client.get(reverse("smeditor:model", args=["thanks"])).context["header_buttons"]
    (url,) = [button.url for button in buttons if "jsonl" in button.url]
    lines = [json.loads(line) for line in client.get(url).getvalue().decode().splitlines()]
    assert [line["flag"] for line in lines] == ["thanks"]


# replays


def test_new_rules_are_shown_applied_and_taken_back(desk, client, as_role):
    intake.run_due(timezone.now())
    ReactionLabel.objects.filter(by="rules").delete()
    Reaction.objects.update(triage_version="2020.1")
    as_role(CHIEF)
    assert "Would change: 3" in page(client, "reruns")
    assert not ReactionLabel.objects.filter(by="rules").exists()
    assert "3 reactions changed" in messages_of(perform(client, "rerun_apply"))
    assert ReactionLabel.objects.filter(label="question", by="rules").count() == 3
    row = Rerun.objects.exclude(pk=desk.rerun.pk).get()
    assert "3 reactions carry their old labels" in messages_of(perform(client, "rerun_undo", row.pk))
    assert not ReactionLabel.objects.filter(by="rules").exists()


# alerts


def test_alerts_are_off_until_somebody_saw_what_they_would_have_said(desk, client, as_role):
    start = tallies.floor(timezone.now() - timedelta(days=27))
    Tally.objects.bulk_create(
        Tally(scope="outlet", at=start + step * timedelta(minutes=15), people=60 if step in (2400, 2401) else 2)
        for step in range(27 * 96)
    )
    user = as_role(CHIEF)
    assert "Alerts are off" in page(client, "alerts")
    html = page(client, "alert_history")
    assert "the whole outlet" in html
    assert "60" in html
    assert not AlertSwitch.is_on()
    assert "Alerts are on." in messages_of(perform(client, "alert_switch", on="1"))
    assert AlertSwitch.objects.get().user == user
    perform(client, "alert_switch", on="0")
    assert not AlertSwitch.is_on()


def test_of_many_alerts_the_newest_are_shown_and_of_how_many(desk, client, as_role, settings, monkeypatch):
    """Each line of the table costs: a newsroom that is talked about would wait for a hundred of them."""
    settings.LANGUAGE_CODE = "en"
    found = [
        Rehearsed("outlet", "people", spikes.Alert(timezone.now(), "early", 900 + number, 1.0, 6.0))
        for number in range(3)
    ]
    monkeypatch.setattr(alert_history, "rehearsal", lambda: Rehearsal(found, 5.0, ["outlet"]))
    monkeypatch.setattr(alert_history, "SHOWN", 2)
    as_role(SOCIAL)
    html = page(client, "alert_history")
    assert "The newest 2 of 3 are shown." in " ".join(html.split())
    assert "901" in html
    assert "902" not in html
    monkeypatch.setattr(alert_history, "SHOWN", 3)
    assert "are shown." not in page(client, "alert_history")


def test_a_newsroom_without_a_history_is_told_when_to_come_back(desk, client, as_role):
    as_role(SOCIAL)
    assert "Nothing was counted yet" in page(client, "alert_history")


def test_who_speaks_shows_copies_and_no_handle(desk, client, as_role):
    for number in range(3):
        world.make_reaction(COPY, article=desk.article, handle=f"copycat{number}@social.example")
    as_role(SOCIAL)
    html = page(client, "article_participation", desk.article.pk)
    assert COPY in html
    assert "3 people" in html
    assert "copycat" not in html


# concerns


def test_a_proposal_across_languages_is_accepted_or_rejected_once(desk, client, as_role):
    as_role(SOCIAL)
    assert "Aubépines" in page(client, "concern_matches")
    perform(client, "concern_match_reject", desk.match.pk)
    assert ConcernMatch.objects.get().state == "rejected"
    assert "decided on this already" in messages_of(perform(client, "concern_match_accept", desk.match.pk))
    assert not Concern.objects.filter(merged_into__isnull=False).exists()


def test_chosen_reactions_move_to_another_concern_and_back(desk, client, as_role):
    other = world.make_concern([world.make_reaction("Is there a lift?")], "Is there a lift?")
    as_role(SOCIAL)
    perform(client, "concern_move", desk.concern.pk, reaction=[desk.reaction.pk], into=other.pk)
    assert Reaction.objects.get(pk=desk.reaction.pk).concern_member.concern == other
    edit = other.edits.get()
    perform(client, "concern_undo", edit.pk)
    assert Reaction.objects.get(pk=desk.reaction.pk).concern_member.concern == desk.concern


def test_what_was_declined_is_reopened(desk, client, as_role):
    as_role(SOCIAL)
    perform(client, "concern_decline", desk.concern.pk, reason="Not ours")
    perform(client, "concern_reopen", desk.concern.pk)
    assert Concern.objects.get(pk=desk.concern.pk).state == "open"


def test_a_concern_shows_both_sides_and_the_contested_passage(desk, client, as_role):
    harsh = world.make_reaction("Your tram is late and a scandal.", labels=["criticism"])
    desk.concern.members.create(reaction=harsh)
    as_role(SOCIAL)
    html = page(client, "concern", desk.concern.pk)
    assert "sme-quote--critical" in html
    assert desk.correction.passage in html


def test_the_tray_of_possible_tips_says_what_speaks_for_each(desk, client, as_role):
    world.make_reaction("I work on the site and I have the documents, contact me.")
    intake.run_due(timezone.now())
    as_role(SOCIAL)
    html = page(client, "tip_queue")
    assert "sme-reason__why" in html
    assert "documents" in html
