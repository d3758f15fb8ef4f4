"""What the networks of the chosen accounts find for a handle or hashtag that is being typed."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views import View

from smeditor.accounts.mark_search import search_marks
from smeditor.desk.base import DeskPermissionMixin
from smeditor.desk.posts.suggesting import MOST_ACCOUNTS
from smeditor.networks.base import MarkKind
from smeditor.permissions.visibility import accounts_visible_to
from smeditor.text.params import parse_ids

KINDS = {"@": MarkKind.MENTION, "#": MarkKind.TAG}


class SearchMarks(DeskPermissionMixin, View):
    """Answer ``sme-suggest``: ``?accounts=…&accounts=…&word=@tra`` in, what was found out."""

    any_permission_required = ("smeditor.add_post", "smeditor.change_post")
    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> JsonResponse:
        """``{"suggestions": [{"text", "note"}]}`` as JSON: the note names the profile and the network that knows it."""
        word = request.GET.get("word", "")
        kind = KINDS.get(word[:1])
        keys = parse_ids(request.GET.getlist("accounts"), MOST_ACCOUNTS)
        accounts = accounts_visible_to(request.user).filter(pk__in=keys).order_by("pk")
        found = search_marks(accounts, kind, word[1:]) if kind else []
        rows = [
            {"text": mark.text, "note": " · ".join(filter(None, (mark.label, account.get_network_display())))}
            for account, mark in found
        ]
        return JsonResponse({"suggestions": rows})
