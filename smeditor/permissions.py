"""Who may do what on the desk: the permissions by name, and the groups that a new newsroom starts with."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.utils import translation
from django.utils.translation import gettext_lazy as _

CONNECT_ACCOUNT = "smeditor.connect_account"
SCHEDULE_POST = "smeditor.schedule_post"
RESOLVE_DELIVERY = "smeditor.resolve_delivery"
HOLD_DELIVERY = "smeditor.hold_delivery"
ANSWER_REACTION = "smeditor.answer_reaction"
MODERATE_REACTION = "smeditor.moderate_reaction"
EXPORT_REACTION = "smeditor.export_reaction"
VIEW_REACTION = "smeditor.view_reaction"
VIEW_POST = "smeditor.view_post"
VIEW_CONCERN = "smeditor.view_concern"
ANSWER_CONCERN = "smeditor.answer_concern"
READ_TIP = "smeditor.read_tip"
SEAL_TIP = "smeditor.seal_tip"
VIEW_DIGEST = "smeditor.view_digest"
VIEW_ALERT = "smeditor.view_alert"
SWITCH_ALERTS = "smeditor.change_alertswitch"
VIEW_LEARNED = "smeditor.view_learnedmodel"
PROMOTE_MODEL = "smeditor.promote_learnedmodel"

READS_REACTIONS = ["view_reaction", "view_concern", "view_correctionrequest", "view_alert", "view_savedreply"]
WRITES_POSTS = ["add_post", "change_post", "view_post", "view_delivery", "view_account"]

ROLES: dict[str, list[str]] = {
    "Social media editors": [
        *READS_REACTIONS,
        *WRITES_POSTS,
        *["delete_post", "publish_post", "lock_post", "unlock_post", "schedule_post", "resolve_delivery"],
        *["hold_delivery", "add_hold", "view_hold", "change_hold"],
        *["answer_reaction", "moderate_reaction", "answer_concern", "change_concern", "change_correctionrequest"],
        *["add_savedreply", "change_savedreply", "delete_savedreply", "change_alert"],
        *["view_rule", "view_rulerun", "view_slot", "view_source", "add_source", "change_source", "seal_tip"],
        *["view_learnedmodel"],
    ],
    "Desk chiefs": [
        *["connect_account", "add_account", "change_account", "delete_account"],
        *["add_rule", "change_rule", "delete_rule", "add_slot", "change_slot", "delete_slot"],
        *["add_desk", "change_desk", "delete_desk", "view_desk", "delete_source", "delete_hold"],
        *["read_tip", "view_tip", "change_tip", "view_digest", "export_reaction"],
        *["promote_learnedmodel", "change_alertswitch"],
    ],
    "Journalists": [*READS_REACTIONS, "add_post", "view_post", "view_digest", "seal_tip"],
    "Moderators": [*READS_REACTIONS, "answer_reaction", "moderate_reaction", "seal_tip"],
}
NAMES = {
    "Social media editors": _("Social media editors"),
    "Desk chiefs": _("Desk chiefs"),
    "Journalists": _("Journalists"),
    "Moderators": _("Moderators"),
}
ROLES["Desk chiefs"] = [*ROLES["Social media editors"], *ROLES["Desk chiefs"]]


def create_roles() -> dict[str, Group]:
    """Create the groups that are missing and give them their permissions; an existing group only gains.

    A new group is named in the site's language; one that is there under its English name, or that of any other of the
    site's languages, is taken as it is. Returns the groups by their English names.
    """
    wanted = {codename for codenames in ROLES.values() for codename in codenames}
    by_codename = {
        permission.codename: permission
        for permission in Permission.objects.filter(content_type__app_label="smeditor", codename__in=wanted)
    }
    admin_access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    groups = {}
    for name, codenames in ROLES.items():
        group = _existing(name) or Group.objects.create(name=_called(name, settings.LANGUAGE_CODE))
        group.permissions.add(admin_access, *(by_codename[codename] for codename in codenames))
        groups[name] = group
    return groups


def _called(name: str, language: str) -> str:
    with translation.override(language):
        return str(NAMES[name])


def _existing(name: str) -> Group | None:
    known = {name, *(_called(name, language) for language, _label in settings.LANGUAGES)}
    return Group.objects.filter(name__in=known).order_by("pk").first()
