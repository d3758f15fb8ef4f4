"""The demo newspaper: complete, repeatable, and impossible where it would be dangerous."""

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from PIL import Image
from wagtail.models import Page

from newsroom.articles.models import ArticlePage, NewsImage
from newsroom.demo import content, people
from newsroom.demo.load import DemoNewsroom, load, publish_articles
from smeditor.articles import article_adapter
from tests.layers import Layer


def prepare() -> None:
    """What ``load`` finds in a newsroom: a root page, and the permissions that the desk's own registration makes."""
    Page.objects.filter(depth=1).exists() or Page.add_root(instance=Page(title="Root", slug="root"))
    for codename in ("publish_post", "lock_post", "unlock_post"):
        post = ContentType.objects.get(app_label="smeditor", model="post")
        Permission.objects.get_or_create(content_type=post, codename=codename, defaults={"name": codename})


def prepare_and_load() -> DemoNewsroom:
    prepare()
    return load()


DEMO = Layer(prepare_and_load)


@pytest.fixture
def root(db):
    prepare()


@pytest.fixture
@DEMO.lies_under
def newsroom(db):
    return DEMO.copy()


def test_the_newspaper_is_complete(newsroom):
    languages = [article.language for article in newsroom.articles.values()]
    assert languages.count("fr") >= 5
    assert languages.count("en") >= 3
    assert len(newsroom.sections) == 4
    articles = newsroom.articles.values()
    assert any(article.paywalled for article in articles)
    assert any(article.embargo_until for article in articles)
    assert any(article.corrections.exists() for article in articles)
    assert any(article.lead_image is None for article in articles)
    assert all(article.author_users and article.tags.exists() for article in articles)
    assert all(4 <= len(article.paragraphs) <= 9 for article in articles)


def test_loading_again_changes_nothing(newsroom):
    before = (Page.objects.count(), NewsImage.objects.count(), set(newsroom.users))
    again = load()
    assert (Page.objects.count(), NewsImage.objects.count(), set(again.users)) == before
    assert {slug: article.pk for slug, article in again.articles.items()} == {
        slug: article.pk for slug, article in newsroom.articles.items()
    }


def test_todays_articles_wait_for_their_editor(newsroom):
    drafts = {slug for slug, article in newsroom.articles.items() if not article.live}
    assert len(drafts) == 5
    published = publish_articles(newsroom)
    assert {article.slug for article in published} == drafts
    assert all(article.live and article.live_revision_id for article in published)
    assert publish_articles(newsroom) == []


def test_the_embargo_is_ahead_when_the_article_is_published(newsroom):
    publish_articles(newsroom)
    article = ArticlePage.objects.get(slug="nordhaven-paquebots")
    assert article.live
    assert not article_adapter().public_now(article, timezone.now())


@pytest.mark.parametrize("username", ["claire", "samir", "rose", "ines", "thomas", "nadia", "yann"])
def test_everybody_can_enter_the_admin(client, newsroom, username):
    assert client.login(username=username, password=newsroom.password)
    assert client.get("/admin/").status_code == 200


def test_only_editors_publish(newsroom):
    home = newsroom.home
    may = {name for name, user in newsroom.users.items() if home.permissions_for_user(user).can_publish()}
    assert may == {"claire", "yann"}


def test_journalists_write(newsroom):
    section = newsroom.sections["planete"]
    assert section.permissions_for_user(newsroom.users["ines"]).can_add_subpage()
    assert not section.permissions_for_user(newsroom.users["nadia"]).can_add_subpage()


def test_the_demo_is_refused_where_its_passwords_would_be_a_danger(root, settings):
    settings.NEWSROOM_DEMO_ALLOWED = False
    with pytest.raises(ImproperlyConfigured, match="known password"):
        load()


def test_every_page_of_the_demo_is_shown(client, newsroom, settings):
    publish_articles(newsroom)
    newsroom.site.hostname, newsroom.site.port = "testserver", 80
    newsroom.site.save()
    now = timezone.now()
    for page in [newsroom.home, *newsroom.sections.values(), *ArticlePage.objects.public_at(now)]:
        assert client.get(page.get_url()).status_code == 200, page


def test_every_picture_that_an_article_names_comes_along_and_no_other():
    named = {entry["image"]["scene"] for entry in content.articles() if "image" in entry}
    assert {path.stem for path in content.picture("tram").parent.iterdir()} == named
    assert {Image.open(content.picture(scene)).size for scene in named} == {(1600, 1066)}


def test_the_one_password_is_hashed_once(root, monkeypatch):
    hashed = []
    monkeypatch.setattr(people, "make_password", lambda password: hashed.append(password) or make_password(password))
    users = load().users.values()
    assert len(hashed) == 1
    assert len({user.password for user in users}) == 1


def test_who_changed_their_password_gets_the_printed_one_back(newsroom):
    rose = newsroom.users["rose"]
    rose.set_password("another")
    rose.save()
    assert load().users["rose"].check_password(newsroom.password)
