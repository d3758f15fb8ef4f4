"""Where Wagtail learns of the desk. Each hook only passes on to the desk, and imports what it needs when it is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLResolver, include, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet
from wagtail.snippets.models import register_snippet

from smeditor.desk import delivery_bulk, log_actions, queue_bulk, urls
from smeditor.desk.inbox.bulk import BULK_ACTIONS
from smeditor.desk.lazy import LazyModelViewSet, LazySnippetViewSet
from smeditor.desk.posts.bulk import ApproveBulkAction, PostDeleteBulkAction
from smeditor.models import Account, Desk, Hold, Post, Rule, SavedReply, Source, TopicClash, WordList

if TYPE_CHECKING:
    from wagtail.admin.menu import MenuItem
    from wagtail.admin.widgets.button import Button
    from wagtail.models import AbstractPage

    from smeditor.desk.digest_preference import DigestPreferencePanel

register_snippet(
    LazySnippetViewSet(
        "smeditor.desk.posts.viewset.PostViewSet",
        model=Post,
        icon="openquote",
        admin_url_namespace="smeditor_posts",
        base_url_path="smeditor/posts",
        copy_view_enabled=False,
        inspect_view_enabled=True,
        menu_item_is_registered=True,  # they have their place in the desk's own menu, so "Snippets" need not list them
    )
)
hooks.register("register_log_actions", log_actions.register)
hooks.register("register_bulk_action", ApproveBulkAction)
hooks.register("register_bulk_action", PostDeleteBulkAction, order=100)  # after Wagtail's own, whose place it takes
for bulk_action in (*BULK_ACTIONS, *delivery_bulk.ACTIONS, *queue_bulk.ACTIONS):
    hooks.register("register_bulk_action", bulk_action)


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[ViewSet]:
    """Return the viewsets of settings: accounts, holds, topic clashes, rules, saved replies, word lists, desks, sources."""
    return [
        LazyModelViewSet("smeditor.desk.accounts.viewset.AccountViewSet", Account, "accounts"),
        # A hold is placed and lifted, never rewritten: what was stopped, and why, stays on record.
        LazyModelViewSet("smeditor.desk.holds.HoldViewSet", Hold, "holds", without=("edit", "delete")),
        LazyModelViewSet("smeditor.desk.topic_clashes.TopicClashViewSet", TopicClash, "topic_clashes"),
        LazyModelViewSet("smeditor.desk.rules.RuleViewSet", Rule, "rules"),
        LazyModelViewSet("smeditor.desk.saved_replies.SavedReplyViewSet", SavedReply, "replies"),
        LazyModelViewSet("smeditor.desk.word_lists.WordListViewSet", WordList, "word_lists"),
        LazyModelViewSet("smeditor.desk.desks.DeskViewSet", Desk, "desks"),
        LazyModelViewSet("smeditor.desk.sources.SourceViewSet", Source, "sources"),
    ]


@hooks.register("register_admin_urls")
def register_urls() -> list[URLResolver]:
    """Return the addresses of the desk's own pages, below ``smeditor/``; the page editor is loaded by then, and gets its panel."""
    from smeditor.desk import page_panel

    page_panel.install()
    return [path("smeditor/", include((urls.urlpatterns, "smeditor"), namespace="smeditor"))]


@hooks.register("register_admin_menu_item")
def register_menu_item() -> MenuItem:
    """Return the desk's submenu in Wagtail's main menu."""
    from smeditor.desk.menu import menu_item

    return menu_item()


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """Return the desk's permissions, so that they can be given to groups."""
    return Permission.objects.filter(content_type__app_label="smeditor")


@hooks.register("construct_homepage_panels")
def add_home_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Show on Wagtail's home page what waits, to those who may see the desk; keep Wagtail's lists beside it short."""
    from smeditor.desk import home, home_workflows

    if home.may_see_desk(request.user):
        home_workflows.replace_panels(panels)
        panels.append(home.DeskPanel(request))


@hooks.register("construct_homepage_summary_items")
def add_summary_items(request: HttpRequest, items: list[Any]) -> None:
    """Show on Wagtail's home page how many concerns are open."""
    from smeditor.desk import home

    items.append(home.OpenConcernsItem(request))


@hooks.register("register_account_settings_panel")
def add_digest_preference(request: HttpRequest, user: Any, profile: Any) -> DigestPreferencePanel:
    """Let users choose in their account how often they get a digest."""
    from smeditor.desk.digest_preference import DigestPreferencePanel

    return DigestPreferencePanel(request, user, profile)


@hooks.register("construct_snippet_action_menu")
def rename_post_actions(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Say "approve" and "withdraw" of a post where Wagtail says "publish" and "unpublish"."""
    from smeditor.desk.posts.viewset import rename_actions

    rename_actions(menu_items, request, context)


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
def after_saving_a_post(request: HttpRequest, instance: Any) -> None:
    """Have a saved post's links asked about, and record what the checks say of it."""
    from smeditor.desk.posts.after_saving import after_saving

    after_saving(request, instance)


@hooks.register("register_page_header_buttons")
def add_header_buttons(page: AbstractPage, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """Lead from an article's own page in the admin to the desk."""
    from smeditor.desk.articles import header_buttons

    return header_buttons(page, user, view_name, next_url)


@hooks.register("register_page_listing_buttons")
def add_listing_buttons(page: AbstractPage, user: Any, next_url: str | None = None) -> Iterator[Button]:
    """Lead from an article's line in the page explorer to the desk."""
    from smeditor.desk.articles import listing_buttons

    return listing_buttons(page, user, next_url)


@hooks.register("construct_wagtail_userbar")
def add_to_userbar(request: HttpRequest, items: list[Any], page: AbstractPage | None) -> None:
    """Lead from an article's public page to the desk."""
    from smeditor.desk.articles import add_to_userbar

    add_to_userbar(request, items, page)


@hooks.register("insert_global_admin_css")
def desk_css() -> SafeString:
    """Return the desk's style sheet for every admin page."""
    return format_html('<link rel="stylesheet" href="{}">', static("smeditor/css/desk.css"))


@hooks.register("insert_global_admin_js")
def desk_js() -> SafeString:
    """Return the desk's script for every admin page."""
    return format_html('<script src="{}"></script>', static("smeditor/js/desk.js"))
