"""``manage.py walk ACT``: walks the site from the inside and prints what it found as one line of JSON."""

import io
import json
import sys
from dataclasses import asdict

from django.contrib.auth import get_user_model
from django.core.files.images import ImageFile
from django.core.management.base import BaseCommand
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from PIL import Image as Pillow
from wagtail.images import get_image_model
from wagtail.models import Site

from news.models import RubricPage, StoryPage, Writer
from smeditor.articles import article_adapter
from smeditor.insight.labels import intake
from smeditor.models import Account, Post, Reaction, Rule
from smeditor.signals import reader_message


def publish() -> dict:
    """Set one rule up and publish one story; nothing else is asked of the desk here."""
    account = Account.objects.create(
        network="mastodon", handle="@paper@m.example", server_url="https://m.example", secret={"access_token": "x"}
    )
    rule = Rule.objects.create(name="Everything", mode=Rule.Mode.DRAFT, template="{title} {url}")
    rule.accounts.add(account)
    user = get_user_model().objects.create_user("ana", first_name="Ana", last_name="Roque")
    out = io.BytesIO()
    Pillow.new("RGB", (640, 480), "navy").save(out, "PNG")
    picture = get_image_model().objects.create(title="Harbour", file=ImageFile(out, name="harbour.png"))
    home = Site.objects.get(is_default_site=True).root_page
    rubric = home.add_child(instance=RubricPage(title="Port", slug="port"))
    story = rubric.add_child(
        instance=StoryPage(
            title="The ferry is back",
            slug="ferry",
            live=False,
            chapo="<p>From <b>Monday</b>.</p>",
            body=[("text", "<p>It leaves at six.</p><p>It returns.</p>"), ("box", ["Six boats", "Ten crews"])],
            opening_picture=picture,
            premium=True,
        )
    )
    story.authors = [Writer.objects.create(name="Ana R.", account=user), Writer.objects.create(name="Agency")]
    story.labels.add("ferry", "island")
    story.save_revision().publish()
    return {"page": story.pk}


def facts() -> dict:
    """What the desk knows of the story, what it makes of its picture, and where it finds it."""
    story, adapter = StoryPage.objects.get(), article_adapter()
    data, media_type, width, height = adapter.image_bytes(story, 1_000_000)
    return {
        "facts": {name: value for name, value in asdict(adapter.facts(story)).items() if not name.endswith("_at")},
        "image": [media_type, width, height, len(data) > 0],
        "found": adapter.find(f"{story.full_url}?utm_source=x") == story,
        "host": [name for name in sys.modules if name.split(".")[0] in ("newsroom", "tests")],
    }


def read() -> dict:
    """A reader writes through a form of the site's own; every page about what is there now answers."""
    story = StoryPage.objects.get()
    reader_message.send(
        StoryPage,
        article_id=story.pk,
        kind="question",
        passage="It leaves at six.",
        message="Does it also leave on Sundays?",
        name="Gwen",
        email="gwen@reader.example",
        received_at=timezone.now(),
        reference="form-1",
    )
    intake.run_due(timezone.now())
    reaction, post, account = Reaction.objects.get(), Post.objects.get(), Account.objects.get()
    client = logged_in("reader")
    addresses = [
        reverse("smeditor:inbox"),
        reverse("smeditor:reaction", args=[reaction.pk]),
        reverse("smeditor:article", args=[story.pk]),
        reverse("smeditor_posts:edit", args=[post.pk]),
        reverse("smeditor_posts:add") + f"?article={story.pk}",
        reverse("smeditor_accounts:edit", args=[account.pk]),
        reverse("wagtailadmin_pages:edit", args=[story.pk]),
        reverse("wagtailadmin_explore", args=[story.get_parent().pk]),
    ]
    return {
        "status": {address: client.get(address).status_code for address in addresses},
        "article": reaction.article_id == story.pk,
        "labels": list(reaction.labels.filter(present=True).values_list("label", flat=True)),
    }


def posts() -> dict:
    return {"posts": list(Post.objects.values_list("text", flat=True))}


def admin() -> dict:
    """The status of the admin's home and of every address of the desk that needs no further word."""
    client = logged_in("chief")
    addresses = ["/admin/", *sorted(f"/{path}" for path in plain_paths(get_resolver()) if "smeditor" in path)]
    return {"status": {address: client.get(address).status_code for address in addresses}}


def logged_in(name: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(get_user_model().objects.create_superuser(name, f"{name}@paper.example", "secret"))
    return client


def plain_paths(resolver: URLResolver, before: str = "") -> list[str]:
    found = []
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
        if isinstance(pattern, URLResolver):
            found += plain_paths(pattern, path)
        elif isinstance(pattern, URLPattern) and not any(sign in path for sign in "<(["):
            found.append(path)
    return found


class Command(BaseCommand):
    def add_arguments(self, parser) -> None:
        parser.add_argument("act", choices=ACTIONS)

    def handle(self, *args, **options) -> None:
        self.stdout.write(json.dumps(ACTIONS[options["act"]](), default=str))


ACTIONS = {action.__name__: action for action in (publish, facts, posts, read, admin)}
