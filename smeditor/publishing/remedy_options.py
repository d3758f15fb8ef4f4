"""What can be done about a post that says it wrong: each remedy, whether its network allows it now, and why or why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from smeditor.accounts import clients
from smeditor.exceptions import ConfigurationError
from smeditor.models import Delivery, PostCorrection
from smeditor.networks.base import Capabilities
from smeditor.publishing import windows

Remedy = PostCorrection.Remedy
Cause = PostCorrection.Cause
State = Delivery.State

WAITING = (State.SCHEDULED, State.LATE, State.STOPPED)
"""Not sent yet: what is approved anew takes its place."""
IN_DOUBT = (State.SENDING, State.UNKNOWN, State.HUMAN)


@dataclass(frozen=True)
class Option:
    """One remedy, in a sentence: what it does, or why it cannot be done (``possible`` False)."""

    remedy: str
    possible: bool
    reason: str

    @property
    def tone(self) -> str:
        """How its button looks: Wagtail's class for what deletes."""
        return "no" if self.remedy in (Remedy.DELETE, Remedy.REPLACE) else ""

    @property
    def label(self) -> str:
        """The remedy in words."""
        return str(Remedy(self.remedy).label)


def options(task: PostCorrection, now: datetime) -> list[Option]:
    """Every remedy that could correct ``task`` (read with its delivery and account), the best first.

    What is possible comes before what is not; where nothing is, ``NOTHING`` says why and stands first.
    """
    able = _capabilities(task.delivery)
    found = [editing(task.delivery, now)]
    if task.cause == Cause.UNPUBLISHED:
        found = [deleting(task.delivery, now), *found]
    else:
        found += [_reply(task.delivery, able), _quote(task.delivery, able), _replace(task.delivery, able, now)]
    possible = [option for option in found if option.possible]
    rest = [option for option in found if not option.possible]
    if possible:
        return [*possible, *rest]
    return [Option(Remedy.NOTHING, False, _nothing(task.delivery)), *rest]


def best(task: PostCorrection, now: datetime) -> Option:
    """The remedy that the desk proposes for ``task``."""
    return options(task, now)[0]


def _capabilities(delivery: Delivery) -> Capabilities:
    try:
        return clients.network_class(delivery.account).capabilities
    except ConfigurationError:
        return Capabilities(sends=False, edit=False, delete=False, thread=False)


def editing(delivery: Delivery, now: datetime) -> Option:
    """Whether the text of ``delivery``, a publication read with its account, can be changed, and why or why not."""
    able = _capabilities(delivery)
    if delivery.state in WAITING:
        return Option(Remedy.EDIT, True, _("It has not gone out yet: change the text and approve it again."))
    if delivery.state != State.SENT:
        return Option(Remedy.EDIT, False, _not_there(delivery))
    if not able.edit:
        return Option(Remedy.EDIT, False, _("%s lets nobody edit a post.") % delivery.account.get_network_display())
    if delivery.payload.get("poll") and not able.edits_beside_poll:
        network = delivery.account.get_network_display()
        return Option(Remedy.EDIT, False, _("%s lets nobody edit a post that has a poll.") % network)
    if not windows.within(delivery, able.edit_window, now):
        return Option(Remedy.EDIT, False, windows.closed(_("It can no longer be edited."), able.edit_window))
    sentence = _("Who reads it from now on reads it right; its answers stay.")
    return Option(Remedy.EDIT, True, f"{sentence} {windows.until(delivery, able.edit_window)}".strip())


def _reply(delivery: Delivery, able: Capabilities) -> Option:
    if delivery.state != State.SENT:
        return Option(Remedy.REPLY, False, _not_there(delivery))
    if not (able.sends and (able.thread or able.first_comment)):
        network = delivery.account.get_network_display()
        return Option(Remedy.REPLY, False, _("Nothing of ours can stand beneath a post on %s.") % network)
    return Option(Remedy.REPLY, True, _("The post stays as it is, and the correction stands beneath it."))


def _quote(delivery: Delivery, able: Capabilities) -> Option:
    if delivery.state != State.SENT:
        return Option(Remedy.QUOTE, False, _not_there(delivery))
    if not (able.sends and able.quote):
        return Option(Remedy.QUOTE, False, _("Posts cannot be quoted on %s.") % delivery.account.get_network_display())
    return Option(Remedy.QUOTE, True, _("A new post shows the wrong one with its correction, to all who follow."))


def _replace(delivery: Delivery, able: Capabilities, now: datetime) -> Option:
    deletion = deleting(delivery, now)
    if not deletion.possible or not able.sends:
        return Option(Remedy.REPLACE, False, deletion.reason)
    return Option(Remedy.REPLACE, True, _("It goes with its likes and its answers; a corrected one takes its place."))


def deleting(delivery: Delivery, now: datetime) -> Option:
    """Whether ``delivery``, a publication read with its account, can be deleted, and why or why not."""
    able = _capabilities(delivery)
    if delivery.state != State.SENT:
        return Option(Remedy.DELETE, False, _not_there(delivery))
    if not able.delete:
        return Option(
            Remedy.DELETE, False, _("%s lets no program delete a post.") % delivery.account.get_network_display()
        )
    if not windows.within(delivery, able.delete_window, now):
        return Option(Remedy.DELETE, False, windows.closed(_("It can no longer be deleted."), able.delete_window))
    sentence = _("It goes for everybody; answers of readers may stay.")
    return Option(Remedy.DELETE, True, f"{sentence} {windows.until(delivery, able.delete_window)}".strip())


def _nothing(delivery: Delivery) -> str:
    if delivery.state in IN_DOUBT:
        return _("Decide first whether it is on the network at all.")
    if delivery.state != State.SENT:
        return _not_there(delivery)
    return _("Nothing can be done there from here: do it on the network by hand, or leave it and say why.")


def _not_there(delivery: Delivery) -> str:
    return _("It is not on the network: %s.") % delivery.get_state_display()
