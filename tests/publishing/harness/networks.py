"""Networks of the fault harness: one contract, five kinds of memory.

``bluesky``: the identity is the message's place, for ever. ``mastodon``: the identity is remembered for an hour.
``plain``: no identity, but the own timeline can be read. ``blind``: neither. ``container``: it makes a container beforehand
and is at work on it for a while; publishing it is all that readers see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

from smeditor.exceptions import AuthExpired, Gone
from smeditor.networks.base import (
    Batch,
    Capabilities,
    Credentials,
    Guarantee,
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
from smeditor.networks.connecting import Connecting, SecretField
from tests.publishing.harness.server import Published, Server

SERVERS: dict[str, Server] = {}
"""The servers by address: a network finds its own by the account's."""
TOKEN = "valid"
LIMITS = Limits(max_length=300, unit="character")


def server_at(address: str) -> Server:
    return SERVERS.setdefault(address, Server())


class FaultHarness(Network):
    """What the five have in common."""

    label = "FaultHarness"
    connecting = Connecting(secrets=(SecretField("token", "Token"),))

    @property
    def server(self) -> Server:
        return server_at(self.credentials.server_url)

    def _call(self, name: str, body: dict[str, Any] | None = None) -> None:
        self.server.note(name, self.credentials.secret.get("token", ""))
        fault = self.server.next_fault(name)
        if fault is not None:
            fault(self.server, name, body or {})
        if name != "refresh" and self.credentials.secret.get("token") == "dead":
            raise AuthExpired("The token is not accepted any more.", status=401)

    def verify(self) -> Profile:
        self._call("verify")
        return Profile("lab", self.credentials.handle or "lab", "FaultHarness", self.credentials.server_url, 7)

    def limits(self) -> Limits:
        return LIMITS

    def refresh(self) -> Credentials:
        self._call("refresh")
        secret = {**self.credentials.secret, "token": TOKEN, "turn": uuid4().hex}
        self.credentials = replace(self.credentials, secret=secret, refresh_expires_at=self.server.expires_at)
        self.credentials_changed = True
        return self.credentials

    def count(self, text: str) -> int:
        return len(text)

    def mint_identity(self, now: datetime) -> str:
        return uuid4().hex

    def prepare(self, message: Message, so_far: Mapping[str, Any]) -> Prepared | Progress:
        self._call("prepare")
        self.server.uploads += len(message.images)
        body = {
            "text": message.text,
            "card": message.card.url if message.card else "",
            "images": [image.alt for image in message.images],
            "reply_to": message.reply_to.uri if message.reply_to else "",
            "root": message.root.uri if message.root else "",
        }
        return Prepared(body=body)

    def send(self, prepared: Prepared, identity: str, sent_at: datetime) -> Receipt:
        body = {**prepared.body, "_key": identity, "_at": sent_at, "_known": self._knows(identity, sent_at)}
        self._call("send", body)
        message = self.server.publish(identity, prepared.body, sent_at, body["_known"])
        return Receipt(ref=self._ref(message), at=sent_at, answer={"uri": message.uri})

    def _knows(self, identity: str, now: datetime) -> bool:
        return True

    def _ref(self, message: Published) -> Ref:
        return Ref(uri=message.uri, url=f"https://lab.example/{message.uri[4:]}", cid=f"cid-{message.uri[4:]}")

    def read_back(self, prepared: Prepared, identity: str, since: datetime) -> ReadBack:
        self._call("read_back")
        found = self.server.find(lambda message: self._is(message, prepared, identity, since))
        if found:
            return ReadBack(found=self._ref(found), checked=len(self.server.published))
        return ReadBack(absent=True, checked=len(self.server.published))

    def _is(self, message: Published, prepared: Prepared, identity: str, since: datetime) -> bool:
        return message.key == identity

    def edit(self, ref: Ref, prepared: Prepared) -> Receipt:
        self._call("edit", {"uri": ref.uri})
        message = self.server.find(lambda message: message.uri == ref.uri)
        if message is None:
            raise Gone("It is not there any more.", status=404)
        message.body, message.edits = prepared.body, message.edits + 1
        return Receipt(ref=ref, at=message.at)

    def delete(self, ref: Ref) -> None:
        self._call("delete", {"uri": ref.uri})
        self.server.published[:] = [message for message in self.server.published if message.uri != ref.uri]
        self.server.deleted.append(ref.uri)

    def collect(self, cursor: Mapping[str, Any], ours: Sequence[Ref] = ()) -> Batch:
        return Batch()

    def check(self, native_ids: Sequence[str]) -> dict[str, Presence]:
        return {}


class LabBluesky(FaultHarness):
    slug: ClassVar[str] = "lab_bluesky"
    capabilities: ClassVar[Capabilities] = Capabilities(
        edit=True, card=True, idempotent_send=True, read_back=True, refresh=True
    )


class LabMastodon(FaultHarness):
    slug: ClassVar[str] = "lab_mastodon"
    capabilities: ClassVar[Capabilities] = Capabilities(
        edit=True, idempotent_send=True, identity_lifetime=3600, read_back=True
    )

    def _knows(self, identity: str, now: datetime) -> bool:
        known = self.server.find(lambda message: message.key == identity)
        return known is not None and now - known.at < timedelta(hours=1)


class LabPlain(FaultHarness):
    slug: ClassVar[str] = "lab_plain"
    capabilities: ClassVar[Capabilities] = Capabilities(read_back=True)

    def _knows(self, identity: str, now: datetime) -> bool:
        return False

    def _is(self, message: Published, prepared: Prepared, identity: str, since: datetime) -> bool:
        return message.body == prepared.body and message.at >= since


class LabBlind(FaultHarness):
    slug: ClassVar[str] = "lab_blind"
    capabilities: ClassVar[Capabilities] = Capabilities(read_back=False, delete=False)

    def _knows(self, identity: str, now: datetime) -> bool:
        return False


class LabContainer(FaultHarness):
    slug: ClassVar[str] = "lab_container"
    capabilities: ClassVar[Capabilities] = Capabilities(guarantee=Guarantee.EXACTLY_ONCE, read_back=True)

    def prepare(self, message: Message, so_far: Mapping[str, Any]) -> Prepared | Progress:
        if "container" not in so_far:
            self._call("prepare")
            return self._at_work({"container": self.server.make_container(), "text": message.text})
        self._call("status")
        if not self.server.is_processed(so_far["container"]):
            return self._at_work(dict(so_far))
        return Prepared(body=dict(so_far))

    def _at_work(self, so_far: dict[str, Any]) -> Progress:
        until = datetime.now(UTC) + timedelta(hours=24)
        return Progress(so_far, timedelta(seconds=5), until, "The network is still at work on the video.")

    def send(self, prepared: Prepared, identity: str, sent_at: datetime) -> Receipt:
        return super().send(prepared, prepared.body["container"], sent_at)

    def _knows(self, identity: str, now: datetime) -> bool:
        return True

    def _is(self, message: Published, prepared: Prepared, identity: str, since: datetime) -> bool:
        return message.key == prepared.body["container"]


KINDS = (LabBluesky, LabMastodon, LabPlain, LabBlind, LabContainer)
NETWORKS = {kind.slug: f"{__name__}.{kind.__name__}" for kind in KINDS}
