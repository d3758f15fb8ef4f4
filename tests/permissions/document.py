"""The table of rights as a document: ``python -m tests.permissions`` writes it."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.utils import translation

from smeditor.permissions.roles import NAMES, PERMISSIONS
from tests.permissions.matrix import MATRIX, ROLES, Operation

PATH = Path(__file__).resolve().parents[2] / "docs" / "rights.md"
OPENING = """# Who may do what

Made by `python -m tests.permissions` from the table that the tests try by request, role by role; do not edit it by hand.

`manage.py smeditor_setup` makes a group for each role. The groups are the desk's own: they are known again by a mark, not
by their name, and have no rights to pages. Give people one of them, and put them into their desks.

**Own and other desk.** An account may belong to a desk. Its members act for it; everybody may act for an account that
belongs to none, so a newsroom without desks needs none of this. Chiefs and moderators act at every desk. Reading is
shared: colleagues see what goes out elsewhere.

| operation | {roles} |
|---|{rules}|
"""
CLOSING = """
● at any desk · ◐ at the own desk only; for a journalist: in one's own stories only · – not at all

What is aimed at a journalist's person is shown to those who moderate (moderators, social editors, desk editors, chiefs),
on whatever page. Journalists read the reactions, concerns and claimed errors that belong to the articles they sign.
Contributors and journalists change their own drafts until they are approved. A hold that binds several desks is an
emergency brake: whoever may stop one account may stop everything; a chief, or whoever placed it, lifts it. Whether an
author may approve their own words is the account's own setting. A tip is opened by those whom it names.

## For groups of your own

The groups that `smeditor_setup` makes, by their English names, are
{groups}.

Each may enter the admin, and has of Django's permissions (view, add, change, delete) those that its role needs. The desk's
own permissions, all of the app `smeditor`, are these:

| permission | in the list of permissions | roles that have it |
|---|---|---|
"""


def document() -> str:
    """The whole page."""
    roles = " | ".join(role.replace("_", " ") for role in ROLES)
    rows = "\n".join(
        f"| {operation.label} | {' | '.join(mark(operation, role) for role in ROLES)} |" for operation in MATRIX
    )
    with translation.override("en"):
        groups = ", ".join(f"*{name}*" for name in NAMES.values())
        closing = CLOSING.format(groups=groups) + "\n".join(permission_rows()) + "\n"
    return f"{OPENING.format(roles=roles, rules='---|' * (len(ROLES) - 1) + '---')}{rows}\n{closing}"


def permission_rows() -> list[str]:
    """A row for each permission that a model of the desk declares beside Django's four, in the order of their names."""
    declared = {
        codename: str(name)
        for model in apps.get_app_config("smeditor").get_models()
        for codename, name in model._meta.permissions
    }
    return [f"| `{codename}` | {declared[codename]} | {holders(codename)} |" for codename in sorted(declared)]


def holders(codename: str) -> str:
    """The roles that have a permission, by name."""
    return ", ".join(str(role.label) for role, codenames in PERMISSIONS.items() if codename in codenames)


def mark(operation: Operation, role: str) -> str:
    """How far ``role`` may go with ``operation``."""
    return {(True, True): "●", (True, False): "◐", (False, False): "–"}[role in operation.own, role in operation.other]
