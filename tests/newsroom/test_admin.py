"""The newspaper's own part of the admin: what an editor does with an article."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from newsroom.articles.models import ArticlePage, AuthorProfile
from tests.newsroom.factories import make_article


@pytest.fixture
def editor(client, django_user_model):
    user = django_user_model.objects.create_superuser("chief", "chief@paper.example", "secret")
    client.force_login(user)
    return user


def filled(**changes):
    return nested_form_data(
        {
            "title": "A new bridge",
            "slug": "a-new-bridge",
            "kicker": "ConcernMatches",
            "standfirst": "It opens in May.",
            "body": streamfield([("paragraph", rich_text("<p>It is blue.</p>")), ("heading", "Why blue")]),
            "signatures": inline_formset([]),
            "corrections": inline_formset([]),
            "lead_image": "",
            "lead_caption": "",
            "language": "en",
            "news_class": "news",
            "tags": "bridge, river",
            "embargo_until": "",
            "seo_title": "",
            "search_description": "",
            "go_live_at": "",
            "expire_at": "",
            "action-publish": "1",
            **changes,
        }
    )


def add_url(section):
    return reverse("wagtailadmin_pages:add", args=("articles", "articlepage", section.pk))


def test_an_editor_writes_signs_and_publishes_an_article(client, section, editor, ana):
    answer = client.post(add_url(section), filled(signatures=inline_formset([{"user": ana.pk}])))
    assert answer.status_code == 302, answer.context["form"].errors
    article = ArticlePage.objects.get(slug="a-new-bridge")
    assert article.live
    assert article.author_users == [ana]
    assert article.paragraphs == ("It is blue.", "Why blue")
    assert {tag.name for tag in article.tags.all()} == {"bridge", "river"}


def test_an_editor_publishes_a_correction(client, section, editor):
    article = make_article(section)
    correction = {"kind": "erratum", "date": "2026-03-11 10:00", "text": "Six, not seven."}
    data = filled(slug=article.slug, corrections=inline_formset([correction]))
    answer = client.post(reverse("wagtailadmin_pages:edit", args=[article.pk]), data)
    assert answer.status_code == 302, answer.context["form"].errors
    assert "Six, not seven." in client.get(article.get_url()).content.decode()


def test_an_article_that_is_published_before_its_embargo_stays_hidden(client, section, editor):
    tomorrow = timezone.localtime() + timedelta(days=1)
    client.post(add_url(section), filled(embargo_until=f"{tomorrow:%Y-%m-%d %H:%M}"))
    article = ArticlePage.objects.get(slug="a-new-bridge")
    assert article.live
    client.logout()
    assert client.get(article.get_url()).status_code == 404


@pytest.mark.parametrize(
    "view", ["wagtailadmin_pages:edit", "wagtailadmin_pages:history", "wagtailadmin_pages:view_draft"]
)
def test_the_editing_views_of_an_article_open(client, section, editor, ana, view):
    article = make_article(section, authors=[ana], tags=["x"])
    article.save_revision()
    assert client.get(reverse(view, args=[article.pk])).status_code == 200


@pytest.mark.parametrize("view", ["index", "add"])
def test_the_authors_are_kept_in_the_settings(client, site, editor, ana, view):
    assert client.get(reverse(f"authors:{view}")).status_code == 200


def test_an_author_is_found_by_name(client, site, editor, ana):
    text = client.get(reverse("authors:index"), {"q": "Roque"}).content.decode()
    assert "Ana Roque" in text
    assert "Ana Roque" not in client.get(reverse("authors:index"), {"q": "Nobody"}).content.decode()


def test_a_fediverse_address_that_is_none_is_refused(client, site, editor, ana):
    profile = AuthorProfile.objects.get(user=ana)
    data = {"user": ana.pk, "byline": "", "role": "", "fediverse": "ana"}
    client.post(reverse("authors:edit", args=[profile.pk]), data)
    profile.refresh_from_db()
    assert profile.fediverse == ""
