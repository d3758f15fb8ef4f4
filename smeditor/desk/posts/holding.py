"""A hold on one post, placed and lifted from the post's own page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from smeditor.desk.base import OperationView
from smeditor.desk.hold_bar import ADD_HOLD, may_stop
from smeditor.desk.holds import may_lift
from smeditor.exceptions import NotAllowed
from smeditor.models import Hold, Post
from smeditor.permissions import scope
from smeditor.permissions.visibility import posts_visible_to
from smeditor.publishing import holds
from smeditor.templatetags.smeditor_desk import holds_of


def holding_context(post: Post, request: Any) -> dict[str, Any]:
    """What the post's page shows of its holds.

    ``post_holds`` are those that stop this very post alone, each with whether this user may lift it; ``may_hold`` says
    whether they may place one.
    """
    if not post.pk:
        return {"post_holds": [], "may_hold": False}
    own = [hold for hold in holds_of(request) if hold.scope == Hold.Scope.POST and hold.post_id == post.pk]
    return {
        "post_holds": [(hold, may_lift(request.user, hold)) for hold in own],
        "may_hold": not own and may_hold(request.user, post),
    }


def may_hold(user: Any, post: Post) -> bool:
    """Whether ``user`` may stop ``post`` alone: by their rights and by the desks whose accounts it goes to."""
    return may_stop(user) and scope.may_place(user, Hold(scope=Hold.Scope.POST, post=post))


class HoldPost(OperationView[Post]):
    """Stop what waits of one post, until somebody lifts the hold. The form may give a ``reason``."""

    any_permission_required = (ADD_HOLD,)
    model = Post

    def get_base_object_queryset(self) -> QuerySet[Post]:
        """The posts that this user may see."""
        return posts_visible_to(self.request.user)

    def get_success_url(self) -> str:
        """The page that the form names, else the post's own."""
        return self.next_url or reverse("smeditor_posts:edit", args=[self.object.pk])

    def check_object(self) -> None:
        """Raises NotAllowed for a post of another desk, and for one that is on hold already."""
        if not may_hold(self.request.user, self.object):
            raise NotAllowed(scope.other_desk())
        if Hold.objects.filter(scope=Hold.Scope.POST, post=self.object, lifted_at__isnull=True).exists():
            raise NotAllowed(gettext("This post is on hold already."))

    def perform_operation(self) -> None:
        """Place the hold and count what waits for it."""
        reason = self.request.POST.get("reason", "").strip() or gettext("Held on the post's own page.")
        hold = holds.place(Hold.Scope.POST, reason, self.request.user, post=self.object)
        waiting = holds.would_stop(hold)
        self.success_message = ngettext(
            "Stopped. %(count)d delivery waits until the hold is lifted.",
            "Stopped. %(count)d deliveries wait until the hold is lifted.",
            waiting,
        ) % {"count": waiting}
