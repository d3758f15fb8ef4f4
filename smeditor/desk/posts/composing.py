"""The composer's answer while one writes: the post of a form that is not saved yet, as each chosen account will show it.

The post is made in memory as saving would make it (the same form, the same copying from the article); nothing is stored.
What the form could not read is said in sentences, and the rest is shown all the same.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views import View
from wagtail.permissions import policy_registry

from smeditor.desk.base import DeskPermissionMixin
from smeditor.desk.posts.form import edit_handler
from smeditor.desk.posts.preview_cards import Composed, compose
from smeditor.models import Post
from smeditor.permissions.visibility import posts_visible_to
from smeditor.text.normal import normalise_text
from smeditor.text.params import parse_id

MOST_ACCOUNTS = 20
"""Cards in one answer: the others are said to be left out, and are checked at approval like all."""
LONGEST_COUNTED = 40_000
"""Characters of a text that is too long to be saved, and yet is counted so that its author sees by how much."""
ACCOUNT = "smeditor/admin/posts/compose/account.html"


@dataclass
class Draft:
    """A post as a form holds it, in memory. ``problems``: what of the form could not be read, in sentences."""

    post: Post
    problems: list[str]
    left_out: int = 0


@cache
def _form_class() -> Any:
    """The form that the editor's own page has."""
    return edit_handler().bind_to_model(Post).get_form_class()


def draft_of(data: QueryDict, post: Post, user: Any) -> Draft:
    """``post`` with the form's ``data`` in it, as saving would leave it; what is wrong with a field leaves that field out.

    Raises ValidationError for ids that are none.
    """
    form = _form_class()(data, instance=post, for_user=user)
    form.defer_required_fields()
    if form.is_valid():
        form.save(commit=False)
        return _bounded(Draft(form.instance, []))
    _keep_what_is_right(form, data)
    return _bounded(Draft(form.instance, list(_problems(form))))


def _bounded(draft: Draft) -> Draft:
    """The draft with no more accounts than are shown at once."""
    accounts = list(draft.post.accounts.all())
    if len(accounts) > MOST_ACCOUNTS:
        draft.post.accounts = accounts[:MOST_ACCOUNTS]
        draft.left_out = len(accounts) - MOST_ACCOUNTS
    return draft


def _keep_what_is_right(form: Any, data: QueryDict) -> None:
    """Bring what a refused form has of a post into its instance, as saving would have done with the whole."""
    post = form.instance
    if "text" in form.errors:
        post.text = normalise_text(data.get("text", "")[:LONGEST_COUNTED], LONGEST_COUNTED)
    form.remember_article()
    accounts = form.cleaned_data.get("accounts")
    if accounts is None:
        chosen = [key for key in map(parse_id, data.getlist("accounts")) if key is not None]
        accounts = form.fields["accounts"].queryset.filter(pk__in=chosen)
    post.accounts = list(accounts)
    for name, formset in form.formsets.items():
        if formset.is_valid():
            formset.save(commit=False)
        elif name == "variants":
            post.variants.set(_variants(formset, data))
        elif name == "media":
            post.media.set(_media(formset))


def _variants(formset: Any, data: QueryDict) -> list[Any]:
    found = []
    for form in formset.forms:
        if form.instance.account_id is None or formset._should_delete_form(form):
            continue
        if "text" in form.errors:
            text = data.get(form.add_prefix("text"), "")[:LONGEST_COUNTED]
            form.instance.text = normalise_text(text, LONGEST_COUNTED)
        found.append(form.instance)
    return found


def _media(formset: Any) -> list[Any]:
    """The images and videos whose entries are right, in the order of the form."""
    right = [form for form in formset.forms if form.is_valid() and not formset._should_delete_form(form)]
    forms = sorted(right, key=lambda form: form.cleaned_data.get("ORDER") or 0)
    for place, form in enumerate(forms):
        form.instance.sort_order = place
    return [form.instance for form in forms]


def _problems(form: Any) -> list[str]:
    """What the form would say of its fields, each with the field's name, once."""
    found: dict[str, None] = {}
    forms = [form, *(child for formset in form.formsets.values() for child in formset.forms)]
    for bound in forms:
        for name, errors in bound.errors.items():
            label = bound.fields[name].label if name in bound.fields else ""
            for error in errors:
                found[f"{label}: {error}" if label else str(error)] = None
    for formset in form.formsets.values():
        found |= dict.fromkeys(map(str, formset.non_form_errors()))
    return list(found)


class Compose(DeskPermissionMixin, View):
    """Answer ``sme-composer``: the form's own data in, one card for each chosen account out.

    ``composed_post`` names the post where it was saved before. It reads and writes nothing else.
    """

    any_permission_required = ("smeditor.add_post", "smeditor.change_post")
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> JsonResponse:
        """``{"cards": [{"account", "html", "lengths"}], "problems", "general"}``; 400 for a form that cannot be read."""
        try:
            draft = draft_of(request.POST, self.get_post(request), request.user)
        except (ValidationError, ValueError):
            return JsonResponse({"cards": [], "problems": [gettext("The form could not be read.")]}, status=400)
        composed = compose(draft.post, timezone.now(), request.user)
        return JsonResponse(
            {
                "cards": [self.card(card) for card in composed.cards],
                "problems": [*draft.problems, *_left_out(draft.left_out)],
                "general": self.general(composed),
            }
        )

    def get_post(self, request: HttpRequest) -> Post:
        """The newest version of the post that is written on, or a new one. Raises Http404, PermissionDenied."""
        asked = request.POST.get("composed_post", "")
        if not asked:
            return Post()
        key = parse_id(asked)
        if key is None:
            raise Http404
        post = get_object_or_404(posts_visible_to(request.user), pk=key)
        if not policy_registry.get_by_type(Post).user_has_permission_for_instance(request.user, "change", post):
            raise PermissionDenied
        return post.get_latest_revision_as_object()

    def card(self, card: Any) -> dict[str, Any]:
        """One account's card as the script takes it."""
        lengths = [asdict(part.length) for part in card.parts if part.length]
        html = render_to_string(ACCOUNT, {"card": card}, self.request)
        return {"account": card.account.pk, "html": html, "lengths": lengths}

    def general(self, composed: Composed) -> str:
        """What is true of the post on every account, as HTML."""
        context = {"findings": composed.findings}
        return render_to_string("smeditor/admin/posts/compose/findings.html", context, self.request)


def _left_out(count: int) -> list[str]:
    if not count:
        return []
    sentence = ngettext(
        "%(count)d more account is not shown here.", "%(count)d more accounts are not shown here.", count
    )
    return [sentence % {"count": count}]
