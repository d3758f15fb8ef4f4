"""K6, K7: what a person may not see stands on no page, in no list, chooser, letter or count, and cannot be had by its id."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from smeditor.articles import article_adapter
from smeditor.desk import counts
from smeditor.digests import content
from smeditor.models import Byline, CorrectionRequest, Digest, Post, Reaction
from smeditor.permissions import visibility
from tests.desk import world
from tests.desk.bulk import submit_bulk_action

SECRET = "Zanzibar Zeppelin, you vile reporter"
ANSWERS = (
    *("view_reaction", "view_every_reaction", "answer_reaction", "view_concern", "answer_concern", "seal_tip"),
    *("view_correctionrequest", "change_correctionrequest", "view_alert", "view_digest", "view_post", "access_admin"),
)


@pytest.fixture
def aimed(desk):
    """A message aimed at a journalist, in a thread, a concern, a claimed error, a letter and the possible tips."""
    reaction = world.make_reaction(
        SECRET, account=desk.account, article=desk.article, queue=Reaction.Queue.PROTECTED, labels=["tip", "question"]
    )
    Reaction.objects.filter(pk=reaction.pk).update(conversation=desk.reaction.conversation)
    desk.concern.members.create(reaction=reaction)
    CorrectionRequest.objects.create(article=desk.article, claim=SECRET, passage=SECRET, reaction=reaction)
    desk.digest.items = {
        "reactions": [reaction.pk],
        "corrections": [reaction.correction_request.pk],
        "concerns": [world.make_concern([world.make_reaction(SECRET, queue=Reaction.Queue.PROTECTED)], SECRET).pk],
    }
    desk.digest.save(update_fields=["items"])
    return reaction


@pytest.fixture
def colleague(desk, client):
    """Somebody who answers readers and signs the article, but does not moderate."""
    user = world.make_user("colleague")
    user.user_permissions.set(Permission.objects.filter(codename__in=ANSWERS))
    Byline.objects.create(article=desk.article, user=user)
    Digest.objects.filter(pk=desk.digest.pk).update(user=user)
    client.force_login(user)
    return user


def test_a_message_aimed_at_a_journalist_stands_on_no_page_of_a_colleague(desk, client, colleague, aimed):
    """Kind: a list that starts from all rows, beside the one that filters."""
    pages = [
        reverse("smeditor:reaction", args=[desk.reaction.pk]),
        reverse("smeditor:concern", args=[desk.concern.pk]),
        reverse("smeditor:concern_answer", args=[desk.concern.pk]),
        reverse("smeditor:correction", args=[desk.correction.pk]),
        reverse("smeditor:article", args=[desk.article.pk]),
        reverse("smeditor:article_participation", args=[desk.article.pk]),
        reverse("smeditor:alert_participation", args=[desk.alert.pk]),
        reverse("smeditor:digest", args=[desk.digest.pk]),
        *(reverse(f"smeditor:{name}") for name in ("concerns", "corrections", "tip_queue", "inbox", "digest_next")),
        f"{reverse('smeditor:inbox')}?queue=shield",
        f"{reverse('smeditor:inbox')}?q=Zanzibar",
        reverse("wagtailadmin_home"),
    ]
    answers = {url: client.get(url) for url in pages}
    assert {url: answer.status_code for url, answer in answers.items() if answer.status_code != 200} == {}
    assert [url for url, answer in answers.items() if "Zeppelin" in answer.content.decode()] == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("reaction_move", {"queue": "done"}),
        ("reaction_label", {"label": "thanks", "present": "1"}),
        ("reaction_assign", {"version": "0"}),
        ("reaction_attach", {"address": "https://paper.example/"}),
        ("concern_take", {}),
        ("tip_seal", {}),
        ("reaction", {"text": "An answer.", "version": "0"}),
    ],
)
def test_it_cannot_be_acted_on_by_its_id(desk, client, colleague, aimed, name, data):
    data = {"into": desk.concern.pk, **data}
    assert client.post(reverse(f"smeditor:{name}", args=[aimed.pk]), data).status_code == 404
    assert Reaction.objects.get(pk=aimed.pk).queue == Reaction.Queue.PROTECTED


def test_nor_in_bulk(desk, client, colleague, aimed):
    submit_bulk_action(client, "done", aimed.pk)
    client.post(reverse("smeditor:concern_split", args=[desk.concern.pk]), {"reaction": [aimed.pk]})
    aimed.refresh_from_db()
    assert (aimed.queue, aimed.concern_member.concern) == (Reaction.Queue.PROTECTED, desk.concern)


def test_the_letter_of_the_author_does_not_tell_of_it(desk, aimed):
    now = timezone.now()
    facts = article_adapter().facts(desk.article)
    digest = content.compose([facts], now - timezone.timedelta(days=1), now)
    assert "Zeppelin" not in repr(digest)


def test_those_who_moderate_see_it(desk, client, as_role, aimed):
    as_role("moderator")
    assert "Zeppelin" in client.get(reverse("smeditor:reaction", args=[aimed.pk])).content.decode()


def test_what_is_counted_is_what_is_seen(desk, colleague):
    """Kind: a number that tells of what is not shown."""
    before = counts.waiting(colleague)
    world.make_reaction(SECRET, queue=Reaction.Queue.PROTECTED)
    world.make_reaction("Of another.", account=desk.account)
    assert counts.waiting(colleague) == before + 1
    journalist = world.make_user("journalist", "journalist")
    assert counts.waiting(journalist) == 0


def test_a_journalist_reads_the_reactions_to_their_own_stories_alone(desk, client, as_role):
    user = as_role("journalist")
    assert client.get(reverse("smeditor:reaction", args=[desk.reaction.pk])).status_code == 404
    Byline.objects.create(article=desk.article, user=user)
    assert client.get(reverse("smeditor:reaction", args=[desk.reaction.pk])).status_code == 200


# Wagtail's own roads to posts


ROADS = ("choose", "choose_results", "chosen", "chosen_multiple")


def chooser(name, post):
    url = reverse(f"wagtailsnippetchoosers_smeditor_post:{name}", args=[post.pk] if name == "chosen" else [])
    return f"{url}?id={post.pk}" if name == "chosen_multiple" else url


@pytest.mark.parametrize("name", ROADS)
def test_the_chooser_shows_no_post_to_who_may_not_see_posts(desk, client, as_role, name):
    """Kind: a chooser that opens for everybody who has access to the admin."""
    post = world.make_post("Zanzibar is not announced yet.")
    as_role("moderator")
    assert "Zanzibar" not in client.get(chooser(name, post)).content.decode()


@pytest.mark.parametrize("name", ROADS)
def test_it_shows_them_to_who_may(desk, client, as_role, name):
    post = world.make_post("Zanzibar is not announced yet.")
    as_role("contributor")
    assert "Zanzibar" in client.get(chooser(name, post)).content.decode()


@pytest.mark.parametrize("name", ROADS)
def test_nobody_chooses_an_answer_to_what_they_may_not_see(desk, client, as_role, aimed, name):
    post = world.make_post("@zanzibar: thank you.", in_reply_to=aimed, kind=Post.Kind.REPLY)
    as_role("contributor")
    assert "zanzibar" not in client.get(chooser(name, post)).content.decode()


@pytest.mark.parametrize("name", ["inspect", "edit", "history", "usage", "delete", "unpublish", "workflow_history"])
def test_no_address_of_a_post_opens_for_who_may_not_see_it(desk, client, as_role, aimed, name):
    post = world.make_post("@zanzibar: thank you.", in_reply_to=aimed, kind=Post.Kind.REPLY)
    as_role("journalist")
    assert client.get(reverse(f"smeditor_posts:{name}", args=[post.pk])).status_code in {302, 403, 404}


def test_the_chooser_finds_what_one_may_see_by_its_words(desk, client, as_role):
    """Kind: a search that cannot be narrowed by who may see what, and so fails."""
    world.make_post("Zanzibar is not announced yet.")
    as_role("contributor")
    url = reverse("wagtailsnippetchoosers_smeditor_post:choose_results")
    assert "Zanzibar" in client.get(f"{url}?q=announced").content.decode()
    assert "Zanzibar" not in client.get(f"{url}?q=quagga").content.decode()


@pytest.mark.parametrize("sees_all", [True, False])
def test_what_only_a_legal_hold_keeps_is_hidden_from_all_whichever_way_it_is_asked(desk, as_role, sees_all):
    """Who sees everything else is asked of by what is hidden, and others of each row by what is seen."""
    user = as_role("chief", superuser=True) if sees_all else as_role()
    if not sees_all:
        names = ("view_reaction", "view_every_reaction", "moderate_reaction", "view_concern", "view_post")
        codenames = [*names, "view_correctionrequest"]
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    kept = world.make_reaction("Kept", presence="deleted", legal_hold_until=timezone.now() + timedelta(days=9))
    empty, both = world.make_concern([]), world.make_concern([world.make_reaction("There")])
    both.members.create(reaction=kept)
    other = world.make_reaction("Kept too", presence="deleted", legal_hold_until=timezone.now() + timedelta(days=9))
    alone = world.make_concern([other])
    visible = set(visibility.concerns_visible_to(user).values_list("pk", flat=True))
    assert {empty.pk, both.pk, desk.concern.pk} <= visible
    assert alone.pk not in visible
    claims = [CorrectionRequest.objects.create(claim="x", reaction=reaction) for reaction in (kept, None)]
    found = visibility.corrections_visible_to(user).filter(pk__in=[claim.pk for claim in claims])
    assert [claim.pk for claim in found] == [claims[1].pk]
    answers = [
        world.make_post(kind=Post.Kind.REPLY, in_reply_to=reaction, created_by=author)
        for reaction, author in ((kept, desk.author), (kept, user), (desk.reaction, desk.author), (None, desk.author))
    ]
    shown = visibility.posts_visible_to(user).filter(pk__in=[post.pk for post in answers])
    assert {post.pk for post in shown} == {post.pk for post in answers[1:]}
