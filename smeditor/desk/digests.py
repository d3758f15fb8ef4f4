"""The letters: which went out, and what would go out now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.widgets.button import HeaderButton

from smeditor.desk.base import DeskListing, DeskPage
from smeditor.desk.tables import MomentColumn
from smeditor.desk.viewsets import ListingViewSet
from smeditor.digests import content
from smeditor.insight.concerns.quotable_labels import check_labels
from smeditor.insight.corrections.requests import quotable_claims
from smeditor.listening.quotable import quotable
from smeditor.models import Digest
from smeditor.permissions import CONNECT_ACCOUNT, VIEW_DIGEST
from smeditor.permissions.visibility import (
    concerns_visible_to,
    corrections_visible_to,
    digests_visible_to,
    reactions_visible_to,
)

ALL_DIGESTS = CONNECT_ACCOUNT
"""Who leads the desk sees everybody's letters; a journalist sees their own."""


def visible(user: Any) -> QuerySet[Digest]:
    """The letters that ``user`` may see, with those whom they went to."""
    return digests_visible_to(user).select_related("user")


class DigestIndexView(DeskListing):
    """The letters that went out, or should have; one's own, and to who leads the desk everybody's."""

    any_permission_required = (VIEW_DIGEST,)
    model = Digest
    page_title = _("Digests")
    default_ordering = "-until"
    columns = [
        TitleColumn("subject", label=capfirst(_("subject")), accessor="__str__", url_name="smeditor:digest"),
        Column(
            "for",
            label=capfirst(_("for")),
            accessor=lambda digest: get_user_display_name(digest.user) if digest.user else "",
        ),
        StatusTagColumn(
            "get_state_display", label=_("State"), primary=lambda digest: digest.state == Digest.State.SENT
        ),
        Column("problem", label=capfirst(_("problem")), classname="sme-sentence"),
        MomentColumn("until", label=_("To"), sort_key="until"),
        MomentColumn("sent_at", label=_("Sent")),
    ]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The way to what would go out now."""
        return [HeaderButton(_("What would go out now"), url=reverse("smeditor:digest_next"), icon_name="view")]

    def get_base_queryset(self) -> QuerySet[Digest]:
        """The letters that this user may see."""
        return visible(self.request.user)


class DigestListing(ListingViewSet):
    """The list of letters."""

    icon = "mail"
    index_view_class = DigestIndexView


class DigestPage(DeskPage):
    """What a letter spoke of. The words of readers are not kept: what they deleted is not shown."""

    any_permission_required = (VIEW_DIGEST,)
    header_icon = "mail"
    template_name = "smeditor/admin/digests/digest.html"
    parents = ((reverse_lazy("smeditor:digests"), _("Digests")),)

    @cached_property
    def digest(self) -> Digest:
        """The letter of the address. Raises Http404 when this user may not see it."""
        return get_object_or_404(visible(self.request.user), pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        """What the letter is about, and until when."""
        return str(self.digest)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the letter spoke of, as far as it is still there and this user may see it."""
        items, user = self.digest.items, self.request.user
        shown = quotable(items.get("reactions", []), ask=False)
        reactions = reactions_visible_to(user).filter(pk__in=shown, content__isnull=False)
        return super().get_context_data(
            digest=self.digest,
            concerns=check_labels(concerns_visible_to(user).filter(pk__in=items.get("concerns", [])), ask=False),
            corrections=quotable_claims(
                corrections_visible_to(user).filter(pk__in=items.get("corrections", [])), ask=False
            ),
            reactions=reactions.select_related("content"),
            **kwargs,
        )


class Next(DeskPage):
    """What one's own letter would say if it went out now."""

    any_permission_required = (VIEW_DIGEST,)
    header_icon = "view"
    page_title = _("What would go out now")
    template_name = "smeditor/admin/digests/next.html"
    parents = ((reverse_lazy("smeditor:digests"), _("Digests")),)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The letter about one's own articles, or with ``?whose=all`` about all. Raises PermissionDenied for who may not."""
        now, user = timezone.now(), self.request.user
        last = Digest.objects.filter(user=user.pk).exclude(state=Digest.State.FAILED).order_by("-until").first()
        since = max(last.until if last else now - timedelta(days=1), now - timedelta(days=14))
        everything = self.request.GET.get("whose") == "all"
        if everything and not user.has_perm(ALL_DIGESTS):
            raise PermissionDenied
        articles = content.touched_articles(since, now, None if everything else user)
        return super().get_context_data(
            letter=content.compose(articles, since, now, ask=False),
            everything=everything,
            may_see_all=user.has_perm(ALL_DIGESTS),
            whose=gettext("the whole newsroom") if everything else get_user_display_name(user),
            **kwargs,
        )
