"""What a network brings so that :class:`tests.networks.contract.NetworkContract` can be run on it.

A harness stands between the contract's tests and one real server: it acts as a reader and reads back what was
published through a client library that is not ours, and it breaks the connection on request.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import httpx

from smeditor.networks.base import (
    Batch,
    InboundItem,
    Kind,
    Message,
    Network,
    Poll,
    Presence,
    ReaderOperation,
    Ref,
    WebhookRequest,
)


class Fault(StrEnum):
    """How the next matching request goes wrong."""

    RATE_LIMITED = "rate limited"
    SERVER_ERROR = "server error"
    TIMEOUT = "the request is swallowed and no answer comes"
    LOST_ANSWER = "the request is carried out and its answer is lost"
    NOT_JSON = "a web page with status 200 instead of JSON"
    WRONG_SHAPE = "valid JSON of another shape"
    CUT = "half a JSON document"


@dataclass(frozen=True)
class Published:
    """What a foreign library reads of one of our messages. ``text`` as a person sees it, ``links`` in full."""

    text: str
    links: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    alts: tuple[str, ...] = ()
    language: str = ""
    reply_to: str = ""
    kinds: tuple[str, ...] = ()
    """Of its media, in order: ``image``, ``video`` …"""
    quotes: str = ""
    poll: Poll | None = None


class Reader(ABC):
    """Somebody else on the network, who acts through a foreign library. Each method that publishes returns the native id of what it made."""

    handle: str
    """As one writes it after ``@`` in a message."""

    @abstractmethod
    def reply(self, ref: Ref, text: str) -> str: ...

    @abstractmethod
    def mention(self, text: str) -> str:
        """Publish ``text`` with our account's name put before it."""

    @abstractmethod
    def quote(self, ref: Ref, text: str) -> str: ...

    @abstractmethod
    def like(self, ref: Ref) -> None: ...

    @abstractmethod
    def repost(self, ref: Ref) -> None: ...

    @abstractmethod
    def delete(self, native_id: str) -> None: ...

    def edit(self, native_id: str, text: str) -> None:
        """Only where readers can edit on this network (``Harness.readers_edit``)."""
        raise AssertionError("this network's readers do not edit")


class Harness(ABC):
    """One account of ours on one real server, its reader, and the means to break things.

    ``readers_edit``: readers can edit what they wrote. ``answer_kind``: what a reader's answer to our message is there.
    ``carries``: what :meth:`published` can tell of a message, of ``language``, ``links``, ``mentions`` and ``tags``.
    """

    readers_edit = False
    answer_kind = Kind.REPLY
    carries: frozenset[str] = frozenset({"language", "links", "mentions", "tags"})
    network: Network
    reader: Reader
    secrets: Sequence[str]
    """Strings that must never be seen in an error or a log."""

    @abstractmethod
    def published(self, ref: Ref) -> Published | None:
        """Read one of our messages through a foreign library; None where it does not exist."""

    @abstractmethod
    def count_published(self, token: str) -> int:
        """How many of our messages contain ``token``, by a foreign library."""

    @abstractmethod
    def with_secret(self, secret: Mapping[str, str]) -> Network:
        """The same account with other secrets."""

    @abstractmethod
    def at(self, server_url: str) -> Network:
        """The same account on another address."""

    def message(self, text: str, **fields: Any) -> Message:
        """The least message of ours that says ``text`` there: with an image where there is none without."""
        return Message(text, language="fr", **fields)

    def again(self) -> Network:
        """The same account as another worker opens it."""
        return self.with_secret(self.network.credentials.secret)

    def operated(self, native_id: str, operation: ReaderOperation) -> bool:
        """Whether readers there find that ``operation`` was done to their message. Only where it can be."""
        raise AssertionError("nothing is done to readers' messages there")

    def webhook(self, text: str) -> tuple[WebhookRequest, Mapping[str, str]]:
        """A signed request that tells of a reader's message ``text``, and the keys to believe it by. Only where there are."""
        raise AssertionError("there are no webhooks there")

    @abstractmethod
    def break_next(self, fault: Fault, *, sending: bool) -> None:
        """Let ``fault`` hit the next request that publishes (``sending``), or the next one that reads."""

    def gather(
        self,
        cursor: Mapping[str, Any],
        ours: Sequence[Ref] = (),
        until: Callable[[Batch], bool] = lambda batch: True,
        seconds: float = 15,
    ) -> Batch:
        """Collect, call after call, until the sum satisfies ``until``; servers need a moment. Returns the sum."""
        deadline, state = time.monotonic() + seconds, dict(cursor)
        inbound: dict[str, InboundItem] = {}
        deleted: dict[str, None] = {}
        while True:
            batch = self.network.collect(state, ours)
            state = batch.cursor
            inbound |= {inbound.native_id: inbound for inbound in batch.inbound}
            deleted |= dict.fromkeys(batch.deleted)
            total = Batch(tuple(inbound.values()), state, batch.more, tuple(deleted))
            if (until(total) and not batch.more) or time.monotonic() > deadline:
                return total
            if not batch.more:
                time.sleep(0.2)

    def check(self, native_id: str, wanted: Presence, seconds: float = 15) -> Presence:
        """The presence of one reaction, as soon as it is ``wanted`` or time is up."""
        deadline = time.monotonic() + seconds
        while True:
            found = self.network.check([native_id])[native_id]
            if found is wanted or time.monotonic() > deadline:
                return found
            time.sleep(0.2)


@dataclass
class FaultyTransport(httpx.BaseTransport):
    """A real connection that breaks once on request.

    ``sends`` tells which requests publish. ``rate_limit_headers`` are what this network's 429 carries.
    """

    sends: Callable[[httpx.Request], bool]
    rate_limit_headers: Callable[[], dict[str, str]]
    error_body: Mapping[str, Any] = field(default_factory=lambda: {"error": "fault"})
    inner: httpx.BaseTransport = field(default_factory=lambda: httpx.HTTPTransport(trust_env=False))
    waiting: list[tuple[Fault, bool]] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        for index, (fault, sending) in enumerate(self.waiting):
            if self.sends(request) == sending:
                del self.waiting[index]
                return self._break(fault, request)
        return self.inner.handle_request(request)

    def _break(self, fault: Fault, request: httpx.Request) -> httpx.Response:
        if fault is Fault.LOST_ANSWER:
            self.inner.handle_request(request).read()
            raise httpx.ReadTimeout("the answer was lost", request=request)
        if fault is Fault.TIMEOUT:
            raise httpx.ReadTimeout("no answer", request=request)
        if fault is Fault.RATE_LIMITED:
            return httpx.Response(429, headers=self.rate_limit_headers(), json=dict(self.error_body))
        if fault is Fault.SERVER_ERROR:
            return httpx.Response(500, json=dict(self.error_body))
        body = {Fault.NOT_JSON: b"<!doctype html><p>Welcome!", Fault.CUT: b'{"id": "1", "ur', Fault.WRONG_SHAPE: b"42"}
        kind = "text/html" if fault is Fault.NOT_JSON else "application/json"
        return httpx.Response(200, content=body[fault], headers={"content-type": kind})

    def close(self) -> None:
        self.inner.close()
