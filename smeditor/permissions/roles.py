"""The roles of the desk: the groups that a new newsroom starts with, and the permissions that each needs.

The groups are the desk's own. One is known again by its row in :class:`~smeditor.models.RoleGroup`, never by its name:
Wagtail brings a group "Moderators" that may edit pages, and a newsroom may have a group of any name for any purpose.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

from smeditor.models import Role, RoleGroup

SEES_REACTIONS = ("view_reaction", "view_concern", "view_correctionrequest", "view_alert", "view_savedreply")
SUGGESTS = ("add_post", "change_post", "view_post", "view_account")
PLANS = (
    *SEES_REACTIONS,
    *SUGGESTS,
    *("view_every_reaction", "view_delivery", "delete_post", "lock_post", "unlock_post", "schedule_post"),
    *("resolve_delivery", "hold_delivery", "add_hold", "view_hold", "change_hold"),
    *("answer_reaction", "moderate_reaction", "answer_concern", "change_concern", "change_correctionrequest"),
    *("add_savedreply", "change_savedreply", "delete_savedreply", "change_alert"),
    *("view_rule", "view_rulerun", "view_slot", "view_source", "add_source", "change_source", "seal_tip"),
    *("view_trainedmodel", "view_checkresult", "view_wordlist", "view_topicclash"),
    *("view_handover", "add_handover"),
)
APPROVES = (
    *PLANS,
    *("publish_post", "change_checksetting", "add_wordlist", "change_wordlist", "delete_wordlist"),
)
LEADS = (
    *APPROVES,
    *("connect_account", "add_account", "change_account", "delete_account", "act_for_all_desks"),
    *("add_topicclash", "change_topicclash", "delete_topicclash"),
    *("add_rule", "change_rule", "delete_rule", "add_slot", "change_slot", "delete_slot"),
    *("add_desk", "change_desk", "delete_desk", "view_desk", "delete_source", "delete_hold"),
    *("read_tip", "view_tip", "change_tip", "view_digest", "export_reaction"),
    *("hold_reaction", "erase_reader"),
    *("promote_trainedmodel", "change_alertswitch"),
)

PERMISSIONS: dict[Role, tuple[str, ...]] = {
    Role.CONTRIBUTOR: SUGGESTS,
    Role.JOURNALIST: (*SEES_REACTIONS, *SUGGESTS, "view_digest", "seal_tip"),
    Role.MODERATOR: (
        *SEES_REACTIONS,
        *("view_every_reaction", "answer_reaction", "moderate_reaction", "seal_tip", "act_for_all_desks"),
    ),
    Role.SOCIAL_EDITOR: PLANS,
    Role.DESK_EDITOR: APPROVES,
    Role.CHIEF: LEADS,
}
"""The codenames of the permissions, all of the app ``smeditor``, that each role needs."""

NAMES = {
    Role.CONTRIBUTOR: _("Desk – contributors"),
    Role.JOURNALIST: _("Desk – journalists"),
    Role.MODERATOR: _("Desk – moderators"),
    Role.SOCIAL_EDITOR: _("Desk – social editors"),
    Role.DESK_EDITOR: _("Desk – desk editors"),
    Role.CHIEF: _("Desk – chiefs"),
}


@transaction.atomic
def create_roles() -> dict[Role, Group]:
    """Return the group of each role, creating those that are missing; a group that is there only gains permissions.

    A new group is named in the site's language. A group of that name which is not the desk's own is left alone: the
    desk's gets a number behind its name.
    """
    wanted = {codename for codenames in PERMISSIONS.values() for codename in codenames}
    by_codename = {
        permission.codename: permission
        for permission in Permission.objects.filter(content_type__app_label="smeditor", codename__in=wanted)
    }
    admin_access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    known = {row.role: row.group for row in RoleGroup.objects.select_related("group")}
    groups = {}
    for role, codenames in PERMISSIONS.items():
        group = known.get(role) or _new_group(role)
        group.permissions.add(admin_access, *(by_codename[codename] for codename in codenames))
        if "add_post" in codenames:
            _let_choose_media(group)
        groups[role] = group
    return groups


def _let_choose_media(group: Group) -> None:
    """Whoever writes posts may choose the images and videos that are there; adding some is the newsroom's to allow."""
    root = Collection.get_first_root_node()
    # Wagtail asks for the rights of its own models, whatever models the site has put in their place.
    asked_for = {"wagtailimages": "choose_image", "wagtaildocs": "choose_document"}
    for app_label, codename in asked_for.items():
        permission = Permission.objects.filter(content_type__app_label=app_label, codename=codename).first()
        if permission is not None and root is not None:
            GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)


def with_page_rights() -> list[Group]:
    """The desk's groups that somebody has given rights to pages since: those belong into a group of their own."""
    rights = GroupPagePermission.objects.values("group")
    return list(Group.objects.filter(smeditor_role__isnull=False, pk__in=rights).order_by("name"))


def _new_group(role: Role) -> Group:
    group = Group.objects.create(name=_free_name(role))
    RoleGroup.objects.create(role=role, group=group)
    return group


def _free_name(role: Role) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        name = str(NAMES[role])
    taken = set(Group.objects.filter(name__startswith=name).values_list("name", flat=True))
    number = 1
    while (free := name if number == 1 else f"{name} ({number})") in taken:
        number += 1
    return free
