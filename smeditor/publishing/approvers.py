"""Who may approve a post, and writing to them: each in their own language, with a link that only leads there."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from smeditor.accounts.mail import write_to
from smeditor.models import Post
from smeditor.models.approval import authors_of, latest_revision, needs_another
from smeditor.permissions import ACT_FOR_ALL_DESKS, PUBLISH_POST

logger = logging.getLogger("smeditor.publishing")

MOST_ASKED = 50
"""People that are written to about one post; a newsroom with more editors than that reads its list."""


def may_approve(post: Post, *, besides: Any = None) -> list[Any]:
    """The users who may approve ``post`` as it was saved last, by their ids; ``besides`` is left out.

    They hold the right, act for every account that it goes to, and wrote nothing of it where another pair of eyes is
    asked for. A fixed number of queries.
    """
    revision = latest_revision(post)
    accounts = list((revision.as_object() if revision else post).accounts.all())
    authors = authors_of(post, revision.pk if revision else None)
    people = list(ModelBackend().with_perm(PUBLISH_POST).order_by("pk").prefetch_related("smeditor_desks"))
    everywhere = set(ModelBackend().with_perm(ACT_FOR_ALL_DESKS).values_list("pk", flat=True))
    desks = {account.desk_id for account in accounts} - {None}
    return [
        person
        for person in people
        if person.pk != getattr(besides, "pk", None)
        and (person.pk in everywhere or desks <= {desk.pk for desk in person.smeditor_desks.all()})
        and not any(needs_another(account, authors, person.pk) for account in accounts)
    ][:MOST_ASKED]


def address_of(post: Post) -> str:
    """Where an editor reads ``post``, as others reach it. It names the post and nothing that would let anybody in."""
    base = str(getattr(settings, "WAGTAILADMIN_BASE_URL", "") or "").rstrip("/")
    return f"{base}{reverse('smeditor_posts:edit', args=[post.pk])}"


def write_about(post: Post, people: list[Any], subject: str, body: str) -> int:
    """Write to each of ``people`` once the transaction is committed. ``subject``, ``body``: still to be translated.

    Both may name ``%(post)s`` and ``%(url)s``; the text of the post is not in the mail. Returns how many are written to.
    """
    params = {"post": str(post), "url": address_of(post)}
    reached = [person for person in people if getattr(person, "email", "")]

    def send() -> None:
        for person in reached:
            with translation.override(_language_of(person)):
                write_to([person.email], _(subject) % params, _(body) % params)

    transaction.on_commit(send, robust=True)
    return len(reached)


def _language_of(person: Any) -> str:
    profile = getattr(person, "wagtail_userprofile", None)
    return profile.get_preferred_language() if profile else settings.LANGUAGE_CODE
