"""Who is behind many reactions, on an article or in an alert: shares and likenesses, readers as pseudonyms only."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractPage

from smeditor.articles import is_article
from smeditor.articles.page_model import page_model
from smeditor.desk.alerts import about
from smeditor.desk.base import DeskPage
from smeditor.desk.inbox.cards import cards_of, readable
from smeditor.desk.plot import plot
from smeditor.insight.alerts import coordination
from smeditor.models import Alert, Reaction
from smeditor.permissions import VIEW_ALERT
from smeditor.permissions.visibility import reactions_visible_to


class Participation(DeskPage):
    """Who speaks, how much, since when and in the same words; of reactions that a subclass names."""

    any_permission_required = (VIEW_ALERT,)
    header_icon = "group"
    template_name = "smeditor/admin/participation/participation.html"

    @abstractmethod
    def reactions(self) -> QuerySet[Reaction]:
        """The reactions that are looked at, of those that this user may see."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The page receives what was ``found``, the shared ``texts`` as (group, card of its first reaction), and the ``plot``."""
        user = self.request.user
        rows = self.reactions().exclude(queue=Reaction.Queue.SPAM)
        rows = rows.select_related("reader", "content").order_by("-published_at", "-pk")[: coordination.MOST + 1]
        found = coordination.examine(rows)
        same = {group.reactions[0]: group for group in found.same_texts}
        cards = cards_of(readable(reactions_visible_to(user).filter(pk__in=same)), user)
        texts = sorted(((same[card.reaction.pk], card) for card in cards), key=lambda pair: -pair[0].people)
        return super().get_context_data(
            found=found, texts=texts, plot=plot(found.timing, with_expected=False), **kwargs
        )


class ArticleParticipation(Participation):
    """Who speaks about one article."""

    @cached_property
    def article(self) -> AbstractPage:
        """The article. Raises Http404, and PermissionDenied for any other page."""
        page = get_object_or_404(page_model(), pk=self.kwargs["pk"])
        if not is_article(page.specific):
            raise PermissionDenied
        return page

    def get_page_title(self) -> str:
        """Names the article."""
        return gettext("Who speaks about “%(article)s”") % {"article": self.article.title}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The way here, by the article's own page on the desk."""
        items = super().get_breadcrumbs_items()
        above = {"url": reverse("smeditor:article", args=[self.article.pk]), "label": self.article.title}
        return [*items[:-1], above, {**items[-1], "label": gettext("Who speaks")}]

    def reactions(self) -> QuerySet[Reaction]:
        """Those to the article that this user may see."""
        return reactions_visible_to(self.request.user).filter(article=self.article)


class AlertParticipation(Participation):
    """Who speaks of what an alert was raised about."""

    parents = ((reverse_lazy("smeditor:alerts"), _("Alerts")),)

    @cached_property
    def alert(self) -> Alert:
        """The alert; 404 where there is none."""
        return get_object_or_404(Alert.objects.select_related("article", "account"), pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        """Names what the alert is about."""
        return gettext("Who speaks: %(about)s") % {"about": about(self.alert)}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The way here, by the alert's own page."""
        items = super().get_breadcrumbs_items()
        above = {"url": reverse("smeditor:alert", args=[self.alert.pk]), "label": about(self.alert)}
        return [*items[:-1], above, {**items[-1], "label": gettext("Who speaks")}]

    def reactions(self) -> QuerySet[Reaction]:
        """Those around the alert, and in its scope, that this user may see."""
        return coordination.around(self.alert, reactions_visible_to(self.request.user))
