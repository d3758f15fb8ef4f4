"""The desk's one entry in Wagtail's menu: a submenu of what the user may see, with the numbers that call for somebody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.ui.sidebar import MenuItem as MenuItemComponent

from smeditor.desk import counts
from smeditor.desk.capped import shown


class DeskItem(MenuItem):
    """Shown to whoever has any of ``permissions``; ``count`` is asked at each request and stands behind the label."""

    def __init__(
        self,
        label: Any,
        url_name: str,
        icon: str,
        permissions: tuple[str, ...],
        count: Callable[[Any], int] | None = None,
    ) -> None:
        super().__init__(label, reverse_lazy(url_name), name=url_name.replace(":", "-"), icon_name=icon)
        self.permissions, self.count = permissions, count

    def is_shown(self, request: HttpRequest) -> bool:
        """For who has any of the item's permissions."""
        return any(request.user.has_perm(permission) for permission in self.permissions)

    def render_component(self, request: HttpRequest) -> MenuItemComponent:
        """Wagtail's own item, with the count behind the label while there is one."""
        component = super().render_component(request)
        number = self.count(request.user) if self.count else 0
        if number:
            component.label = f"{self.label} ({shown(number)})"
        return component


def model_permissions(model: str) -> tuple[str, ...]:
    """The full names of Django's four permissions on ``model``."""
    return tuple(f"smeditor.{operation}_{model}" for operation in ("view", "add", "change", "delete"))


def items() -> list[DeskItem]:
    """In the order of the day: what comes in, what goes out, then what one sets up once."""
    entries = [
        DeskItem(_("Inbox"), "smeditor:inbox", "mail", ("smeditor.view_reaction",), counts.waiting),
        DeskItem(_("Concerns"), "smeditor:concerns", "group", ("smeditor.view_concern",), counts.open_concerns),
        DeskItem(
            _("Corrections"),
            "smeditor:corrections",
            "edit",
            ("smeditor.view_correctionrequest", "smeditor.change_correctionrequest"),
            counts.open_corrections,
        ),
        DeskItem(_("Tips"), "smeditor:tips", "key", ("smeditor.read_tip",), counts.new_tips),
        DeskItem(_("Alerts"), "smeditor:alerts", "warning", ("smeditor.view_alert",), counts.open_alerts),
        DeskItem(_("What the desk learned"), "smeditor:trained_models", "sliders", ("smeditor.view_trainedmodel",)),
        DeskItem(_("Articles"), "smeditor:articles", "doc-full", ("smeditor.view_reaction", "smeditor.view_post")),
        DeskItem(_("Posts"), "smeditor_posts:list", "openquote", model_permissions("post")),
        DeskItem(_("What goes out"), "smeditor:calendar", "calendar-alt", ("smeditor.view_delivery",)),
        DeskItem(_("Deliveries"), "smeditor:deliveries", "upload", ("smeditor.view_delivery",), counts.undecided),
        DeskItem(_("Library"), "smeditor:library", "folder-open-inverse", ("smeditor.view_post",)),
        DeskItem(_("What went well"), "smeditor:results", "circle-check", ("smeditor.view_delivery",)),
        DeskItem(
            _("Posts to correct"),
            "smeditor:post_corrections",
            "rotate",
            ("smeditor.view_delivery",),
            counts.posts_to_correct,
        ),
        DeskItem(_("Handover"), "smeditor:handovers", "clipboard-list", ("smeditor.view_handover",)),
        DeskItem(_("Holds"), "smeditor_holds:index", "lock", model_permissions("hold"), counts.open_holds),
        DeskItem(_("Clashes"), "smeditor:clashes", "warning", ("smeditor.view_delivery",), counts.proposed_holds),
        DeskItem(
            _("Read afterwards"),
            "smeditor:read_afterwards",
            "history",
            ("smeditor.publish_post", "smeditor.schedule_post"),
            counts.to_read_afterwards,
        ),
        DeskItem(_("Checks"), "smeditor:checks", "circle-check", ("smeditor.view_checkresult",)),
        DeskItem(_("Word lists"), "smeditor_word_lists:index", "list-ul", model_permissions("wordlist")),
        DeskItem(_("Saved replies"), "smeditor_replies:index", "snippet", model_permissions("savedreply")),
        DeskItem(
            _("Accounts"), "smeditor_accounts:index", "user", model_permissions("account"), counts.failed_accounts
        ),
        DeskItem(_("Rules"), "smeditor_rules:index", "cogs", model_permissions("rule")),
        DeskItem(_("Sources"), "smeditor_sources:index", "site", model_permissions("source"), counts.failing_sources),
        DeskItem(_("Desks"), "smeditor_desks:index", "tasks", model_permissions("desk")),
        DeskItem(_("Legal holds"), "smeditor:legal_holds", "lock", ("smeditor.hold_reaction",)),
        DeskItem(_("Erase a reader"), "smeditor:reader_erase", "bin", ("smeditor.erase_reader",)),
        DeskItem(_("Digests"), "smeditor:digests", "mail", ("smeditor.view_digest",)),
    ]
    for order, entry in enumerate(entries):
        entry.order = order
    return entries


def menu_item() -> SubmenuMenuItem:
    """The desk's submenu in Wagtail's main menu."""
    return SubmenuMenuItem(_("Social desk"), Menu(items=items()), name="social-desk", icon_name="openquote", order=250)
