"""What is done to one account: verified, paused, resumed, connected again, a test sent and deleted."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from wagtail.admin import messages

from smeditor.accounts import connect, consent, private_test, standing
from smeditor.desk.accounts import webhooks
from smeditor.desk.accounts.addresses import browser_of, redirect_uri
from smeditor.desk.base import OperationView
from smeditor.desk.units import unit_label
from smeditor.exceptions import OutcomeUnknown, SmeditorError
from smeditor.models import Account
from smeditor.permissions import CONNECT_ACCOUNT, scope
from smeditor.publishing import holds

CHANGE = "smeditor.change_account"


def report(request: HttpRequest, account: Account) -> None:
    """Verify an account and tell the person who asked what came of it."""
    if problem := connect.verify(account):
        messages.error(request, problem)
        return
    report_connection(request, account)


def welcome(request: HttpRequest, account: Account) -> None:
    """After a connection: say how the network knows the account, and ask it for its webhooks."""
    report_connection(request, account)
    if sentence := webhooks.subscribe(request, account):
        messages.warning(request, sentence)


def report_connection(request: HttpRequest, account: Account) -> None:
    """Say as whom the network knows the account, how long its posts may be, and what it was not granted."""
    messages.success(
        request,
        gettext("%(network)s knows this account as %(handle)s. Posts may be up to %(limit)s long (%(unit)s).")
        % {
            "network": account.get_network_display(),
            "handle": account.handle or account.display_name,
            "limit": account.limits.get("max_length", "?"),
            "unit": unit_label(account.limits.get("unit", "")),
        },
    )
    if sentence := standing.missing_scopes(account):
        messages.warning(request, sentence)


class AccountOperation(OperationView[Account]):
    """An operation on one account, by somebody who acts for it."""

    any_permission_required: ClassVar[tuple[str, ...]] = (CHANGE, CONNECT_ACCOUNT)
    model = Account
    success_url_name = "smeditor_accounts:edit"

    def get_base_object_queryset(self) -> QuerySet[Account]:
        """Every account, each with its desk: whose it is decides ``check_object``."""
        return super().get_base_object_queryset().select_related("desk")

    def check_object(self) -> None:
        """Raises NotAllowed for an account of a desk that this user does not act for."""
        scope.require(self.request.user, self.object)


class Verify(AccountOperation):
    """Ask the network again as whom it knows the account."""

    def perform_operation(self) -> None:
        """Verify the account; what the network answers is said in a message. Raises SmeditorError for one without access."""
        refuse_disconnected(self.object)
        report(self.request, self.object)


class Pause(AccountOperation):
    """Stop all that the account sends, with a reason."""

    def perform_operation(self) -> None:
        """Place the hold. Raises SmeditorError when no reason is given, or there is nothing to stop."""
        refuse_disconnected(self.object)
        reason = self.request.POST.get("reason", "").strip()
        if not reason:
            raise SmeditorError(gettext("Say why the account is paused, so that colleagues know."))
        holds.pause_account(self.object, self.request.user, reason, timezone.now())
        sentence = gettext("%(account)s is paused: nothing of it is sent until it is resumed.")
        self.success_message = sentence % {"account": self.object}


class Resume(AccountOperation):
    """Let the account send again."""

    def perform_operation(self) -> None:
        """Lift the account's hold and count what missed its time meanwhile."""
        late = holds.resume_account(self.object, self.request.user, timezone.now())
        if late:
            sentence = gettext(
                "%(account)s sends again. %(late)d deliveries missed their time and wait for a decision."
            )
        else:
            sentence = gettext("%(account)s sends again.")
        self.success_message = sentence % {"account": self.object, "late": late}


class ConnectionOperation(AccountOperation):
    """An operation that only those may do who connect accounts."""

    any_permission_required = (CONNECT_ACCOUNT,)


class Reconnect(ConnectionOperation):
    """Be led through the network's consent again, for the same account; it keeps its deliveries and its settings."""

    pending_key: int | None = None

    def perform_operation(self) -> None:
        """Begin the consent. Raises SmeditorError where the network has none, or its app has no keys."""
        account, network = self.object, consent.network_of(self.object.network)
        if not network.connecting.consent:
            raise SmeditorError(gettext("Type a new secret into the form below and save."))
        self.pending_key = consent.begin(
            self.request.user,
            account.network,
            redirect_uri=redirect_uri(self.request, network),
            browser=browser_of(self.request),
            now=timezone.now(),
            account=account,
        ).pk

    def get_success_url(self) -> str:
        """The page that leads to the consent screen; the account's own where it could not be begun."""
        if self.pending_key is None:
            return super().get_success_url()
        return reverse("smeditor:account_consent", args=[self.pending_key])


class SendTest(ConnectionOperation):
    """Send a message that nobody but the account itself sees."""

    def perform_operation(self) -> None:
        """Send it and say where it is. Raises SmeditorError when it could not be sent."""
        refuse_disconnected(self.object)
        try:
            ref = private_test.send(self.object, timezone.now())
        except OutcomeUnknown as error:
            sentence = gettext("It is not known whether the test was sent. Look for it there; no reader can see it.")
            raise SmeditorError(f"{error.sentence} {sentence}".strip(), cause=error.cause) from error
        sentence = gettext("The test was sent. Only the account itself sees it: %(url)s")
        self.success_message = sentence % {"url": ref.url or ref.uri}


class DeleteTest(ConnectionOperation):
    """Delete the test that was sent."""

    def perform_operation(self) -> None:
        """Delete it. Raises SmeditorError when it could not be deleted."""
        private_test.delete(self.object)
        self.success_message = gettext("The test is deleted.")


def refuse_disconnected(account: Account) -> None:
    """Raises SmeditorError, with a sentence, for an account that was disconnected."""
    if account.state == Account.State.DISCONNECTED:
        raise SmeditorError(gettext("This account is disconnected. Connect it again first."))
