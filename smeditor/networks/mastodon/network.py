"""The Mastodon adapter: what the desk asks, in the API's calls (https://docs.joinmastodon.org/methods/)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from smeditor.exceptions import AuthExpired, BadAnswer, Gone, OutcomeUnknown, Refused
from smeditor.networks.base import (
    Batch,
    Capabilities,
    Credentials,
    Fold,
    Guarantee,
    Limits,
    Message,
    Metrics,
    Network,
    Prepared,
    Presence,
    Profile,
    Progress,
    ReadBack,
    ReaderOperation,
    Receipt,
    Ref,
)
from smeditor.networks.client import GuardedClient
from smeditor.networks.connecting import Connecting
from smeditor.networks.http import Answer, an_object
from smeditor.networks.marks import FoundMark, Mark, MarkKind
from smeditor.networks.mastodon import counting, parse, search
from smeditor.networks.mastodon.connecting import CONNECTING
from smeditor.networks.mastodon.entities import marked
from smeditor.networks.mastodon.errors import MastodonApi
from smeditor.networks.mastodon.limits import DEFAULTS, read_limits
from smeditor.networks.mastodon.listen import Collector
from smeditor.networks.mastodon.payload import edit_body
from smeditor.networks.mastodon.preparation import Preparation
from smeditor.networks.mastodon.presence import check
from smeditor.networks.mastodon.readback import find_own
from smeditor.networks.mastodon.stream import notifications
from smeditor.networks.rates import SendingRates

IDENTITY_LIFETIME = 3300
"""Mastodon remembers an Idempotency-Key for an hour; five minutes are kept for slow clocks and slow requests."""


class Mastodon(Network):
    """One account on one instance. Credentials: ``server_url`` and ``secret["access_token"]``.

    Scopes: ``read write:statuses write:media write:favourites`` (docs/networks/mastodon.md).
    """

    slug: ClassVar[str] = "mastodon"
    label: ClassVar[str] = "Mastodon"
    capabilities: ClassVar[Capabilities] = Capabilities(
        guarantee=Guarantee.EXACTLY_ONCE,
        reply_mentions=True,
        edit=True,
        edits_media=True,
        reader_operations=frozenset({ReaderOperation.LIKE, ReaderOperation.UNLIKE}),
        private_test=True,
        streams=True,
        card=False,
        content_warning=True,
        polls=True,
        poll_multiple=True,
        edits_beside_poll=True,
        idempotent_send=True,
        identity_lifetime=IDENTITY_LIFETIME,
        read_back=True,
        mark_search=frozenset({MarkKind.MENTION, MarkKind.TAG}),
        metrics=frozenset({"likes", "reposts", "replies", "quotes"}),
    )

    default_limits: ClassVar[Limits] = DEFAULTS
    sending_rates = SendingRates(
        ("api",), publish=("statuses",), reply=("statuses",), edit=("statuses",), delete=("delete",)
    )
    fold: ClassVar[Fold] = Fold(lines=32)
    """``MAX_HEIGHT`` of the server's own pages (mastodon/mastodon, ``status_content.jsx``): 706 pixels, lines of 22."""
    connecting: ClassVar[Connecting] = CONNECTING

    def __init__(self, credentials: Credentials, *, client: GuardedClient, **known: Any) -> None:
        super().__init__(credentials, client=client, **known)
        self.api = MastodonApi(credentials.server_url, client, label=self.label, rates=self.rates)
        self._me: dict[str, Any] | None = None
        self._instance: dict[str, Any] | None = None

    # the account

    def verify(self) -> Profile:
        """Ask who we are (``GET /api/v1/accounts/verify_credentials``)."""
        return parse.read_profile(self.me(fresh=True), self.api.host)

    def limits(self) -> Limits:
        """Read the limits that the instance declares (``GET /api/v2/instance``), and keep them."""
        self.known_limits = read_limits(self.instance())
        return self.known_limits

    def me(self, *, fresh: bool = False) -> dict[str, Any]:
        """Our own account as this server describes it; asked once for each instance of this class.

        Raises BadAnswer where its id could not stand in an address: without one our own messages cannot be read.
        """
        if self._me is None or fresh:
            account = self.call("GET", "/api/v1/accounts/verify_credentials").object("id")
            parse.read_id(account)
            self._me = account
        return self._me

    def instance(self) -> dict[str, Any]:
        """The server's description of itself: v2, else v1, else nothing."""
        if self._instance is None:
            self._instance = self._described("/api/v2/instance") or self._described("/api/v1/instance") or {}
        return self._instance

    def _described(self, path: str) -> dict[str, Any] | None:
        try:
            return self.call("GET", path).object()
        except (Gone, Refused, BadAnswer):
            return None

    # the text

    def search_marks(self, kind: MarkKind, query: str) -> list[FoundMark]:
        """Return accounts or hashtags that the server knows; no other server is asked (see :mod:`.search`)."""
        return search.marks(self, kind, query)

    def count(self, text: str) -> int:
        """Return the length of ``text`` as Mastodon counts: links as the server says, mentions without their domain."""
        return self.length(text)

    def length(self, text: str, content_warning: str = "") -> int:
        """Return the length of text and warning together, which Mastodon limits as one."""
        return counting.length(text, content_warning, self.limits_in_force)

    @classmethod
    def marks(cls, text: str) -> list[Mark]:
        """Return links, mentions and tags as Mastodon's own rules find them."""
        return marked(text)

    # sending

    def mint_identity(self, now: datetime) -> str:
        """Return a new Idempotency-Key."""
        return f"smeditor-{uuid.uuid4()}"

    def prepare(self, message: Message, so_far: Mapping[str, Any]) -> Prepared | Progress:
        """Upload one piece of media, or ask whether the last one is processed; then return the body of the status."""
        return Preparation(self, message, so_far).step()

    def send(self, prepared: Prepared, identity: str, sent_at: datetime) -> Receipt:
        """Publish the status under its Idempotency-Key; a repeated one is answered with the first status."""
        answer = self.call(
            "POST",
            "/api/v1/statuses",
            effect=True,
            bucket="statuses",
            json=prepared.body,
            headers={"Idempotency-Key": identity},
        )
        return self._receipt(answer)

    def edit(self, ref: Ref, prepared: Prepared) -> Receipt:
        """Replace the text of a status, and keep the media that it has."""
        current = self.call("GET", f"/api/v1/statuses/{ref.uri}").object("id")
        body = edit_body(prepared.body, current)
        return self._receipt(self.call("PUT", f"/api/v1/statuses/{ref.uri}", effect=True, bucket="statuses", json=body))

    def delete(self, ref: Ref) -> None:
        """Delete a status; one that is gone already is deleted."""
        try:
            self.call("DELETE", f"/api/v1/statuses/{ref.uri}", effect=True, bucket="delete")
        except Gone:
            return

    def operate(self, native_id: str, operation: ReaderOperation) -> None:
        """Like or unlike a reader's status (``POST /api/v1/statuses/:id/favourite``, ``unfavourite``)."""
        paths = {ReaderOperation.LIKE: "favourite", ReaderOperation.UNLIKE: "unfavourite"}
        if operation not in paths:
            raise self.unsupported(operation.value)
        self.call("POST", f"/api/v1/statuses/{native_id}/{paths[operation]}", effect=True, bucket="statuses")

    def read_back(self, prepared: Prepared, identity: str, since: datetime) -> ReadBack:
        """Look among our own newest statuses for the prepared one; see :func:`.readback.find_own`."""
        return find_own(self, prepared, since)

    def _receipt(self, answer: Answer) -> Receipt:
        """Read what a publishing request answered. A lie here leaves the outcome unknown: it may well be published."""
        try:
            status = answer.object("id", "account")
            written = status.get("edited_at") or status.get("created_at")
            at = parse.when(written) if written else answer.at
        except BadAnswer as error:
            raise OutcomeUnknown(error.sentence, cause=error.cause, status=answer.status) from error
        kept = ("id", "url", "uri", "created_at", "edited_at", "visibility")
        return Receipt(parse.read_ref(status), at, {key: status[key] for key in kept if status.get(key)})

    # listening

    def collect(self, cursor: Mapping[str, Any], ours: Sequence[Ref] = ()) -> Batch:
        """Return notifications and threads since ``cursor``; see :mod:`smeditor.networks.mastodon.listen`."""
        return Collector(self, cursor).collect(ours)

    def metrics(self, refs: Sequence[Ref]) -> dict[str, Metrics]:
        """Return what the server counts of our statuses; quotes since Mastodon 4.5."""
        return {key: parse.read_metrics(status) for key, status in self.statuses([ref.uri for ref in refs]).items()}

    def check(self, native_ids: Sequence[str]) -> dict[str, Presence]:
        """Return which statuses and likes are still there, by their ids."""
        return check(self, native_ids)

    def stream(self) -> Iterator[None]:
        """Yield whenever the server notifies the account; see :mod:`smeditor.networks.mastodon.stream`."""
        return notifications(self)

    # what the modules beside this one share

    def stream_lines(self, url: str) -> Iterator[str]:
        """The lines of an endless answer to this account."""
        return self.client.stream_lines(url, headers={"Authorization": f"Bearer {self._token()}"})

    def call(self, method: str, path: str, **kwargs: Any) -> Answer:
        """Call the API as this account. See :meth:`smeditor.networks.http.JsonApi.call`."""
        headers = {"Authorization": f"Bearer {self._token()}", "Accept": "application/json"}
        return self.api.call(method, path, headers={**headers, **kwargs.pop("headers", {})}, **kwargs)

    def _token(self) -> str:
        token = self.credentials.secret.get("access_token", "").strip()
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise AuthExpired(_("The account's token is missing or not whole. Connect the account again."))
        return token

    def statuses(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The statuses ``ids`` that the server shows us, by id: twenty to a call (Mastodon 4.3), else one by one."""
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(ids), BATCH):
            part = ids[start : start + BATCH]
            found |= {str(status["id"]): status for status in self._some(part) if str(status["id"]) in part}
        return found

    def _some(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        try:
            answer = self.call("GET", "/api/v1/statuses", params=[("id[]", status_id) for status_id in ids])
            return [an_object(status, "id") for status in answer.array() if status is not None]
        except (Gone, Refused, BadAnswer):
            return [status for status_id in ids if (status := self._status(status_id))]

    def _status(self, status_id: str) -> dict[str, Any] | None:
        try:
            return self.call("GET", f"/api/v1/statuses/{status_id}").object("id")
        except (Gone, Refused, BadAnswer):
            return None


BATCH = 20
"""How many ids ``GET /api/v1/statuses?id[]=`` takes; the server refuses more."""
