"""Rules: which articles lead to which posts on which accounts."""

import swapper
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.accounts import Account
from smeditor.models.text_fields import NormalCharField, NormalTextField


class NewsClass(models.TextChoices):
    """How fast a post grows old. The too-late policy hangs on it."""

    BREAKING = "breaking", _("breaking")
    NEWS = "news", _("news")
    EVERGREEN = "evergreen", _("evergreen")


class Rule(models.Model):
    """An automatic proposal. It starts in shadow, where it only records what it would have done."""

    class Mode(models.TextChoices):
        SHADOW = "shadow", _("shadow: only record what it would do")
        DRAFT = "draft", _("draft: prepare posts for an editor")
        ASK = "ask", _("ask: prepare posts and submit them for approval")
        AUTO = "auto", _("auto: approve and schedule posts by itself")

    class Paywall(models.TextChoices):
        ANY = "any", _("all articles")
        FREE = "free", _("free articles only")
        PAID = "paid", _("articles for subscribers only")

    name = NormalCharField(_("name"), max_length=100, unique=True)
    active = models.BooleanField(_("active"), default=True)
    mode = models.CharField(_("mode"), max_length=10, choices=Mode.choices, default=Mode.SHADOW)
    sections = models.JSONField(_("sections"), default=list, blank=True)
    tags = models.JSONField(_("tags"), default=list, blank=True)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    news_classes = models.JSONField(_("classes"), default=list, blank=True)
    page_types = models.JSONField(_("page types"), default=list, blank=True)
    """Classes of pages, as ``app_label.model``."""
    authors = models.JSONField(_("authors"), default=list, blank=True)
    paywall = models.CharField(_("paywall"), max_length=5, choices=Paywall.choices, default=Paywall.ANY)
    accounts = models.ManyToManyField(Account, verbose_name=_("accounts"), related_name="rules")
    template = NormalTextField(
        _("text"),
        default="{kicker}{title}\n\n{url}",
        help_text=_(
            "Fields: {title} {standfirst} {kicker} {section} {authors} {tags} {url}. Cut to each network's length."
        ),
    )
    first_comment = NormalTextField(
        _("first comment"),
        blank=True,
        help_text=_("Written beneath the post, where the network has that. The same fields as in the text."),
    )
    link_parameters = NormalCharField(
        _("addition to the link"),
        max_length=200,
        blank=True,
        help_text=_(
            "Pairs for your statistics, such as utm=social&campaign={section}. Fields: {section} {language} {class} {rule}."
        ),
    )
    with_image = models.BooleanField(_("attach the article's image"), default=True)
    delay = models.PositiveIntegerField(_("minutes after publication"), default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    template_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    """Who wrote its text last, where that is not who made it: an author of every post that it prepares."""

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RuleRun(models.Model):
    """What a rule did, or in shadow would have done, for one article. One row for a rule and an article, ever."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="runs")
    article = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    article_key = models.PositiveBigIntegerField()
    """The article's id, kept when the article is deleted, so that the rule never runs for it twice."""
    mode = models.CharField(max_length=10, choices=Rule.Mode.choices)
    text = models.TextField(blank=True)
    reason = models.CharField(max_length=500, blank=True)
    post = models.ForeignKey(
        "smeditor.Post", null=True, blank=True, on_delete=models.SET_NULL, related_name="rule_runs"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    """When an editor took back what the rule did; the row stays, so that the rule never does it again."""
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("run of a rule")
        verbose_name_plural = _("runs of rules")
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["rule", "article_key"], name="smeditor_rule_run_once")]
        indexes = [models.Index(fields=["rule", "-at", "-id"], name="smeditor_rule_run_latest")]

    def __str__(self) -> str:
        return f"{self.rule} · {self.article_key}"


class PublishedArticle(models.Model):
    """The outbox of the publish signal: an article went live and the rules have not seen it yet.

    Written inside Wagtail's own transaction, so that neither a crash nor a lost message loses an article.
    """

    article_key = models.PositiveBigIntegerField(unique=True)
    first_seen_at = models.DateTimeField(auto_now_add=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    wait_until = models.DateTimeField(null=True, blank=True)
    """When it is looked at next; empty: at once."""
    wait_reason = models.CharField(max_length=500, blank=True)
    """Why the rules have not seen it yet: not published, not open to the public, under embargo."""
    waits_since = models.DateTimeField(null=True, blank=True)
    """Since when it should have been public, or was first found not to be."""
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("published article")
        indexes = [
            models.Index(fields=["id"], name="smeditor_article_waiting", condition=models.Q(handled_at__isnull=True))
        ]

    def __str__(self) -> str:
        return str(self.article_key)
