"""Digests put into words: HTML and text, in the reader's language, with our own Message-ID."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import override as in_zone
from django.utils.translation import ngettext

from smeditor import conf
from smeditor.digests.content import DigestContent
from smeditor.insight.concerns.asking import open_questions
from smeditor.permissions import ANSWER_CONCERN
from smeditor.permissions.visibility import questions_visible_to

ASKED = 20
"""Questions that a digest counts: more than a coffee takes are not asked for in one letter."""


def language_of(user: Any) -> str:
    """The digest's language: as the journalist chose, else that of their admin, else the newsroom's."""
    preference = getattr(user, "smeditor_digest_preference", None)
    if preference and preference.language:
        return preference.language
    profile = getattr(user, "wagtail_userprofile", None)
    return (profile.get_preferred_language() if profile else "") or settings.LANGUAGE_CODE


def render(user: Any, content: DigestContent) -> tuple[str, str, str]:
    """Return subject, text and HTML of a digest."""
    context = {
        "user": user,
        "digest": content,
        "admin_url": f"{settings.WAGTAILADMIN_BASE_URL}/admin/",
        "site_name": settings.WAGTAIL_SITE_NAME,
        **_questions(user, content),
    }
    with translation.override(language_of(user)), in_zone(conf.zone()):
        context["language"] = translation.get_language()
        count = len(content.articles)
        people = ngettext("%(n)d person", "%(n)d people", content.people) % {"n": content.people}
        subject = conf.get("MAIL_PREFIX") + ngettext(
            "What your readers say: %(people)s about %(count)d article",
            "What your readers say: %(people)s about %(count)d articles",
            count,
        ) % {"people": people, "count": count}
        text = render_to_string("smeditor/mail/digest.txt", context)
        html = render_to_string("smeditor/mail/digest.html", context)
    return subject, text, html


def _questions(user: Any, content: DigestContent) -> dict[str, Any]:
    """How many questions about these articles wait for ``user`` (at most ``ASKED``), and where the best one is answered."""
    if not user.has_perm(ANSWER_CONCERN):
        return {}
    articles = [summary.facts.page_id for summary in content.articles]
    visible = questions_visible_to(user).values("pk")
    waiting = list(open_questions().filter(article__in=articles, pk__in=visible).values_list("pk", flat=True)[:ASKED])
    if not waiting:
        return {}
    path = reverse("smeditor:concern_question", args=[waiting[0]])
    return {"waiting": len(waiting), "question_url": f"{settings.WAGTAILADMIN_BASE_URL}{path}"}


def send_digest(user: Any, content: DigestContent, identity: str) -> str:
    """Hand one digest to the mail server and return its subject. Raises SMTPException or OSError."""
    subject, text, html = render(user, content)
    message = EmailMultiAlternatives(
        subject,
        text,
        to=[user.email],
        headers={"Message-ID": identity, "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
    message.attach_alternative(html, "text/html")
    message.send()
    return subject
