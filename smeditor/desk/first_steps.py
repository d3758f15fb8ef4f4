"""What a new newsroom does first, in the order in which it must be done: an account, roles, the worker, a post that goes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from smeditor.models import Account, Delivery, Post, RoleGroup
from smeditor.permissions import PUBLISH_POST, VIEW_POST
from smeditor.permissions.visibility import deliveries_visible_to, posts_visible_to
from smeditor.publishing import heartbeat
from smeditor.templatetags.smeditor_desk import newsroom_moment

ADD_ACCOUNT = "smeditor.add_account"
ADD_POST = "smeditor.add_post"
VIEW_DELIVERY = "smeditor.view_delivery"


@dataclass(frozen=True)
class Step:
    """One thing to do, in a sentence; ``url`` leads to it, or is empty where it is done elsewhere or by others."""

    sentence: str
    url: str = ""


def first_steps(user: Any) -> list[Step]:
    """What is still to be done before the desk works, as far as it concerns ``user``; empty once it does."""
    if not any(user.has_perm(permission) for permission in (VIEW_POST, VIEW_DELIVERY)):
        return []
    steps = []
    connected = Account.objects.exists()
    if not connected and user.has_perm(ADD_ACCOUNT):
        steps.append(Step(gettext("Connect an account: posts go out through it, answers come in."), _add("accounts")))
        steps.append(
            Step(
                gettext(
                    "To try it without readers, connect an account of a practice server (make demo starts one), or rehearse "
                    "a day (manage.py smeditor_rehearse --generated): nothing leaves the house."
                )
            )
        )
    elif not connected:
        steps.append(Step(gettext("No account is connected yet: a desk chief can do that.")))
    if not RoleGroup.objects.exists() and user.has_perm(ADD_ACCOUNT):
        steps.append(
            Step(
                gettext("Have the roles and the approval of posts set up (manage.py smeditor_setup): who may do what.")
            )
        )
    if heartbeat.age(timezone.now()) is None and user.has_perm(VIEW_DELIVERY):
        steps.append(
            Step(gettext("Have the worker started (manage.py smeditor_worker): nothing goes out or comes in before."))
        )
    if connected and not Delivery.objects.exists():
        steps += _first_post(user)
    elif connected and not Delivery.objects.filter(state__in=[Delivery.State.SENT, Delivery.State.GONE]).exists():
        steps += _on_its_way(user)
    return steps


def _on_its_way(user: Any) -> list[Step]:
    """The first post is approved and not sent yet: when it goes out, and where that is to be seen."""
    row = deliveries_visible_to(user).order_by("slot", "pk").first()
    if row is None:
        return []
    sentence = gettext("Watch the first post go out: it is due on %(when)s.")
    return [Step(sentence % {"when": newsroom_moment(row.slot)}, reverse("smeditor:delivery", args=[row.pk]))]


def _first_post(user: Any) -> list[Step]:
    """The way from no post to one that is on its way to an account."""
    if not Post.objects.exists():
        if not user.has_perm(ADD_POST):
            return []
        return [Step(gettext("Write the first post. It stays a draft until somebody approves it."), _add("posts"))]
    latest = posts_visible_to(user).order_by("-pk").first()
    if latest is None or not user.has_perm(PUBLISH_POST):
        return []
    edit = reverse("smeditor_posts:edit", args=[latest.pk])
    return [Step(gettext("Give the first post an account and approve it: nothing is on its way yet."), edit)]


def _add(namespace: str) -> str:
    return reverse(f"smeditor_{namespace}:add")
