"""The form of a post. Saving it copies from the article what the post must remember; it sends nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel

from smeditor.articles import ArticleFacts, article_adapter, snapshot, source_of
from smeditor.desk.choosers import ArticleChooser, DocumentChooser, ImageChooser, PostChooser
from smeditor.desk.languages import LanguageSelect
from smeditor.desk.posts.composer_panel import ComposerPanel
from smeditor.desk.posts.panels import CounterPanel, GoodTimesPanel
from smeditor.desk.posts.widgets import CardSelect, PartSelect, ReplyControlSelect
from smeditor.models import Account, Post, PostMedia, Rule
from smeditor.models.posts import PollDuration
from smeditor.permissions.scope import own_accounts
from smeditor.permissions.visibility import only_suggests, posts_visible_to
from smeditor.publishing import compose, drift


class AccountsField(forms.ModelMultipleChoiceField):
    """The accounts that a post goes to, as boxes."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {
        "invalid_choice": _("One of the chosen accounts takes no posts any more, or is another desk's: leave it out."),
    }

    def label_from_instance(self, account: Account) -> str:
        """The account's name; one that cannot send says how it stands."""
        state = "" if account.state == Account.State.ACTIVE else f" · {account.get_state_display()}"
        return f"{account}{state}"


class PostForm(WagtailAdminModelForm):
    """A post's text, accounts, story, media and times."""

    accounts = AccountsField(label=_("Accounts"), queryset=Account.objects.filter(sends=True), required=False)

    class Meta(WagtailAdminModelForm.Meta):
        model = Post
        fields = ["text"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whoever only suggests may suggest it to any desk, whose editors approve it.
        if self.for_user is not None and not only_suggests(self.for_user):
            self.fields["accounts"].queryset = own_accounts(self.for_user).filter(sends=True)
        if self.for_user is not None and "quotes" in self.fields:
            self.fields["quotes"].queryset = posts_visible_to(self.for_user).exclude(pk=self.instance.pk)
        if "poll_minutes" in self.fields:
            self.fields["poll_minutes"].required = False  # who writes no poll has chosen nothing
        if self.instance.pk is None and not self.initial.get("accounts"):
            self.initial["accounts"] = self._only_account()

    def _only_account(self) -> list[Account]:
        """The account that a new post can only go to; none where there is a choice, which is the editor's."""
        accounts = list(self.fields["accounts"].queryset[:2])
        return accounts if len(accounts) == 1 else []

    def clean(self) -> dict[str, Any]:
        """A translation stands for its source; only an evergreen post repeats; readers must be able to open the link."""
        data = super().clean()
        if data.get("article"):
            data["article"] = source_of(data["article"])
        if data.get("repeat_days") and data.get("news_class") != "evergreen":
            self.add_error("repeat_days", _("Only an evergreen post may repeat."))
        if data.get("article") and not data.get("link") and "link" not in self.errors:
            self._clean_article_address(data["article"])
        return data

    def clean_poll_minutes(self) -> int:
        """How long the poll runs; a day where nothing was chosen."""
        return self.cleaned_data.get("poll_minutes") or int(PollDuration.DAY)

    def _clean_article_address(self, page: Any) -> None:
        """The article's own address becomes the link: it must be one that readers elsewhere can open."""
        try:
            URLValidator(schemes=["http", "https"])(page.full_url or "")
        except ValidationError:
            sentence = _(
                "The article's address, %s, is none that readers can open: set the site's host name, or type a link."
            )
            self.add_error("link", sentence % (page.full_url or "–"))

    def save(self, commit: bool = True) -> Post:
        """Save the post with what it keeps of its article."""
        self.remember_article()
        return super().save(commit)

    def remember_article(self) -> None:
        """Copy from the article what the post keeps of it, where another one was chosen or nothing is kept yet."""
        post = self.instance
        if "article" in self.changed_data or (post.article_id and not post.article_title):
            remember(post)
        elif post.article_id and post.article_seen and post.kind == Post.Kind.STORY:
            renew(post)


def remember(post: Post) -> None:
    """Copy from the article what a post keeps of it: title, revision, topics; and its link where none was typed."""
    article = post.article
    if article is None:
        return
    try:
        facts = article_adapter().facts(article.specific)
    except TypeError:
        post.article_title = article.title[:255]
        return
    post.article_title, post.article_revision = facts.title[:255], facts.revision_id
    post.article_seen = snapshot(facts)
    post.topics = compose.topics_of(facts)
    post.link = post.link or facts.url
    post.language = post.language or facts.language


def renew(post: Post) -> None:
    """Let a text that was just written keep what its author knows of the article, where that was published again since."""
    page = post.article
    if page is None or post.article_seen.get("revision") == (page.live_revision_id or page.latest_revision_id):
        return
    facts = drift.facts_now(page)
    if facts is not None:
        drift.renew(post, facts)


def about(facts: ArticleFacts, template: str = "") -> Post:
    """An unsaved post about an article: ``template`` filled, else the words of a rule without a template of its own."""
    template = template or Rule._meta.get_field("template").default
    post = Post(
        text=compose.render(template, compose.fields_of(facts)).strip(),
        language=facts.language,
        article_id=facts.page_id,
        article_revision=facts.revision_id,
        article_title=facts.title[:255],
        article_seen=snapshot(facts),
        link=facts.url,
        news_class=facts.news_class,
        topics=compose.topics_of(facts),
    )
    if facts.image and facts.image.social_rights:
        post.media.set([PostMedia(image_id=facts.image.id, alt=facts.image.alt, sort_order=0)])
    return post


def edit_handler() -> ComposerPanel:
    """The panels, in the order in which an editor thinks: what is said, where, when; then what differs."""
    return ComposerPanel(
        [
            MultiFieldPanel(
                [FieldPanel("text"), CounterPanel(), FieldPanel("accounts")],
                heading=_("What is said, and where"),
                icon="edit",
            ),
            MultiFieldPanel(
                [
                    FieldPanel("article", widget=ArticleChooser()),
                    FieldRowPanel([FieldPanel("link"), FieldPanel("with_card")]),
                    FieldPanel("angle"),
                ],
                heading=_("The story"),
                icon="doc-full",
            ),
            InlinePanel(
                "media",
                heading=_("Images and videos"),
                label=_("Image or video"),
                icon="image",
                help_text=_("In the order in which they are shown. An image or a video, not both in one entry."),
                panels=[
                    FieldPanel("image", widget=ImageChooser()),
                    FieldPanel("alt"),
                    FieldRowPanel([FieldPanel("part", widget=PartSelect()), FieldPanel("account")]),
                    FieldRowPanel([FieldPanel("crop"), FieldPanel("credit")]),
                    FieldPanel("video", widget=DocumentChooser()),
                    FieldPanel("captions", widget=DocumentChooser()),
                ],
            ),
            MultiFieldPanel(
                [
                    FieldPanel("poll_options"),
                    FieldRowPanel([FieldPanel("poll_minutes"), FieldPanel("poll_multiple")]),
                ],
                heading=_("Poll"),
                icon="list-ul",
                classname="collapsed",
                help_text=_(
                    "Beneath the first message, on networks that have polls. It stands alone there: without images, videos"
                    " and a quote."
                ),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("content_warning"),
                    FieldPanel("first_comment"),
                    FieldPanel("quotes", widget=PostChooser()),
                    FieldPanel("reply_control", widget=ReplyControlSelect()),
                ],
                heading=_("Around it"),
                icon="comment",
                classname="collapsed",
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("send_at"), FieldPanel("news_class")]),
                    GoodTimesPanel(),
                    FieldRowPanel(
                        [
                            FieldPanel("repeat_days"),
                            FieldPanel("repeat_times"),
                            FieldPanel("language", widget=LanguageSelect()),
                        ]
                    ),
                ],
                heading=_("When"),
                icon="time",
            ),
            InlinePanel(
                "variants",
                heading=_("Where it differs"),
                label=_("variant"),
                icon="copy",
                classname="collapsed",
                help_text=_(
                    "Another text, link or time for one account. What stays empty is as in the post. Its own images and"
                    " videos stand among the post's, with its name under “only for”."
                ),
                panels=[
                    FieldPanel("account"),
                    FieldPanel("text"),
                    FieldRowPanel([FieldPanel("link"), FieldPanel("with_card", widget=CardSelect())]),
                    FieldRowPanel([FieldPanel("content_warning"), FieldPanel("language", widget=LanguageSelect())]),
                    FieldPanel("first_comment"),
                    FieldPanel("reply_control", widget=ReplyControlSelect()),
                    FieldRowPanel([FieldPanel("without_media"), FieldPanel("without_poll")]),
                    FieldPanel("send_at"),
                ],
            ),
        ],
        base_form_class=PostForm,
    )
