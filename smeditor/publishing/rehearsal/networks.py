"""Each network of the newsroom as it is rehearsed: it counts, limits and guarantees as the real one, and sends into memory.

``SMEDITOR["NETWORKS"]`` names a class by its dotted path. Here each real network has one: ``mastodon`` is the rehearsed
Mastodon (see :func:`__getattr__`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from smeditor import conf
from smeditor.exceptions import AuthExpired, ConfigurationError, OutcomeUnknown, RateLimited, Refused, Temporary
from smeditor.networks.base import (
    Batch,
    Credentials,
    Limits,
    Message,
    Network,
    Prepared,
    Presence,
    Profile,
    Progress,
    ReadBack,
    Receipt,
    Ref,
)
from smeditor.networks.registry import get_network_class
from smeditor.publishing.rehearsal.faults import Fault
from smeditor.publishing.rehearsal.server import AT_WORK, Published, Server, world

ADDRESS = "https://rehearsal.invalid/"
"""Where the messages of a rehearsal are: a domain that can never exist (RFC 2606)."""
SLOW = timedelta(seconds=20)
"""How long a network asks to wait while it is at work on media."""
WAIT = timedelta(minutes=5)
"""How long a network asks to wait after too many requests."""
_real: dict[str, str] = {}
"""The newsroom's own networks by slug, as its settings had them before the rehearsal."""


def paths(slugs: Sequence[str]) -> dict[str, str]:
    """What ``SMEDITOR["NETWORKS"]`` is to say so that these networks are rehearsed."""
    _real.update({slug: path for slug, path in conf.get("NETWORKS").items() if not path.startswith(__name__)})
    return {slug: f"{__name__}.{slug}" for slug in slugs}


def __getattr__(name: str) -> type[Network]:
    """The rehearsed class of the network ``name``. Raises AttributeError where there is no such network."""
    if name.startswith("_"):
        raise AttributeError(name)
    try:
        real = get_network_class(name, _real)
    except ConfigurationError as error:
        raise AttributeError(name) from error
    # Media is not copied: a network that cannot do without, or fetches it itself, is rehearsed with the text alone.
    able = replace(real.capabilities, needs_media=False, fetches_media=False, media_with_message=False, priced=False)
    return type(f"Rehearsed{real.__name__}", (Rehearsed, real), {"capabilities": able, "__module__": __name__})


class Rehearsed(Network):
    """What all of them have in common. Nothing here asks anybody."""

    @property
    def _server(self) -> Server:
        return world().server(self.slug, self.credentials)

    def verify(self) -> Profile:
        """The account as it is known already."""
        known = self.credentials
        return Profile(known.remote_id, known.handle, known.handle, known.server_url, 0)

    def limits(self) -> Limits:
        """The limits that were read last, or the documented ones."""
        return self.limits_in_force

    def refresh(self) -> Credentials:
        """Another secret, where the network renews them without a person."""
        turn = int(self.credentials.secret.get("turn", "0")) + 1
        self.credentials = replace(self.credentials, secret={"turn": str(turn)})
        self.credentials_changed = True
        return self.credentials

    def prepare(self, message: Message, so_far: Mapping[str, Any]) -> Prepared | Progress:
        """Ready at once, or at work on the media for a while."""
        server = self._server
        asked = int(so_far.get("asked", 0))
        if (asked or server.meet(message.text, media=True)) and asked < AT_WORK:
            return Progress({"asked": asked + 1}, SLOW, sentence=_("The network is at work on the media."))
        return Prepared(body={"text": message.text}, link=message.link)

    def send(self, prepared: Prepared, identity: str, sent_at: datetime) -> Receipt:
        """Publish into memory, or meet the fault that waits for this message."""
        fault = self._server.meet(prepared.body["text"])
        if fault in (Fault.ACCEPTS_THEN_TIMES_OUT, Fault.FAILS_BUT_POSTS):
            self._publish(prepared, identity)
        if fault is not None:
            raise self._error(fault)
        message = self._publish(prepared, identity)
        return Receipt(ref=_ref(message), at=sent_at, answer={"uri": message.uri})

    def _publish(self, prepared: Prepared, identity: str) -> Published:
        able = self.capabilities
        lifetime = None if able.identity_lifetime is None else timedelta(seconds=able.identity_lifetime)
        text = prepared.body["text"]
        return self._server.publish(identity, text, world().now, lifetime, knows=able.idempotent_send)

    def _error(self, fault: Fault) -> Exception:
        match fault:
            case Fault.ACCEPTS_THEN_TIMES_OUT | Fault.TIMES_OUT:
                return OutcomeUnknown(_("The server did not answer in time."), cause="rehearsal")
            case Fault.FAILS_BUT_POSTS:
                return OutcomeUnknown(_("The server failed while it was publishing (500)."), status=500)
            case Fault.RATE_LIMITED:
                sentence = _("The network asks to wait: too many requests.")
                return RateLimited(sentence, until=datetime.now(UTC) + WAIT, status=429)
            case Fault.UNAUTHORISED:
                return AuthExpired(_("The network no longer accepts the account's token."), status=401)
            case Fault.REFUSED:
                return Refused(_("The network refused the post."), status=422)
            case _:
                return Temporary(_("The server cannot be reached. It will be tried again."), cause="rehearsal")

    def read_back(self, prepared: Prepared, identity: str, since: datetime) -> ReadBack:
        """What reading the own timeline shows: by identity, or by the text where the network knows none."""
        messages = self._server.published
        text = prepared.body["text"]
        found = next((m for m in messages if m.key == identity or (m.text == text and m.at >= since)), None)
        if found is not None:
            return ReadBack(found=_ref(found), checked=len(messages))
        return ReadBack(absent=True, checked=len(messages))

    def edit(self, ref: Ref, prepared: Prepared) -> Receipt:
        """Replace a text in memory."""
        for message in self._server.published:
            if message.uri == ref.uri:
                message.text = prepared.body["text"]
        return Receipt(ref=ref, at=world().now)

    def delete(self, ref: Ref) -> None:
        """Delete from memory; a real message, which is not there, counts as deleted."""
        self._server.published[:] = [message for message in self._server.published if message.uri != ref.uri]

    def collect(self, cursor: Mapping[str, Any], ours: Sequence[Ref] = ()) -> Batch:
        """Nothing: no reader writes in a rehearsal."""
        return Batch()

    def check(self, native_ids: Sequence[str]) -> dict[str, Presence]:
        """Nothing is known of anything."""
        return {}


def _ref(message: Published) -> Ref:
    return Ref(uri=message.uri, url=ADDRESS + message.uri, cid="")
