"""What an editor does in the admin, and what becomes of it."""

import json

import pytest
from django.contrib.messages import get_messages
from django.core import mail
from django.urls import reverse
from wagtail.models import ModelLogEntry

from smeditor.insight.tips import sealing
from smeditor.models import (
    Account,
    Concern,
    Conversation,
    CorrectionRequest,
    Delivery,
    Hold,
    Post,
    Reaction,
    ReactionLabel,
    ReactionText,
    Tip,
    TipAccess,
)
from smeditor.publishing import approval
from tests.desk import world
from tests.desk.bulk import submit_bulk_action

CHIEF, SOCIAL, DESK = "chief", "social_editor", "desk_editor"


def messages_of(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def perform(client, name, *args, **data):
    return client.post(reverse(f"smeditor:{name}", args=args), data)


# accounts


def test_a_stored_secret_is_never_shown_again(desk, client, as_role):
    as_role(CHIEF)
    page = client.get(reverse("smeditor_accounts:edit", args=[desk.account.pk])).content.decode()
    assert "very-secret-token" not in page
    assert "A secret is stored" in page


def test_an_empty_secret_field_keeps_the_stored_one(desk, client, as_role):
    as_role(CHIEF)
    form = {
        "network": "mastodon",
        "server_url": desk.account.server_url,
        "handle": desk.account.handle,
        "approval": "one",
        "minimum_gap": "15",
        "sends": "on",
        "slots-TOTAL_FORMS": "1",
        "slots-INITIAL_FORMS": "0",
        "slots-0-weekday": "0",
        "slots-0-time": "08:30",
    }
    client.post(reverse("smeditor_accounts:edit", args=[desk.account.pk]), form)
    account = Account.objects.get(pk=desk.account.pk)
    assert (account.minimum_gap, account.secret) == (15, {"access_token": "very-secret-token"})
    assert [str(slot) for slot in account.slots.all()] == ["Monday 08:30"]


def test_another_server_asks_for_the_secret_again(desk, client, as_role):
    as_role(CHIEF)
    form = {"network": "mastodon", "server_url": "https://evil.example", "handle": "paper", "minimum_gap": "10"}
    form |= {"approval": "one", "slots-TOTAL_FORMS": "0", "slots-INITIAL_FORMS": "0"}
    response = client.post(reverse("smeditor_accounts:edit", args=[desk.account.pk]), form)
    assert "This is needed to act for the account." in response.content.decode()
    assert Account.objects.get(pk=desk.account.pk).server_url == "https://social.example"


def test_an_account_is_paused_with_a_reason_and_resumed(desk, client, as_role):
    as_role(CHIEF)
    assert "Say why" in messages_of(perform(client, "account_pause", desk.account.pk))
    perform(client, "account_pause", desk.account.pk, reason="Storm")
    assert Account.objects.get(pk=desk.account.pk).state == Account.State.PAUSED
    perform(client, "account_resume", desk.account.pk)
    assert Account.objects.get(pk=desk.account.pk).state == Account.State.ACTIVE


def test_an_unreachable_server_ends_in_a_sentence(desk, client, as_role):
    as_role(CHIEF)
    Account.objects.filter(pk=desk.account.pk).update(server_url="https://127.0.0.1:9")
    response = perform(client, "account_verify", desk.account.pk)
    assert "cannot be reached" in messages_of(response)
    assert "very-secret-token" not in messages_of(response)


# holds


def test_a_hold_needs_its_target_and_is_lifted_by_a_button(desk, client, as_role):
    as_role(SOCIAL)
    add = reverse("smeditor_holds:add")
    form = {"scope": "topic", "topic": "", "reason": "A crash", "network": ""}
    assert "Say which one is stopped." in client.post(add, form).content.decode()
    client.post(add, {**form, "topic": "aviation"})
    hold = Hold.objects.get(topic="aviation")
    assert hold.placed_by is not None
    perform(client, "hold_lift", hold.pk)
    assert Hold.objects.get(pk=hold.pk).lifted_at is not None


# posts


def test_writing_about_an_article_starts_from_its_facts(desk, client, as_role):
    as_role(SOCIAL)
    page = client.get(f"{reverse('smeditor_posts:add')}?article={desk.article.pk}").content.decode()
    assert desk.article.title in page
    assert Post.objects.count() == 1


def test_lengths_are_counted_in_the_networks_own_unit(desk, client, as_role):
    as_role(SOCIAL)
    asked = {"accounts": [str(desk.account.pk)], "fields": {"text": "👩‍👩‍👧‍👦" * 501}}
    answer = client.post(reverse("smeditor:post_count"), json.dumps(asked), content_type="application/json").json()
    assert [(row["count"], row["fits"]) for row in answer["lengths"]] == [(501, False)]
    assert "1 too many" in answer["lengths"][0]["sentence"]


@pytest.mark.parametrize(
    "asked", ["", "[]", '{"fields": 3, "accounts": []}', '{"fields": {"text": "y"}}', '{"fields": {}, "accounts": 3}']
)
def test_a_malformed_question_for_lengths_is_refused(desk, client, as_role, asked):
    as_role(SOCIAL)
    answer = client.post(reverse("smeditor:post_count"), asked, content_type="application/json")
    assert answer.status_code == 400


def test_the_author_does_not_approve_for_a_four_eyes_account(desk, client, as_role):
    me = as_role(DESK)
    strict = world.make_account("strict", approval="four_eyes")
    mine = world.make_post("Mine", accounts=[strict], created_by=me)
    url = f"/admin/bulk/smeditor/post/approve/?id={mine.pk}&next=/admin/"
    shown = {f"seen-{mine.pk}": approval.shown_revision(mine)}
    client.post(url, shown)
    assert not Post.objects.get(pk=mine.pk).live
    as_role(DESK)
    client.post(url, shown)
    assert Post.objects.get(pk=mine.pk).live
    assert Delivery.objects.filter(post=mine).count() == 1


def test_the_preview_shows_what_would_be_frozen(desk, client, as_role):
    as_role(SOCIAL)
    Post.objects.filter(pk=desk.post.pk).update(text="Look <b>here</b> #tram")
    desk.post.refresh_from_db()
    desk.post.save_revision()
    url = reverse("smeditor_posts:revisions_view", args=[desk.post.pk, desk.post.latest_revision_id])
    page = client.get(url).content.decode()
    assert "&lt;b&gt;here&lt;/b&gt;" in page
    assert '<span class="sme-post__tag">#tram</span>' in page


# deliveries


def test_a_doubt_is_decided_by_a_person(desk, client, as_role):
    as_role(SOCIAL)
    Delivery.objects.filter(pk=desk.delivery.pk).update(state=Delivery.State.HUMAN)
    assert "not a web address" in messages_of(perform(client, "delivery_there", desk.delivery.pk, url="nonsense"))
    perform(client, "delivery_there", desk.delivery.pk, url="https://social.example/@paper/1")
    assert Delivery.objects.get(pk=desk.delivery.pk).state == Delivery.State.SENT


def test_what_is_too_late_is_sent_after_all_or_dropped(desk, client, as_role):
    as_role(SOCIAL)
    Delivery.objects.filter(pk=desk.delivery.pk).update(state=Delivery.State.LATE)
    perform(client, "delivery_send", desk.delivery.pk)
    assert Delivery.objects.get(pk=desk.delivery.pk).state == Delivery.State.SCHEDULED
    perform(client, "delivery_drop", desk.delivery.pk)
    assert Delivery.objects.get(pk=desk.delivery.pk).state == Delivery.State.CANCELLED


def test_a_slot_that_cannot_be_read_is_refused_in_a_sentence(desk, client, as_role):
    as_role(SOCIAL)
    for slot in ["", "soon", "2026-99-99T99:99"]:
        assert "Choose a day and a time." in messages_of(perform(client, "delivery_move", desk.delivery.pk, slot=slot))


# the inbox


def test_several_reactions_are_done_at_once_and_taken_back(desk, client, as_role):
    as_role(SOCIAL)
    ids = [row.pk for row in [desk.reaction, *desk.others]]
    submit_bulk_action(client, "done", *ids)
    assert Reaction.objects.filter(queue="done").count() == 3
    assert not Conversation.objects.filter(state="open", reactions__in=ids).exists()
    perform(client, "inbox_undo")
    assert Reaction.objects.filter(queue="inbox").count() == 3
    assert Conversation.objects.filter(state="open", reactions__in=ids).count() == 3


def test_spam_is_kept_as_a_label_and_so_is_not_spam(desk, client, as_role):
    as_role("moderator")
    submit_bulk_action(client, "spam", desk.reaction.pk)
    assert ReactionLabel.objects.get(reaction=desk.reaction, label="spam").present
    submit_bulk_action(client, "inbox", desk.reaction.pk)
    assert not ReactionLabel.objects.get(reaction=desk.reaction, label="spam").present


def test_a_label_set_by_an_editor_carries_their_name(desk, client, as_role):
    me = as_role(SOCIAL)
    perform(client, "reaction_label", desk.reaction.pk, label="testimony", present="1")
    row = ReactionLabel.objects.get(reaction=desk.reaction, label="testimony")
    assert (row.by, row.user, row.present) == ("editor", me, True)


def test_masked_words_are_shown_to_moderators_only(desk, client, as_role):
    ReactionText.objects.filter(reaction=desk.reaction).update(text="You idiots", masked="You i••••s")
    url = reverse("smeditor:reaction", args=[desk.reaction.pk])
    as_role("journalist")
    assert "idiots" not in client.get(url).content.decode()
    as_role("moderator")
    assert "idiots" in client.get(url).content.decode()


def test_outside_text_is_escaped(desk, client, as_role):
    ReactionText.objects.filter(reaction=desk.reaction).update(text="<script>alert(1)</script>", author_handle="<i>x")
    as_role(CHIEF)
    for name in ("inbox", "concerns", "tip_queue"):
        assert "<script>alert" not in client.get(reverse(f"smeditor:{name}")).content.decode()
    page = client.get(reverse("smeditor:reaction", args=[desk.reaction.pk])).content.decode()
    assert "<script>alert" not in page
    assert "<i>x" not in page


def test_an_answer_is_approved_and_scheduled_at_once(desk, client, as_role):
    as_role(DESK)
    form = {
        "text": "At six.",
        "version": desk.reaction.conversation.version,
        "send": "now",
        "saved_reply": desk.reply.pk,
    }
    perform(client, "reaction", desk.reaction.pk, **form)
    post = Post.objects.get(in_reply_to=desk.reaction)
    assert post.live
    assert post.saved_reply == desk.reply
    assert Delivery.objects.filter(post=post, state=Delivery.State.SCHEDULED).count() == 1


def test_two_editors_do_not_answer_one_reader_unawares(desk, client, as_role):
    as_role(SOCIAL)
    old = desk.reaction.conversation.version
    Conversation.objects.filter(pk=desk.reaction.conversation_id).update(version=old + 1, answered_by=desk.author)
    page = perform(client, "reaction", desk.reaction.pk, text="At six.", version=old, send="now").content.decode()
    assert "has answered while you were writing" in page
    assert not Post.objects.filter(in_reply_to=desk.reaction).exists()


def test_an_answer_that_is_too_long_is_not_cut_in_silence(desk, client, as_role):
    as_role(SOCIAL)
    form = {"text": "a" * 600, "version": desk.reaction.conversation.version, "send": "now"}
    assert "too many" in perform(client, "reaction", desk.reaction.pk, **form).content.decode()
    assert not Post.objects.filter(in_reply_to=desk.reaction).exists()


def test_a_form_message_is_answered_by_mail(desk, client, as_role):
    as_role(SOCIAL)
    form_message = world.make_reaction("When?", network="form", kind="form", contact="kim@example.org")
    perform(client, "reaction", form_message.pk, text="At six.", version=form_message.conversation.version)
    assert [message.to for message in mail.outbox] == [["kim@example.org"]]


# concerns


def test_a_concern_is_answered_for_everyone_in_one_go(desk, client, as_role):
    as_role(DESK)
    page = client.get(reverse("smeditor:concern_answer", args=[desk.concern.pk])).content.decode()
    assert "3 people, answered on their networks" in page
    perform(client, "concern_answer", desk.concern.pk, text="At six.", url="https://paper.example/a/")
    drafts = Post.objects.filter(concern=desk.concern)
    assert drafts.count() == 3
    shown = {f"seen-{post.pk}": approval.shown_revision(post) for post in drafts}
    perform(client, "concern_approve_all", desk.concern.pk, post=[post.pk for post in drafts], **shown)
    assert Delivery.objects.filter(post__in=drafts, state=Delivery.State.SCHEDULED).count() == 3
    assert Concern.objects.get(pk=desk.concern.pk).state == Concern.State.ANSWERED


def test_splitting_out_and_undoing_it(desk, client, as_role):
    as_role(SOCIAL)
    perform(client, "concern_split", desk.concern.pk, reaction=[desk.others[0].pk])
    new = desk.others[0].concern_member.__class__.objects.get(reaction=desk.others[0]).concern
    assert new != desk.concern
    perform(client, "concern_undo", new.edits.get().pk)
    assert desk.concern.members.count() == 3


def test_declining_needs_a_reason(desk, client, as_role):
    as_role(SOCIAL)
    assert "Say why" in messages_of(perform(client, "concern_decline", desk.concern.pk))
    perform(client, "concern_decline", desk.concern.pk, reason="Not ours to say")
    assert Concern.objects.get(pk=desk.concern.pk).state == Concern.State.DECLINED


# tips


def test_the_queue_of_possible_tips_says_that_more_will_follow(desk, client, as_role, monkeypatch):
    as_role(CHIEF)
    monkeypatch.setattr("smeditor.desk.tips.QUEUE_SHOWN", 2)
    for number, expected in ((2, False), (3, True)):
        while Reaction.objects.filter(labels__label="tip").count() < number:
            world.make_reaction("I have the documents", account=desk.account, labels=["tip"])
        page = client.get(reverse("smeditor:tip_queue"))
        assert len(page.context["ranked"]) == 2
        assert ("There are more" in page.content.decode()) is expected


def test_sealing_takes_a_reaction_out_of_sight(desk, client, as_role):
    me = as_role(CHIEF)
    text = "I work there and the figures were changed"
    reaction = world.make_reaction(text, account=desk.account, article=desk.article, labels=["tip"])
    assert text[6:20] in client.get(reverse("smeditor:tip_queue")).content.decode()
    page = client.get(reverse("smeditor:tip_seal", args=[reaction.pk]))
    assert me in page.context["form"].fields["readers"].initial
    perform(client, "tip_seal", reaction.pk, readers=[me.pk])
    tip = Tip.objects.get(readers=me)
    assert tip.envelope["text"] == text
    assert not Reaction.objects.filter(pk=reaction.pk).exists()
    assert text not in client.get(reverse("smeditor:inbox")).content.decode()
    assert text not in client.get(reverse("smeditor:tip", args=[tip.pk])).content.decode()


def test_only_those_who_are_named_open_a_tip_and_it_is_written_down(desk, client, as_role):
    url = reverse("smeditor:tip", args=[desk.tip.pk])
    as_role(CHIEF, superuser=True)
    assert client.post(url).status_code in {302, 403}
    me = as_role(CHIEF)
    desk.tip.readers.add(me)
    response = client.post(url)
    assert "The figures were changed." in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert TipAccess.objects.filter(tip=desk.tip, user=me, operation="opened").exists()
    assert ModelLogEntry.objects.filter(action="smeditor.tip_opened", user=me).exists()


def test_a_list_of_tips_says_nothing_of_what_is_in_them(desk, client, as_role):
    as_role(CHIEF)
    page = client.get(reverse("smeditor:tips")).content.decode()
    assert desk.tip.code_name in page
    assert "figures" not in page
    assert not sealing.may_open(desk.tip, desk.author)


# corrections and alerts


def test_a_verdict_is_kept_with_its_reason_and_thanks_are_drafted(desk, client, as_role):
    me = as_role(SOCIAL)
    perform(client, "correction", desk.correction.pk, verdict="declined", thanks="Thank you for reading so closely.")
    assert CorrectionRequest.objects.get(pk=desk.correction.pk).verdict == "open"
    form = {"verdict": "declined", "reason": "It is May.", "thanks": "Thank you for reading so closely."}
    perform(client, "correction", desk.correction.pk, **form)
    row = CorrectionRequest.objects.get(pk=desk.correction.pk)
    assert (row.verdict, row.decided_by) == ("declined", me)
    assert Post.objects.filter(in_reply_to=desk.reaction, live=False).count() == 1


def test_an_erratum_goes_into_the_articles_draft_and_not_live(desk, client, as_role):
    form = {"verdict": "fixed", "erratum": "The line is 12 km long."}
    as_role(SOCIAL)
    assert "You may not edit this article" in messages_of(perform(client, "correction", desk.correction.pk, **form))
    CorrectionRequest.objects.filter(pk=desk.correction.pk).update(erratum="")
    as_role(SOCIAL, superuser=True)
    perform(client, "correction", desk.correction.pk, **form)
    desk.article.refresh_from_db()
    draft = desk.article.get_latest_revision_as_object()
    assert [row.text for row in draft.corrections.all()] == ["The line is 12 km long."]
    assert desk.article.corrections.count() == 0


def test_an_alert_is_seen_or_snoozed(desk, client, as_role):
    me = as_role(SOCIAL)
    perform(client, "alert_snooze", desk.alert.pk, hours="4")
    desk.alert.refresh_from_db()
    assert (desk.alert.state, desk.alert.seen_by) == ("snoozed", me)
    perform(client, "alert_seen", desk.alert.pk)
    desk.alert.refresh_from_db()
    assert (desk.alert.state, desk.alert.verdict) == ("acknowledged", "real")
    perform(client, "alert_nothing", desk.alert.pk)
    desk.alert.refresh_from_db()
    assert desk.alert.verdict == "nothing"
