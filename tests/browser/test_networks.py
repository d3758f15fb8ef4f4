"""One post with an image to every network, and a comment that comes home from Facebook: in a browser, against the doubles."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import httpx
import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from smeditor.conversations import reader_operations
from smeditor.listening.poll import add_missing_sources, poll_source
from smeditor.models import Delivery, Post, PostMedia, Reaction, Source
from smeditor.publishing.engine import tick
from tests.browser import networks
from tests.browser.conftest import listen_for_refusals, log_in
from tests.desk import world
from tests.e2e.test_day import bluesky_is_there
from tests.networks.bluesky_servers import Account as BlueskyAccount
from tests.networks.bluesky_servers import bluesky_network
from tests.networks.doubles.controls import control_of
from tests.networks.doubles.telegram.world import CHANNEL
from tests.networks.servers import mastodon_server
from tests.newsroom import factories

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DOUBLES = ("facebook", "instagram", "linkedin", "telegram", "threads", "x")
TEXT = "The tram opens on 3 May, at six in the morning."
ALT = "A tram on the bridge"


@pytest.fixture
def newsroom(settings, live_server):
    settings.LANGUAGE_CODE = "en"
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    settings.SMEDITOR = {**settings.SMEDITOR, "ALLOWED_PRIVATE_HOSTS": ["127.0.0.1", "localhost"]}
    site = factories.make_site(hostname="paper.example")
    author = world.make_user("nora", is_superuser=True)
    article = factories.make_article(factories.make_section(site.root_page.specific), authors=[author])
    return SimpleNamespace(article=article, author=author)


@pytest.fixture
def open_desk(newsroom, open_page):
    def open_it(width: int = 1280, language: str = "en"):
        UserProfile.objects.update_or_create(user=newsroom.author, defaults={"preferred_language": language})
        page = open_page(width, language)
        page.set_default_timeout(60_000)
        listen_for_refusals(page)
        log_in(page, "nora")
        return page

    return open_it


@pytest.fixture
def doubles(newsroom):
    with networks.doubles_of(*DOUBLES) as served:
        yield served
        assert {slug: double.breaches for slug, double in served.items() if double.breaches} == {}


@pytest.fixture
def mastodon(newsroom, tmp_path):
    with mastodon_server(tmp_path) as url:
        yield url


@pytest.fixture
def bluesky(newsroom, tmp_path):
    """A real PDS; None where it cannot be run."""
    if bluesky_is_there():
        yield None
        return
    with bluesky_network(tmp_path, appview=False) as network:
        yield BlueskyAccount.create(network.pds_url, "paper.test")


def submit(page, selector: str) -> None:
    with page.expect_navigation():
        page.click(selector)


def write_and_approve(page, post: Post) -> None:
    page.goto(reverse(post.snippet_viewset.get_url_name("edit"), args=[post.pk]))
    page.fill("#id_text", TEXT)
    page.wait_for_selector(".sme-compose__side .sme-counter__item")
    page.shot("networks-post")
    page.click("footer [data-w-dropdown-target='toggle']")
    submit(page, "button[name='action-publish']")
    assert Post.objects.get(pk=post.pk).live, page.inner_text("main")


def test_a_post_with_its_image_goes_to_every_network(newsroom, doubles, mastodon, bluesky, open_desk):
    fetched = {slug: networks.Fetching(doubles[slug]) for slug in ("instagram", "threads")}
    accounts = [networks.account_on(double) for double in doubles.values()]
    accounts.append(networks.connected("mastodon", mastodon, {"secret": {"access_token": "ada_token"}}))
    if bluesky:
        accounts.append(networks.connected("bluesky", bluesky.pds_url, {"secret": dict(bluesky.credentials().secret)}))
    post = world.make_post(
        "A draft.",
        accounts,
        article=newsroom.article,
        created_by=newsroom.author,
        with_card=False,  # Facebook and Bluesky show the story's card or the image
        media=[PostMedia(image=factories.make_image(), alt=ALT)],
    )
    page = open_desk()
    write_and_approve(page, post)
    networks.work_until_sent()
    assert Delivery.objects.count() == len(accounts)
    for slug, double in doubles.items():
        [(text, _native_id)] = control_of(double).visible()
        assert TEXT in text, slug
    assert_images_are_there(doubles, fetched)
    assert_mastodon_shows_it(mastodon)
    if bluesky:
        assert_bluesky_shows_it(bluesky.pds_url)
    page.goto(reverse("smeditor:delivery", args=[Delivery.objects.get(account__network="x").pk]))
    page.shot("networks-sent")
    assert page.evaluate("window.refusals") == []


def assert_images_are_there(doubles, fetched) -> None:
    [tweet] = doubles["x"].posts
    assert [(upload.content[:2], upload.alt) for upload in tweet.media] == [(b"\xff\xd8", ALT)]
    facebook = doubles["facebook"]
    [node] = facebook.posts_of(facebook.page)
    [photo] = [entry["photo"] for entry in node.hidden["attachments"] if "photo" in entry]
    assert (photo.hidden["bytes"][:2], photo.data["alt_text_custom"]) == (b"\xff\xd8", ALT)
    for slug in ("instagram", "threads"):
        [(media_type, content)] = fetched[slug].pictures
        assert (media_type, content[:2]) == ("image/jpeg", b"\xff\xd8"), slug
    [media] = doubles["instagram"].media
    assert (media.data["media_type"], media.data["alt_text"]) == ("IMAGE", ALT)
    [thread] = doubles["threads"].posts.values()
    assert (thread.data["media_type"], thread.data["alt_text"]) == ("IMAGE", ALT)
    linkedin = doubles["linkedin"]
    [share] = linkedin.posts.values()
    assert share["content"]["media"]["altText"] == ALT
    assert linkedin.assets[share["content"]["media"]["id"]]["data"][:2] == b"\xff\xd8"
    telegram = doubles["telegram"]
    [message] = telegram.world.messages[CHANNEL].values()
    assert telegram.files[message["photo"][0]["file_id"]][:2] == b"\xff\xd8"


def assert_mastodon_shows_it(url: str) -> None:
    headers = {"Authorization": "Bearer ada_token"}
    me = httpx.get(f"{url}/api/v1/accounts/verify_credentials", headers=headers, trust_env=False).json()
    found = httpx.get(f"{url}/api/v1/accounts/{me['id']}/statuses", headers=headers, trust_env=False).json()
    [status] = [status for status in found if TEXT in status["content"]]
    assert [(media["type"], media["description"]) for media in status["media_attachments"]] == [("image", ALT)]


def assert_bluesky_shows_it(url: str) -> None:
    repo, collection, rkey = Delivery.objects.get(account__network="bluesky").remote_id.removeprefix("at://").split("/")
    asked = {"repo": repo, "collection": collection, "rkey": rkey}
    record = httpx.get(f"{url}/xrpc/com.atproto.repo.getRecord", params=asked, trust_env=False).json()["value"]
    assert TEXT in record["text"]
    assert [image["alt"] for image in record["embed"]["images"]] == [ALT]


@pytest.fixture
def facebook(newsroom):
    with networks.doubles_of("facebook") as served:
        yield served["facebook"]
        assert served["facebook"].breaches == []


@pytest.fixture
def comment(facebook, newsroom) -> Reaction:
    """What a reader wrote under a post of ours on Facebook, as the desk has collected it."""
    account = networks.account_on(facebook)
    post = world.make_post(TEXT, [account], article=newsroom.article, created_by=newsroom.author)
    post.latest_revision.publish(user=newsroom.author)
    networks.work_until_sent()
    control_of(facebook).reader_writes("Léa Moreau", "When does the first tram leave? You hopeless fools!")
    add_missing_sources()
    poll_source(Source.objects.get(account=account).pk, timezone.now() + timedelta(minutes=30), "w")
    return Reaction.objects.get()


def operate(page, reaction: Reaction, operation: str) -> None:
    submit(page, f"button[name=operation][value={operation}]")
    assert reader_operations.run_due(timezone.now()) == 1
    page.goto(reverse("smeditor:reaction", args=[reaction.pk]))


def test_a_comment_on_facebook_is_answered_hidden_and_shown_again(comment, facebook, open_desk):
    page = open_desk()
    page.goto(reverse("smeditor:reaction", args=[comment.pk]))
    assert "When does the first tram leave?" in page.inner_text("main")
    page.shot("networks-reaction")
    page.fill("#id_text", "At six, and then every ten minutes.")
    submit(page, "button[name=send][value=now]")
    tick(timezone.now() + timedelta(minutes=20), "w")
    answer = Delivery.objects.get(post__text__startswith="At six")
    assert answer.state == Delivery.State.SENT, answer.state_reason
    [under] = facebook.nodes[comment.native_id].hidden["comments"]
    assert facebook.nodes[under].data["message"] == "At six, and then every ten minutes."

    page.goto(reverse("smeditor:reaction", args=[comment.pk]))
    operate(page, comment, "hide")
    assert facebook.nodes[comment.native_id].data["is_hidden"] is True
    page.shot("networks-reaction-hidden")
    operate(page, comment, "unhide")
    assert facebook.nodes[comment.native_id].data["is_hidden"] is False
    comment.refresh_from_db()
    assert comment.presence == "alive"
    page.shot("networks-reaction-shown")
    assert page.evaluate("window.refusals") == []


TOO_WIDE = """[...document.querySelectorAll('main select, .w-slim-header nav li:last-child')].filter(
    (part) => part.offsetWidth && part.getBoundingClientRect().right > innerWidth).map((part) => part.outerHTML)"""


def test_on_a_telephone_no_list_to_choose_from_and_no_title_runs_out_of_the_page(newsroom, open_desk):
    page = open_desk(390, "fr")
    account = world.make_account()
    for address in (
        reverse("smeditor_accounts:edit", args=[account.pk]),
        reverse("smeditor:account_app", args=["facebook"]),
    ):
        page.goto(address)
        assert page.evaluate(TOO_WIDE) == []
    page.shot("networks-title")
