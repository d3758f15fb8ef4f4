"""Pages about rules: which fired for an article and why not, what one would have posted, and taking back what one did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise
from wagtail.models import AbstractPage

from smeditor.articles import is_article, source_of
from smeditor.articles.page_model import page_model
from smeditor.desk.base import DeskPage, OperationView, Parents
from smeditor.desk.rules import page_type_choices
from smeditor.models import NewsClass, Rule, RuleRun
from smeditor.models.approval import latest_revision, seen_hash
from smeditor.permissions import SCHEDULE_POST, VIEW_RULE
from smeditor.permissions.visibility import posts_visible_to
from smeditor.publishing import rule_insight, rule_undo
from smeditor.wakeup import wake

CONDITIONS: dict[str, StrOrPromise] = {
    "sections": _("Sections"),
    "tags": _("Tags"),
    "languages": _("Languages"),
    "paywall": _("Paywall"),
    "authors": _("Authors"),
    "page_types": _("Page types"),
    "news_classes": _("Classes"),
}


@dataclass(frozen=True)
class Asked:
    """One condition as the page shows it: what the rule asks for and what the article is, in words."""

    label: StrOrPromise
    wanted: str
    has: str
    met: bool


@dataclass(frozen=True)
class Explained:
    """One rule on the page of an article."""

    rule: Rule
    run: RuleRun | None
    met: bool
    conditions: list[Asked]


def explained(entry: rule_insight.Explanation) -> Explained:
    """``entry`` in an editor's words."""
    named: dict[str, dict[str, StrOrPromise]] = {
        "paywall": dict(Rule.Paywall.choices),
        "news_classes": dict(NewsClass.choices),
        "page_types": dict(page_type_choices(())),
    }
    asked = [
        Asked(
            CONDITIONS[condition.name],
            ", ".join(str(named.get(condition.name, {}).get(value, value)) for value in condition.wanted),
            ", ".join(str(named.get(condition.name, {}).get(value, value)) for value in condition.has if value) or "–",
            condition.met,
        )
        for condition in entry.conditions
    ]
    return Explained(entry.rule, entry.run, entry.met, asked)


class ArticleRules(DeskPage):
    """Each active rule on one article, condition by condition."""

    any_permission_required = (VIEW_RULE,)
    header_icon = "cogs"
    template_name = "smeditor/admin/rules/article.html"

    @cached_property
    def article(self) -> AbstractPage:
        """The article that the address names, of an alias its source. Raises Http404, PermissionDenied."""
        page = get_object_or_404(page_model(), pk=self.kwargs["pk"]).specific
        if not is_article(page):
            raise PermissionDenied
        return source_of(page)

    @property
    def parents(self) -> Parents:
        """The list of articles, and the article."""
        here = reverse("smeditor:article", args=[self.article.pk])
        return ((reverse_lazy("smeditor:articles"), _("Articles")), (here, self.article.title))

    def get_page_title(self) -> str:
        """What is explained."""
        return gettext("The rules and “%(article)s”") % {"article": self.article.title}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the explanations."""
        return super().get_context_data(
            explanations=[explained(entry) for entry in rule_insight.explain(self.article)], **kwargs
        )


class WhatIf(DeskPage):
    """What one rule would have posted about the articles of the last thirty days."""

    any_permission_required = (VIEW_RULE,)
    header_icon = "cogs"
    template_name = "smeditor/admin/rules/what_if.html"

    @cached_property
    def rule(self) -> Rule:
        """The rule that the address names. Raises Http404."""
        return get_object_or_404(Rule, pk=self.kwargs["pk"])

    @property
    def parents(self) -> Parents:
        """The list of rules, and the rule."""
        here = reverse("smeditor_rules:inspect", args=[self.rule.pk])
        return ((reverse_lazy("smeditor_rules:index"), _("Rules")), (here, str(self.rule)))

    def get_page_title(self) -> str:
        """What is asked."""
        return gettext("What “%(rule)s” would have posted") % {"rule": self.rule}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives what the rule would have done."""
        return super().get_context_data(
            rule=self.rule, result=rule_insight.what_if(self.rule, timezone.now()), **kwargs
        )


class RunPage(DeskPage):
    """What a rule did for one article, and the one act that takes it back."""

    any_permission_required = (VIEW_RULE,)
    header_icon = "cogs"
    template_name = "smeditor/admin/rules/run.html"

    @cached_property
    def run(self) -> RuleRun:
        """The run that the address names. Raises Http404."""
        rows = RuleRun.objects.select_related("rule", "article", "post", "undone_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def parents(self) -> Parents:
        """The list of rules, and the rule."""
        here = reverse("smeditor_rules:inspect", args=[self.run.rule_id])
        return ((reverse_lazy("smeditor_rules:index"), _("Rules")), (here, str(self.run.rule)))

    def get_page_title(self) -> str:
        """What is taken back."""
        return gettext("What the rule did")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the run, its post where this user sees it, and whether they may take it back."""
        run, user = self.run, self.request.user
        post = posts_visible_to(user).filter(pk=run.post_id).first() if run.post_id else None
        return super().get_context_data(
            run=run,
            post_object=post,
            deliveries=list(post.deliveries.select_related("account")) if post else [],
            untouched=post is not None and not post.live and rule_undo.untouched(post),
            shown=seen_hash(latest_revision(post)) if post else "",
            refusal=rule_undo.refusal(run, user),
            **kwargs,
        )


class UndoRun(OperationView[RuleRun]):
    """Take back what a rule did for one article."""

    any_permission_required = (SCHEDULE_POST,)
    model = RuleRun
    success_url_name = "smeditor:rule_run"

    def get_base_object_queryset(self) -> QuerySet[RuleRun]:
        """Every run: whose post it is asked of the post."""
        return RuleRun.objects.select_related("rule", "post")

    def perform_operation(self) -> None:
        """Do it. Raises SmeditorError."""
        shown = self.request.POST.get("seen", "")[:200]
        self.success_message = rule_undo.undo(self.object, self.request.user, shown, timezone.now())
        wake("send")
