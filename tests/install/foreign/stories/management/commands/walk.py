"""``manage.py walk``: fills the desk, opens every screen of it, and prints what came as one line of JSON."""

import json

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Site

from smeditor.articles import article_adapter, article_models, is_article, page_at
from smeditor.articles.page_model import page_model
from smeditor.models import Hold
from smeditor.publishing.rehearsal import report
from smeditor.publishing.rehearsal.day import Settings, rehearse
from stories.models import ShelfPage, StoryPage
from tests.desk import screens
from tests.desk.full import FullDesk


def rehearsed(invented: bool) -> dict:
    """What a rehearsal of today counts, with the page that it makes; nothing is on hold any more."""
    Hold.objects.all().delete()
    outcome = rehearse(Settings(timezone.localdate(), share=0.5, invented=invented))
    return {**outcome.summary(), "page": "<h1>" in report.page(outcome)}


class Command(BaseCommand):
    def handle(self, *args, **options) -> None:
        chief = get_user_model().objects.create_superuser("ines@bureau.example", "secret", called="Inês Melo")
        home = Site.objects.get(is_default_site=True).root_page
        story = home.add_child(
            instance=StoryPage(title="A ferry at noon", slug="ferry", story="<p>It leaves.</p>", owner=chief)
        )
        shelf = home.add_child(instance=ShelfPage(title="Ferries", slug="ferries"))
        FullDesk(story, chief)
        client = Client(raise_request_exception=False)
        client.force_login(chief)
        addresses = [
            "/admin/",
            reverse("wagtailadmin_pages:edit", args=[story.pk]),
            reverse("wagtailadmin_explore", args=[home.pk]),
            f"{reverse('smeditor_posts:add')}?article={story.pk}",
            *screens.addresses(story.pk),
        ]
        found = {
            "status": {address: client.get(address).status_code for address in addresses},
            "base": page_model()._meta.label,
            "articles": [model._meta.label for model in article_models()],
            "is_article": [
                is_article(page.specific) for page in page_model().objects.filter(pk__in=[story.pk, shelf.pk])
            ],
            "title": article_adapter().facts(StoryPage.objects.get()).title,
            "found": getattr(page_at(story.full_url), "pk", None) == story.pk,
        }
        found["rehearsed"] = [rehearsed(invented) for invented in (False, True)]
        self.stdout.write(json.dumps(found, default=str))
