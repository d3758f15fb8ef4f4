"""Hide, show again, like: what an editor does to a reader's message on its network, from the message's own page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from smeditor.conversations import reader_operations
from smeditor.desk.inbox.actions import ReactionOperation
from smeditor.exceptions import SmeditorError
from smeditor.models import Reaction
from smeditor.networks.base import ReaderOperation
from smeditor.permissions import ANSWER_REACTION, MODERATE_REACTION, scope

BUTTONS = {
    ReaderOperation.HIDE: _("Hide it on %(network)s"),
    ReaderOperation.UNHIDE: _("Show it again on %(network)s"),
    ReaderOperation.LIKE: _("Like it as %(account)s"),
    ReaderOperation.UNLIKE: _("Take the like back"),
}
NEEDED = {
    ReaderOperation.HIDE: MODERATE_REACTION,
    ReaderOperation.UNHIDE: MODERATE_REACTION,
    ReaderOperation.LIKE: ANSWER_REACTION,
    ReaderOperation.UNLIKE: ANSWER_REACTION,
}


@dataclass(frozen=True)
class Button:
    """An operation that is offered: its name for the form, and what stands on the button."""

    operation: str
    label: str


def buttons(reaction: Reaction, user: Any) -> list[Button]:
    """The operations on ``reaction`` that its network does and ``user`` may ask for."""
    if reaction.account is None or not scope.acts_for(user, reaction.account):
        return []
    params = {"network": reaction.account.get_network_display(), "account": reaction.account.handle}
    return [
        Button(operation.value, BUTTONS[operation] % params)
        for operation in reader_operations.offered(reaction)
        if user.has_perm(NEEDED[operation])
    ]


class Operate(ReactionOperation):
    """Ask for an operation on a reader's message; a worker carries it out."""

    any_permission_required = (MODERATE_REACTION, ANSWER_REACTION)

    def perform_operation(self) -> None:
        """Ask for the operation that the form names. Raises SmeditorError where it is not offered to this user."""
        asked = self.request.POST.get("operation", "")
        allowed = {button.operation for button in buttons(self.object, self.request.user)}
        if asked not in allowed:
            raise SmeditorError(gettext("That is not possible here, or it is done already."))
        reader_operations.request(self.object, ReaderOperation(asked), self.request.user, timezone.now())
        self.success_message = gettext("It is done at the worker's next check.")
