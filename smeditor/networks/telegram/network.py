"""The Telegram adapter: a channel, its discussion group and the bot that serves them (https://core.telegram.org/bots/api)."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from smeditor.exceptions import AuthExpired, BadAnswer, Gone, NetworkError, OutcomeUnknown, RateLimited, Refused
from smeditor.networks.base import (
    App,
    Batch,
    Capabilities,
    Connecting,
    Credentials,
    Guarantee,
    Identity,
    Kind,
    Limits,
    Message,
    Network,
    Prepared,
    Presence,
    Profile,
    Progress,
    ReadBack,
    ReaderOperation,
    Receipt,
    Received,
    Ref,
    WebhookRequest,
    Webhooks,
)
from smeditor.networks.client import GuardedClient
from smeditor.networks.http import an_object
from smeditor.networks.marks import Mark, MarkKind
from smeditor.networks.telegram import collect, entities, ids, parse, payload, webhook
from smeditor.networks.telegram.api import NO_CAPTION, NO_TEXT, UNCHANGED, UNDELETABLE, BotApi
from smeditor.networks.telegram.connecting import COMMENTS, CONNECTING, POST, granted, missing, reads_comments
from smeditor.networks.telegram.limits import LIMITS, LONGEST_CAPTION, LONGEST_TEXT, MEGABYTE
from smeditor.networks.telegram.updates import WANTED, Place

SENDING = ("sendMessage", "sendPoll", "sendMediaGroup", *(method for method, _field in payload.METHODS.values()))
DELETE_WINDOW = timedelta(hours=48)
"""https://core.telegram.org/bots/api#deletemessage (2026-11-30)."""
LIKE = [{"type": "emoji", "emoji": "👍"}]


class Telegram(Network):
    """One channel. Credentials: ``secret["bot_token"]``, and the channel as ``handle`` (later its id as ``remote_id``).

    Telegram has no key by which a message is known again and shows a bot nothing of what it posted: at most once.
    """

    slug: ClassVar[str] = "telegram"
    label: ClassVar[str] = "Telegram"
    capabilities: ClassVar[Capabilities] = Capabilities(
        guarantee=Guarantee.AT_MOST_ONCE,
        edit=True,
        delete_window=DELETE_WINDOW,
        mixes_media=True,
        media_with_message=True,
        alt_text=False,
        polls=True,
        poll_multiple=True,
        answers=frozenset({Kind.COMMENT, Kind.MENTION}),
        collects=frozenset({Kind.COMMENT, Kind.MENTION, Kind.LIKE}),
        checks_presence=False,
        reader_operations=frozenset({ReaderOperation.LIKE, ReaderOperation.UNLIKE}),
        webhooks=Webhooks.ACCOUNT,
    )
    default_limits: ClassVar[Limits] = LIMITS
    connecting: ClassVar[Connecting] = CONNECTING

    def __init__(
        self, credentials: Credentials, *, client: GuardedClient, limits: Limits | None = None, app: App | None = None
    ) -> None:
        super().__init__(credentials, client=client, limits=limits, app=app)
        server = credentials.server_url or CONNECTING.home_server
        token = credentials.secret.get("bot_token", "").strip()
        self.api = BotApi(server, token, client, label=self.label, rates=self.rates)
        self._bot: dict[str, Any] | None = None
        self._channel: dict[str, Any] | None = None

    # the account

    def verify(self) -> Profile:
        """Ask who the bot is, what the channel is, and which rights the bot has there; they become the scopes.

        Raises Refused where it is no channel, AuthExpired where the bot may not post, with what is missing.
        """
        bot, channel = self.bot(fresh=True), self.channel(fresh=True)
        profile = parse.read_profile(channel, None)
        if channel["type"] != "channel":
            raise Refused(_("This is no channel: enter the channel's @name, or its number."))
        rights = granted(self._member(int(profile.remote_id), bot))
        if POST not in rights:
            raise AuthExpired(missing(rights))
        if self._reads_comments(channel, bot):
            rights |= {COMMENTS}
        if self.credentials.scopes != rights:
            self.credentials = replace(self.credentials, scopes=rights)
            self.credentials_changed = True
        return replace(profile, followers=self._followers(profile.remote_id))

    def identities(self) -> list[Identity]:
        """The one channel, with a note about the rights that the bot lacks there."""
        profile = self.verify()
        return [Identity(profile, self.credentials, missing(self.credentials.scopes or frozenset()))]

    def limits(self) -> Limits:
        """Return the documented limits: the server tells none."""
        self.known_limits = LIMITS
        return LIMITS

    def bot(self, *, fresh: bool = False) -> dict[str, Any]:
        """The bot as Telegram knows it (``getMe``), with a usable id; asked once for each instance of this class."""
        if self._bot is None or fresh:
            bot = an_object(self.api.ask("getMe"), "id")
            if parse.number(bot["id"]) is None:
                raise BadAnswer(cause="getMe without a usable id")
            self._bot = bot
        return self._bot

    def channel(self, *, fresh: bool = False) -> dict[str, Any]:
        """The channel (``getChat``), with a usable id; asked once for each instance of this class."""
        if self._channel is None or fresh:
            channel = an_object(self.api.ask("getChat", {"chat_id": self.chat_id}), "id", "type")
            if parse.chat_id(channel) is None:
                raise BadAnswer(cause="getChat without a usable id")
            self._channel = channel
        return self._channel

    @property
    def chat_id(self) -> str:
        """What the API takes for the channel: its id where it is known, else its name. Raises Refused for neither."""
        if ids.NUMBER.fullmatch(self.credentials.remote_id):
            return self.credentials.remote_id
        named = ids.chat_named(self.credentials.handle)
        if not named:
            raise Refused(_("Enter the channel as the handle: its @name, or the number of a private channel."))
        return named

    def place(self) -> Place:
        """The channel, its discussion group and the bot, as updates name them."""
        bot, channel = self.bot(), self.channel()
        group = parse.number(channel.get("linked_chat_id"), -ids.LARGEST_ID)
        return Place(int(channel["id"]), parse.user_name(channel), group, int(bot["id"]), parse.user_name(bot))

    def _member(self, chat: int, bot: dict[str, Any]) -> dict[str, Any]:
        return an_object(self.api.ask("getChatMember", {"chat_id": chat, "user_id": bot["id"]}), "status")

    def _reads_comments(self, channel: dict[str, Any], bot: dict[str, Any]) -> bool:
        group = parse.number(channel.get("linked_chat_id"), -ids.LARGEST_ID)
        if group is None:
            return False
        try:
            return reads_comments(self._member(group, bot), bot)
        except RateLimited:
            raise
        except NetworkError:  # it is not in the group, which hinders no publishing
            return False

    def _followers(self, chat: str) -> int | None:
        try:
            return parse.number(self.api.ask("getChatMemberCount", {"chat_id": chat}), 0)
        except NetworkError:  # a number to be shown, and no reason not to connect
            return None

    # the text

    def count(self, text: str) -> int:
        """Return the length of ``text`` in UTF-16 code units, in which Telegram counts."""
        return entities.length(text)

    def losses(self, message: Message) -> list[str]:
        """Sentences about the question of a poll, in which only signs and emoji are shown."""
        if message.poll and any(mark.kind is MarkKind.LINK for mark in self.marks(message.text)):
            return [_("A link in the question of a poll cannot be opened there: readers see its address alone.")]
        return []

    @classmethod
    def marks(cls, text: str) -> list[Mark]:
        """Return links, names and tags as Telegram's apps show them."""
        return entities.marked(text)

    # sending

    def mint_identity(self, now: datetime) -> str:
        """Return a name for the attempt in our own history: Telegram takes none."""
        return f"smeditor-{uuid.uuid4()}"

    def prepare(self, message: Message, so_far: Mapping[str, Any]) -> Prepared | Progress:
        """Return the call that publishes ``message``: nothing is uploaded apart from it, so there is a single step."""
        return payload.prepared(message, self.chat_id, ids.chat_named(self.credentials.handle).removeprefix("@"))

    def send(self, prepared: Prepared, identity: str, sent_at: datetime) -> Receipt:
        """Publish, with the files of ``prepared.media``. Raises Refused where these are not those that were prepared."""
        method, params = str(prepared.body.get("method")), prepared.body.get("params")
        if method not in SENDING or not isinstance(params, dict):
            raise Refused(_("What was prepared for Telegram cannot be read. Approve the post anew."))
        with ExitStack() as stack:
            try:
                files = payload.opened(prepared.body, prepared.media, stack)
            except OSError as error:
                raise Refused(_("An image or file of the message cannot be read."), cause=repr(error)) from error
            result = self._at_place(method, params, files, sum(file.size for file in prepared.media))
        return self._receipt(result)

    def _at_place(self, method: str, params: dict[str, Any], files: Any, size: int) -> Any:
        try:
            return self.api.ask(
                method,
                params,
                effect=True,
                files=files,
                timeout=self.client.timeout + size / MEGABYTE if size else None,
            )
        except AuthExpired as error:
            if error.status not in {400, 403} or str(params.get("chat_id")) in {
                self.chat_id,
                self.credentials.remote_id,
            }:
                raise
            sentence = _("The bot may not write in the discussion group. Make it an administrator there.")
            raise Refused(sentence, status=error.status, code=error.code, cause=error.cause) from error

    def _receipt(self, result: Any) -> Receipt:
        """Read what a publishing call answered. A lie here leaves the outcome unknown: it may well be published."""
        sent = result if isinstance(result, list) else [result]
        first = sent[0] if sent and isinstance(sent[0], dict) else {}
        chat = parse.chat_id(first.get("chat"))
        numbers = [parse.number(item.get("message_id"), 0) if isinstance(item, dict) else None for item in sent]
        if chat is None or not numbers or None in numbers:
            raise OutcomeUnknown(_("Telegram took the message and did not say where it stands."))
        if 0 in numbers:
            raise OutcomeUnknown(_("Telegram still works on the video and publishes by itself later. Look there."))
        own = [number for number in numbers if number]
        ref = Ref(ids.native_id(chat, own[0]), ids.address(first["chat"], own[0]), ids.album(own))
        kept = {"message_id": own[0], "chat": chat} | ({"album": own} if len(own) > 1 else {})
        return Receipt(ref, parse.moment(first.get("date")) or datetime.now(UTC), kept)

    def read_back(self, prepared: Prepared, identity: str, since: datetime) -> ReadBack:
        """Prove nothing: a bot cannot read a channel, nor does it get its own posts as updates."""
        return ReadBack(note=_("Telegram does not show a bot what it posted: look into the channel."))

    def ref_at(self, url: str) -> Ref:
        """Where the message at ``url`` (``https://t.me/channel/17``) is, by its native id. Refused: it is not in our channel."""
        native = self._native_at(url)
        if not native:
            raise Refused(_("This address leads to no message of the channel: copy the message's link in Telegram."))
        return Ref(native, url)

    def _native_at(self, url: str) -> str:
        """The native id of the message at an address; empty where that is none in our channel."""
        chat, name = self.credentials.remote_id, ids.chat_named(self.credentials.handle).removeprefix("@")
        number = ids.message_at(url, int(chat), name) if ids.NUMBER.fullmatch(chat) else None
        return ids.native_id(int(chat), number) if number else ""

    def edit(self, ref: Ref, prepared: Prepared) -> Receipt:
        """Replace the text, or the caption of a message with files (of an album's first one). The files stay."""
        chat, number = self._where(ref)
        if prepared.body.get("method") == "sendPoll":
            raise Refused(_("Telegram lets nobody change a poll, nor its question. Say it in a reply."))
        params = prepared.body.get("params") or {}
        album = params.get("media")
        captioned = params | album[0] if isinstance(album, list) and album and isinstance(album[0], dict) else params
        text = str(params.get("text") or captioned.get("caption") or "")
        target: dict[str, Any] = {"chat_id": chat, "message_id": number}
        ways = [("editMessageText", "text"), ("editMessageCaption", "caption")]
        if prepared.body.get("method") != "sendMessage":
            ways.reverse()
        for place, (method, field) in enumerate(ways):
            if self.count(text) > (LONGEST_TEXT if field == "text" else LONGEST_CAPTION):
                raise Refused(_("A message with images or files takes a shorter text: shorten it."), code="too_long")
            shown = {"link_preview_options": params.get("link_preview_options")} if field == "text" else {}
            try:
                result = self.api.ask(method, target | {field: text} | shown, effect=True)
            except Refused as error:
                if UNCHANGED in error.code:
                    return Receipt(ref, datetime.now(UTC))
                if place == 0 and (NO_TEXT in error.code or NO_CAPTION in error.code):
                    continue
                raise
            at = parse.moment(result.get("edit_date")) if isinstance(result, dict) else None
            return Receipt(ref, at or datetime.now(UTC))
        raise Refused(_("This message has no text that could be changed."))

    def delete(self, ref: Ref) -> None:
        """Delete a message, all of them where it is an album; one that is gone already is deleted."""
        chat, number = self._where(ref)
        numbers = ids.numbers_of(ref) or [number]
        try:
            if len(numbers) > 1:
                self.api.ask("deleteMessages", {"chat_id": chat, "message_ids": numbers}, effect=True)
            else:
                self.api.ask("deleteMessage", {"chat_id": chat, "message_id": number}, effect=True)
        except Gone:
            return
        except Refused as error:
            if UNDELETABLE not in error.code:
                raise
            sentence = _(
                "Telegram does not let the bot delete this message: it is older than 48 hours. Delete it there."
            )
            raise Refused(sentence, status=error.status, code=error.code, cause=error.cause) from error

    def operate(self, native_id: str, operation: ReaderOperation) -> None:
        """Put the bot's 👍 beneath a reader's comment, or take it away (``setMessageReaction``)."""
        if operation not in self.capabilities.reader_operations:
            raise self.unsupported(operation.value)
        chat, number = self._where(Ref(native_id))
        reaction = LIKE if operation is ReaderOperation.LIKE else []
        self.api.ask("setMessageReaction", {"chat_id": chat, "message_id": number, "reaction": reaction})

    def _where(self, ref: Ref) -> tuple[int, int]:
        parts = ids.parts_of(ref.uri) or ids.parts_of(self._native_at(ref.uri))
        if parts is None:
            raise Gone(_("It is not known where in the channel this message stands."))
        return parts

    # listening

    def collect(self, cursor: Mapping[str, Any], ours: Sequence[Ref] = ()) -> Batch:
        """Return what the bot's updates brought since ``cursor``; see :mod:`smeditor.networks.telegram.collect`."""
        return collect.poll(self, cursor, ours, self.credentials.secret.get("webhook", ""))

    def check(self, native_ids: Sequence[str]) -> dict[str, Presence]:
        """Prove nothing: a bot cannot ask whether a message is there, and no update says that one was deleted."""
        return dict.fromkeys(native_ids, Presence.UNKNOWN)

    @classmethod
    def receive(cls, request: WebhookRequest, keys: Mapping[str, str]) -> Received:
        """Believe a request that carries the account's secret; see :mod:`smeditor.networks.telegram.webhook`."""
        return webhook.receive(request, keys)

    def subscribe(self, address: str, secret: str) -> None:
        """Let Telegram bring updates to ``address`` (https), which ends the polling of this bot."""
        params = {"url": address, "secret_token": webhook.agreed(secret), "allowed_updates": list(WANTED)}
        self.api.ask("setWebhook", params)
        self._keep_webhook(digest_of(address))

    def unsubscribe(self) -> None:
        """Go back to polling (``deleteWebhook``); what waits is kept for it."""
        self.api.ask("deleteWebhook")
        self._keep_webhook("")

    def _keep_webhook(self, digest: str) -> None:
        kept = {key: value for key, value in self.credentials.secret.items() if key != "webhook"}
        self.credentials = replace(self.credentials, secret=kept | ({"webhook": digest} if digest else {}))
        self.credentials_changed = True

    def read_events(self, events: Sequence[Mapping[str, Any]]) -> Batch:
        """Return the comments and reactions in stored updates. Nothing is remembered between two calls."""
        return collect.read(self, events)


def digest_of(address: str) -> str:
    """By which our own webhook is known again, without storing its address among the secrets."""
    return hashlib.sha256(address.encode()).hexdigest()
