"""The form of a post. Saving it copies from the article what the post must remember; it sends nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList

from smeditor.articles import ArticleFacts, article_adapter, source_of
from smeditor.desk.posts.article_chooser import ArticleChooser
from smeditor.desk.posts.panels import CounterPanel
from smeditor.models import Account, Post, Rule
from smeditor.permissions.scope import own_accounts
from smeditor.permissions.visibility import only_suggests
from smeditor.publishing import compose


class AccountsField(forms.ModelMultipleChoiceField):
    """The accounts that a post goes to, as boxes."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, account: Account) -> str:
        """The account's name; one that cannot send says how it stands."""
        state = "" if account.state == Account.State.ACTIVE else f" · {account.get_state_display()}"
        return f"{account}{state}"


class PostForm(WagtailAdminModelForm):
    """A post's text, accounts, story, image and times."""

    accounts = AccountsField(label=_("Accounts"), queryset=Account.objects.filter(sends=True), required=False)

    class Meta(WagtailAdminModelForm.Meta):
        model = Post
        fields = ["text"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whoever only suggests may suggest it to any desk, whose editors approve it.
        if self.for_user is not None and not only_suggests(self.for_user):
            self.fields["accounts"].queryset = own_accounts(self.for_user).filter(sends=True)
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
        post = self.instance
        if "article" in self.changed_data or (post.article_id and not post.article_title):
            remember(post)
        return super().save(commit)


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
    post.topics = compose.topics_of(facts)
    post.link = post.link or facts.url
    post.language = post.language or facts.language


def about(facts: ArticleFacts) -> Post:
    """An unsaved post about an article, in the words that a rule without a template of its own would use."""
    template = Rule._meta.get_field("template").default
    post = Post(
        text=compose.render(template, compose.fields_of(facts)).strip(),
        language=facts.language,
        article_id=facts.page_id,
        article_title=facts.title[:255],
        link=facts.url,
        news_class=facts.news_class,
        topics=compose.topics_of(facts),
    )
    if facts.image and facts.image.social_rights:
        post.image_id, post.image_alt = facts.image.id, facts.image.alt
    return post


def edit_handler() -> ObjectList:
    """The panels, in the order in which an editor thinks: what is said, where, when; then what differs."""
    return ObjectList(
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
                ],
                heading=_("The story"),
                icon="doc-full",
            ),
            MultiFieldPanel(
                [FieldPanel("image"), FieldPanel("image_alt"), FieldPanel("content_warning")],
                heading=_("Image"),
                icon="image",
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("send_at"), FieldPanel("news_class")]),
                    FieldRowPanel([FieldPanel("repeat_days"), FieldPanel("repeat_times"), FieldPanel("language")]),
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
                help_text=_("Another text, image or time for one account. What stays empty is as in the post."),
                panels=[
                    FieldPanel("account"),
                    FieldPanel("text"),
                    FieldPanel("image"),
                    FieldPanel("image_alt"),
                    FieldRowPanel([FieldPanel("without_image"), FieldPanel("send_at")]),
                ],
            ),
        ],
        base_form_class=PostForm,
    )
