"""Where Wagtail learns of the desk. Each hook only passes on to the desk."""

from typing import Any

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

from smeditor.desk import articles, delivery_bulk, home, log_actions, menu, urls
from smeditor.desk.accounts import AccountViewSet
from smeditor.desk.desks import DeskViewSet
from smeditor.desk.digest_preference import DigestPreferencePanel
from smeditor.desk.holds import HoldViewSet
from smeditor.desk.inbox.bulk import BULK_ACTIONS
from smeditor.desk.posts.bulk import ApproveBulkAction
from smeditor.desk.posts.viewset import PostDeleteBulkAction, PostViewSet, rename_actions
from smeditor.desk.rules import RuleViewSet
from smeditor.desk.saved_replies import SavedReplyViewSet
from smeditor.desk.sources import SourceViewSet

register_snippet(PostViewSet)
hooks.register("register_log_actions", log_actions.register)
hooks.register("register_page_header_buttons", articles.header_buttons)
hooks.register("register_page_listing_buttons", articles.listing_buttons)
hooks.register("construct_wagtail_userbar", articles.add_to_userbar)
hooks.register("construct_snippet_action_menu", rename_actions)
hooks.register("register_bulk_action", ApproveBulkAction)
hooks.register("register_bulk_action", PostDeleteBulkAction, order=100)  # after Wagtail's own, whose place it takes
for bulk_action in (*BULK_ACTIONS, *delivery_bulk.ACTIONS):
    hooks.register("register_bulk_action", bulk_action)
hooks.register("register_admin_menu_item", menu.menu_item)


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[ViewSet]:
    """Return the viewsets of settings: accounts, holds, rules, saved replies, desks, sources."""
    return [AccountViewSet(), HoldViewSet(), RuleViewSet(), SavedReplyViewSet(), DeskViewSet(), SourceViewSet()]


@hooks.register("register_admin_urls")
def register_urls() -> list[URLResolver]:
    """Return the addresses of the desk's own pages, below ``smeditor/``."""
    return [path("smeditor/", include((urls.urlpatterns, "smeditor"), namespace="smeditor"))]


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """Return the desk's permissions, so that they can be given to groups."""
    return Permission.objects.filter(content_type__app_label="smeditor")


@hooks.register("construct_homepage_panels")
def add_home_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Show on Wagtail's home page what waits, to those who may see the desk; keep their list of what they submitted short."""
    if home.may_see_desk(request.user):
        home.shorten(panels)
        panels.append(home.DeskPanel(request))


@hooks.register("construct_homepage_summary_items")
def add_summary_items(request: HttpRequest, items: list[Any]) -> None:
    """Show on Wagtail's home page how many concerns are open."""
    items.append(home.OpenConcernsItem(request))


@hooks.register("register_account_settings_panel")
def add_digest_preference(request: HttpRequest, user: Any, profile: Any) -> DigestPreferencePanel:
    """Let users choose in their account how often they get a digest."""
    return DigestPreferencePanel(request, user, profile)


@hooks.register("insert_global_admin_css")
def desk_css() -> SafeString:
    """Return the desk's style sheet for every admin page."""
    return format_html('<link rel="stylesheet" href="{}">', static("smeditor/css/desk.css"))


@hooks.register("insert_global_admin_js")
def desk_js() -> SafeString:
    """Return the desk's script for every admin page."""
    return format_html('<script src="{}"></script>', static("smeditor/js/desk.js"))
