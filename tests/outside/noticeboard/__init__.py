"""The noticeboard, a network for those who want to write one."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from smeditor.exceptions import BadAnswer, Gone, NetworkError, OutcomeUnknown
from smeditor.networks.base import (
    Author,
    Batch,
    Capabilities,
    Guarantee,
    InboundItem,
    Kind,
    Limits,
    Message,
    Network,
    Prepared,
    Presence,
    Profile,
    ReadBack,
    Receipt,
    Ref,
)
from smeditor.networks.connecting import Connecting, SecretField
from smeditor.networks.http import Answer, JsonApi, an_object, objects
from smeditor.networks.rates import SendingRates
from smeditor.text.graphemes import grapheme_count
from smeditor.text.links import links_in
from smeditor.text.normal import normalise_text

KINDS = {"answer": Kind.REPLY, "mention": Kind.MENTION, "quote": Kind.QUOTE, "like": Kind.LIKE, "pass": Kind.REPOST}


class Noticeboard(Network):
    slug = "noticeboard"
    label = "Noticeboard"
    capabilities = Capabilities(guarantee=Guarantee.EXACTLY_ONCE, idempotent_send=True, read_back=True)
    default_limits = Limits(max_length=400, unit="grapheme")
    sending_rates = SendingRates(("api",))  # the bucket of all calls that name no other
    connecting = Connecting(secrets=(SecretField("access_token", "Access token", "Noticeboard: Settings → Keys."),))

    def call(self, method: str, path: str, **kwargs: Any) -> Answer:
        api = JsonApi(self.credentials.server_url, self.client, label=self.label, rates=self.rates)
        token = self.credentials.secret.get("access_token", "")
        return api.call(method, path, headers={"Authorization": f"Bearer {token}"}, **kwargs)

    # the account and the text

    def verify(self) -> Profile:
        me = self.call("GET", "/me").object("id", "name", "url")
        return Profile(str(me["id"]), str(me["name"]), str(me["name"]), str(me["url"]))

    def limits(self) -> Limits:
        return self.limits_in_force  # the board tells none

    def count(self, text: str) -> int:
        return grapheme_count(text)

    # sending

    def mint_identity(self, now: datetime) -> str:
        return uuid.uuid4().hex

    def prepare(self, message: Message, so_far: Mapping[str, Any]) -> Prepared:
        pictures = [{"alt": image.alt, "data": base64.b64encode(image.read()).decode()} for image in message.images]
        body = {"text": message.text, "language": message.language, "pictures": pictures}
        return Prepared(body | ({"answers": message.reply_to.uri} if message.reply_to else {}))

    def send(self, prepared: Prepared, identity: str, sent_at: datetime) -> Receipt:
        answer = self.call("PUT", f"/messages/{identity}", effect=True, json=prepared.body)
        try:
            return Receipt(ref_of(answer.data), answer.at)
        except BadAnswer as error:  # it may be published all the same
            raise OutcomeUnknown(error.sentence, cause=error.cause) from error

    def read_back(self, prepared: Prepared, identity: str, since: datetime) -> ReadBack:
        try:
            return ReadBack(found=ref_of(self.call("GET", f"/messages/{identity}").data), checked=1)
        except Gone:  # the board knows every id that it ever took: this one never arrived
            return ReadBack(absent=True, checked=1)

    def delete(self, ref: Ref) -> None:
        try:
            self.call("DELETE", f"/messages/{ref.uri}", effect=True)
        except Gone:
            return

    # listening

    def collect(self, cursor: Mapping[str, Any], ours: Sequence[Ref] = ()) -> Batch:
        after = cursor.get("after")
        page = self.call("GET", "/events", params={"after": after if isinstance(after, int) else 0}).object("last")
        if not isinstance(page["last"], int):
            raise BadAnswer("The noticeboard does not say how far its list goes.")
        events = objects(page.get("events"))
        deleted = tuple(str(event["id"]) for event in events if event.get("kind") == "gone" and event.get("id"))
        inbound = tuple(found for event in events if (found := seen_in(event)))
        return Batch(inbound, {"after": page["last"]}, more=page.get("more") is True, deleted=deleted)

    def check(self, native_ids: Sequence[str]) -> dict[str, Presence]:
        return {native_id: self._presence(native_id) for native_id in native_ids}

    def _presence(self, native_id: str) -> Presence:
        try:
            self.call("GET", f"/messages/{native_id}").object("id")
        except Gone:
            return Presence.DELETED
        except NetworkError:  # a failed look proves nothing
            return Presence.UNKNOWN
        return Presence.ALIVE


def ref_of(data: Any) -> Ref:
    made = an_object(data, "id", "url")
    return Ref(str(made["id"]), str(made["url"]))


def seen_in(event: dict[str, Any]) -> InboundItem | None:
    """What one event says; None for one that is not understood, which must not stop the others."""
    kind, author = KINDS.get(str(event.get("kind"))), event.get("author")
    try:
        at = datetime.fromisoformat(str(event.get("at"))).astimezone(UTC)
    except ValueError:
        return None
    if kind is None or not event.get("id") or not isinstance(author, dict) or not author.get("id"):
        return None
    text = normalise_text(str(event.get("text") or ""))
    return InboundItem(
        kind=kind,
        native_id=str(event["id"]),
        author=Author(str(author["id"]), str(author.get("name") or "")),
        published_at=at,
        text=text,
        in_reply_to=str(event.get("answers") or ""),
        root=str(event.get("root") or ""),
        quotes=str(event.get("quotes") or ""),
        subject=str(event.get("subject") or ""),
        links=tuple(links_in(text)),
    )
