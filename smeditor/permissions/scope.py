"""Whose accounts a person acts for.

Reading is shared: colleagues see what goes out at other desks. Acting is not: an account that belongs to a desk is acted
for by that desk's members, and by whoever may act for every desk. An account without a desk is everybody's, so that a
newsroom without desks needs none of this.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from smeditor.exceptions import NotAllowed
from smeditor.models import Account, Desk, Hold, Post
from smeditor.models.approval import others_desk
from smeditor.models.desks import acts_for_desk
from smeditor.permissions import ACT_FOR_ALL_DESKS

NARROW = {Hold.Scope.ACCOUNT, Hold.Scope.DESK, Hold.Scope.POST}
"""Holds that stop one desk's accounts only, or one post."""


def own_accounts(user: Any) -> QuerySet[Account]:
    """The accounts that ``user`` may act for."""
    rows = Account.objects.all()
    if user.has_perm(ACT_FOR_ALL_DESKS):
        return rows
    return rows.filter(Q(desk__isnull=True) | Q(desk__in=user.smeditor_desks.values("pk")))


def acts_for(user: Any, account: Account | None) -> bool:
    """Whether ``user`` may act for ``account``; what came by no account is everybody's."""
    return account is None or acts_for_desk(user, account.desk_id)


def acts_for_post(user: Any, post: Post) -> bool:
    """Whether ``user`` acts for every account that ``post`` goes to, in its newest text and in the approved one."""
    return not others_desk(post, user)


def may_place(user: Any, hold: Hold) -> bool:
    """Whether ``user`` may stop what ``hold`` names: an emergency brake is everybody's, one desk's is that desk's."""
    if hold.scope == Hold.Scope.ACCOUNT:
        return acts_for(user, hold.account)
    if hold.scope == Hold.Scope.POST:
        return hold.post is not None and acts_for_post(user, hold.post)
    return hold.scope != Hold.Scope.DESK or acts_for_desk(user, hold.desk_id)


def may_lift(user: Any, hold: Hold) -> bool:
    """Whether ``user`` may release what ``hold`` stops: of a stop that binds several desks, who placed it or leads all."""
    if hold.scope in NARROW:
        return may_place(user, hold)
    return user.has_perm(ACT_FOR_ALL_DESKS) or hold.placed_by_id == user.pk or not _has_desks()


def speaks_for_desk(user: Any, desk_id: int | None) -> bool:
    """Whether ``user`` may say how a desk wants its posts; None: for every desk, which a chief does where there are desks."""
    if desk_id is not None:
        return acts_for_desk(user, desk_id)
    return bool(user.has_perm(ACT_FOR_ALL_DESKS)) or not Desk.objects.exists()


def require(user: Any, *accounts: Account | None) -> None:
    """Raise :class:`~smeditor.exceptions.NotAllowed`, with a sentence that names the desk, unless ``user`` acts for all ``accounts``."""
    for account in accounts:
        if account is not None and not acts_for(user, account):
            raise NotAllowed(refusal(account))


def other_desk() -> str:
    """Why somebody may not act on a post of another desk, and whom to ask."""
    return gettext("This post goes to an account of another desk. Ask one of its editors.")


def refusal(account: Account) -> str:
    """Why somebody of another desk may not act for ``account``, and whom to ask."""
    params = {"account": account, "desk": account.desk}
    return gettext("%(account)s belongs to the desk “%(desk)s”. Ask one of its editors.") % params


def split(user: Any, things: Iterable[Any]) -> tuple[list[Any], int]:
    """Those of ``things`` (each with an ``account``) that ``user`` may act on, and how many are other desks'."""
    rows = list(things)
    own = [row for row in rows if acts_for(user, row.account)]
    return own, len(rows) - len(own)


def _has_desks() -> bool:
    return Account.objects.filter(desk__isnull=False).exists()
