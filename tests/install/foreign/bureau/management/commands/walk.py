"""``manage.py walk``: fills the desk, opens every screen of it, and prints what came as one line of JSON."""

import json

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Site

from bureau.models import AskUsPage, Contributor, DispatchContributor, DispatchPage, GalleryPage, IndexPage
from smeditor.articles import article_adapter, article_models, is_article
from smeditor.models import Hold
from smeditor.publishing.rehearsal import report
from smeditor.publishing.rehearsal.day import Settings, rehearse
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
        pages = make_pages(chief)
        dispatch = pages[0]
        facts = article_adapter().facts(dispatch)
        FullDesk(dispatch, chief)
        client = Client(raise_request_exception=False)
        client.force_login(chief)
        addresses = [
            "/admin/",
            reverse("wagtailadmin_pages:edit", args=[dispatch.pk]),
            reverse("wagtailadmin_explore", args=[dispatch.get_parent().pk]),
            f"{reverse('smeditor_posts:add')}?article={dispatch.pk}",
            *screens.addresses(dispatch.pk),
        ]
        found = {
            "status": {address: client.get(address).status_code for address in addresses},
            "authors": [facts.author_names, facts.author_ids == (chief.pk,)],
            "articles": [model._meta.label for model in article_models()],
            "is_article": [is_article(page) for page in pages],
        }
        found["rehearsed"] = [rehearsed(invented) for invented in (False, True)]
        self.stdout.write(json.dumps(found, default=str))


def make_pages(owner) -> list:
    """One page of each class below the home page, the article first."""
    home = Site.objects.get(is_default_site=True).root_page
    dispatch = home.add_child(
        instance=DispatchPage(title="A ferry at noon", slug="ferry", story="<p>It leaves.</p>", owner=owner)
    )
    for place, (first, last, email) in enumerate(
        [("Rui", "Sá", "rui@other.example"), ("Inês", "Melo", "INES@bureau.example")]
    ):
        contributor = Contributor.objects.create(first_name=first, last_name=last, email=email)
        DispatchContributor.objects.create(page=dispatch, contributor=contributor, sort_order=place)
    others = [kind(title=kind.__name__, slug=kind.__name__.lower()) for kind in (IndexPage, GalleryPage, AskUsPage)]
    return [DispatchPage.objects.get(), *(home.add_child(instance=page) for page in others)]
