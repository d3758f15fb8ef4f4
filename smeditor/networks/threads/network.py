"""The Threads adapter: what the desk asks, in the calls of Meta's Threads API.

https://developers.facebook.com/documentation/threads (30 Nov 2026), and Meta's own collection of requests
(https://github.com/fbsamples/threads_api, ``postman/``, 30 Nov 2026), to which the double of the tests holds every call.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from smeditor.exceptions import (
    AuthExpired,
    BadAnswer,
    Gone,
    NetworkError,
    OutcomeUnknown,
    PreparationLost,
    Refused,
)
from smeditor.networks.base import (
    App,
    Batch,
    Capabilities,
    Connecting,
    Consent,
    Credentials,
    Guarantee,
    Kind,
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
    Received,
    Ref,
    WebhookRequest,
    Webhooks,
)
from smeditor.networks.client import GuardedClient
from smeditor.networks.containers import Maker, State, step
from smeditor.networks.graph import sixty_days, usage
from smeditor.networks.http import Answer
from smeditor.networks.marks import Mark
from smeditor.networks.quotas import read_quotas, require_quota
from smeditor.networks.rates import POSTS, Rate, SendingRates
from smeditor.networks.threads import connecting, counting, parse, payload, webhooks
from smeditor.networks.threads.api import LABEL, LOST, ThreadsApi, lacks_permission
from smeditor.networks.threads.limits import DEFAULTS, QUOTAS
from smeditor.networks.threads.listen import Collector
from smeditor.networks.threads.metrics import metrics
from smeditor.networks.threads.presence import check
from smeditor.networks.threads.readback import find_own
from smeditor.networks.threads.refusals import sentence_for


class Threads(Network):
    """One profile on Threads. Credentials: ``secret["access_token"]``, by the consent screen."""

    slug: ClassVar[str] = "threads"
    label: ClassVar[str] = LABEL
    capabilities: ClassVar[Capabilities] = Capabilities(
        guarantee=Guarantee.READ_BACK,
        read_back=True,
        edit=False,
        delete=True,
        thread=True,
        posts_in_24_hours=250,
        first_comment=True,
        quote=True,
        polls=True,
        reply_controls=payload.REPLY_CONTROLS,
        card=False,
        mixes_media=True,
        fetches_media=True,
        alt_text=True,
        answers=frozenset({Kind.REPLY, Kind.MENTION, Kind.QUOTE}),
        collects=frozenset({Kind.REPLY, Kind.MENTION, Kind.QUOTE}),
        reader_operations=frozenset({ReaderOperation.HIDE, ReaderOperation.UNHIDE}),
        webhooks=Webhooks.APP,
        refresh=True,
        refresh_ahead=timedelta(days=10),
        metrics=frozenset({"likes", "reposts", "replies", "quotes", "views"}),
    )
    connecting: ClassVar[Connecting] = connecting.CONNECTING
    default_limits: ClassVar[Limits] = DEFAULTS
    sending_rates = SendingRates(usage.BUCKETS, publish=(POSTS,), reply=("reply",), delete=("delete",))

    def __init__(
        self, credentials: Credentials, *, client: GuardedClient, limits: Limits | None = None, app: App | None = None
    ) -> None:
        super().__init__(credentials, client=client, limits=limits, app=app)
        server = credentials.server_url or connecting.HOME
        self.api = ThreadsApi(server, client, rates=self.rates)
        self.containers = Containers(self)
        self._me: Profile | None = None

    # connecting

    @classmethod
    def authorize(
        cls, app: App, redirect_uri: str, state: str, *, client: GuardedClient, server_url: str = ""
    ) -> Consent:
        """Return the address of Threads' authorization window."""
        return connecting.consent_url(app, redirect_uri, state, server_url)

    @classmethod
    def exchange(
        cls,
        app: App,
        redirect_uri: str,
        callback: Mapping[str, str],
        kept: Mapping[str, str],
        *,
        client: GuardedClient,
        server_url: str = "",
    ) -> Credentials:
        """Exchange the code for a token of an hour, and that at once for one of sixty days."""
        return connecting.exchange_code(app, redirect_uri, callback, client=client, server_url=server_url)

    def refresh(self) -> Credentials:
        """Return credentials whose token lasts sixty days again (``GET /refresh_access_token``)."""
        return sixty_days.renewed(self.api, self.credentials, grant="th_refresh_token")

    # the account

    def verify(self) -> Profile:
        """Ask who we are (``GET /me``), and what the token is good for (``GET /debug_token``)."""
        profile = self.me(fresh=True)
        examined = connecting.examined(self.api, self.credentials)
        if examined != self.credentials:
            self.credentials, self.credentials_changed = examined, True
        sixty_days.require_scopes(self.connecting.scopes, self.credentials, self.label)
        return profile

    def me(self, *, fresh: bool = False) -> Profile:
        """Our own account; asked once for each instance of this class."""
        if self._me is None or fresh:
            answer = self.call("GET", "/me", params={"fields": parse.PROFILE_FIELDS})
            self._me = parse.read_profile(answer.object())
        return self._me

    def may(self, scope: str) -> bool:
        """Whether ``scope`` was granted; True where nobody has told."""
        return self.credentials.scopes is None or scope in self.credentials.scopes

    def limits(self) -> Limits:
        """The documented limits, which Threads does not tell; how many posts are left is read into ``rates``."""
        self._read_quotas()
        self.known_limits = DEFAULTS
        return DEFAULTS

    def _read_quotas(self) -> dict[str, Rate]:
        """``GET /me/threads_publishing_limit``. Without the permission for replies only what concerns posts."""
        names = [name for pair in QUOTAS.values() for name in pair]
        try:
            answer = self.call("GET", "/me/threads_publishing_limit", params={"fields": ",".join(names)})
        except AuthExpired as error:
            if not lacks_permission(error):
                raise
            answer = self.call("GET", "/me/threads_publishing_limit", params={"fields": ",".join(QUOTAS[POSTS])})
        found = read_quotas(answer.data, QUOTAS, answer.at)
        self.rates.update(found)
        return found

    # the text

    def count(self, text: str) -> int:
        """Return the length of ``text`` as Threads counts: emojis by their bytes."""
        return counting.length(text)

    def losses(self, message: Message) -> list[str]:
        """Say what readers there do not see: a card's own text, further tags, a link's preview beside an image."""
        found = []
        if len(counting.hashtags(message.text)) > 1:
            found.append(_("A post there has one topic: the first tag becomes it, the others stay plain text."))
        if message.card and not message.media:
            found.append(_("Threads makes the link's preview itself, from the article's page."))
        if message.card and message.media and message.card.url not in message.text:
            found.append(_("A post with images shows no link: write it into the text."))
        return found

    @classmethod
    def marks(cls, text: str) -> list[Mark]:
        """Return links, mentions, and the tag that becomes the post's topic."""
        return counting.marked(text)

    # sending

    def mint_identity(self, now: datetime) -> str:
        """Return a name for the delivery. Threads takes none: a post is known by its container and its link."""
        return f"smeditor-{uuid.uuid4()}"

    def prepare(self, message: Message, so_far: Mapping[str, Any]) -> Prepared | Progress:
        """Make the next container, or ask how far one is; at first whether the day's quota allows another post."""
        plan = payload.plan_of(message, self.label)
        if so_far.get("for") != plan.fingerprint:
            require_quota(self._read_quotas, "reply" if message.reply_to else POSTS, self.label)
        reached = step(plan, so_far, self.containers)
        if isinstance(reached, Progress):
            return reached
        body = payload.body_of(message, reached.container_id)
        return Prepared(body, payload.unique_link(message), reached.good_until)

    def send(self, prepared: Prepared, identity: str, sent_at: datetime) -> Receipt:
        """Publish the container (``POST /me/threads_publish``): the one request that readers see."""
        creation_id = str(prepared.body.get("creation_id") or "")
        if not parse.AN_ID.fullmatch(creation_id):
            raise PreparationLost(_("What was prepared for Threads is not whole. It is prepared anew."))
        try:
            answer = self.call("POST", "/me/threads_publish", effect=True, data={"creation_id": creation_id})
        except Gone as error:
            raise self._without_container(creation_id, error) from error
        return self._receipt(answer)

    def _without_container(self, creation_id: str, error: Gone) -> NetworkError:
        """What it means that Threads does not find the container that shall be published.

        Many met it for containers that were FINISHED, and a new one was published at their next try
        (gitroomhq/postiz-app#2047). Published it was by an earlier request only if the container says so.
        """
        known: dict[str, Any] = {"cause": error.cause, "status": error.status, "code": error.code}
        try:
            state = self.containers.state(creation_id)[0]
        except Gone:
            state = State.UNKNOWN
        except NetworkError:
            return OutcomeUnknown(error.sentence, **known)
        if state is State.PUBLISHED or error.code != LOST:
            return OutcomeUnknown(error.sentence, **known)
        return PreparationLost(_("Threads does not find what was prepared. It is prepared anew."), **known)

    def _receipt(self, answer: Answer) -> Receipt:
        """Read what publishing answered, and ask for the post's address, without which it is there all the same."""
        try:
            post_id = parse.usable_id(answer.object("id")["id"])
        except BadAnswer as error:
            raise OutcomeUnknown(error.sentence, cause=error.cause, status=answer.status) from error
        try:
            post = self.call("GET", f"/{post_id}", params={"fields": "id,permalink,timestamp"}).object("id")
            ref = Ref(post_id, parse.address(post.get("permalink")))
        except (NetworkError, BadAnswer):
            ref = Ref(post_id)
        kept = {"id": post_id} | ({"permalink": ref.url} if ref.url else {})
        return Receipt(Ref(post_id, ref.url or f"{parse.SITE}/"), answer.at, kept)

    def read_back(self, prepared: Prepared, identity: str, since: datetime) -> ReadBack:
        """Ask the container and read our own posts; see :mod:`smeditor.networks.threads.readback`."""
        return find_own(self, prepared, since)

    def delete(self, ref: Ref) -> None:
        """Delete a post (a hundred in a day); one that is gone already is deleted."""
        try:
            answer = self.call("DELETE", f"/{self._native(ref.uri)}", effect=True)
        except Gone:
            return
        self._done(answer)

    def operate(self, native_id: str, operation: ReaderOperation) -> None:
        """Hide a reply or show it again. Only those that answer our post itself can be hidden, with all below them."""
        if operation not in self.capabilities.reader_operations:
            raise self.unsupported(operation.value)
        hide = "true" if operation is ReaderOperation.HIDE else "false"
        path = f"/{self._native(native_id)}/manage_reply"
        self._done(self.call("POST", path, effect=True, data={"hide": hide}))

    def _native(self, native_id: str) -> str:
        if not parse.AN_ID.fullmatch(native_id):
            raise Refused(_("This is not the id of a message there."), cause=native_id[:80])
        return native_id

    def _done(self, answer: Answer) -> None:
        """Raise OutcomeUnknown unless the answer says that it was done."""
        if not isinstance(answer.data, dict) or answer.data.get("success") is not True:
            sentence = _("%(host)s does not say whether it was done.")
            raise OutcomeUnknown(sentence % {"host": self.label}, status=answer.status)

    # listening

    def collect(self, cursor: Mapping[str, Any], ours: Sequence[Ref] = ()) -> Batch:
        """Return mentions and conversations since ``cursor``; see :mod:`smeditor.networks.threads.listen`."""
        return Collector(self, cursor).collect(ours)

    def metrics(self, refs: Sequence[Ref]) -> dict[str, Metrics]:
        """Return what Threads counts of our posts; see :mod:`.metrics`."""
        return metrics(self, [ref.uri for ref in refs])

    def check(self, native_ids: Sequence[str]) -> dict[str, Presence]:
        """Return which replies and mentions are still there, by their ids."""
        return check(self, native_ids)

    @classmethod
    def receive(cls, request: WebhookRequest, keys: Mapping[str, str]) -> Received:
        """Believe a webhook request by the app's secret, or answer Meta's challenge."""
        return webhooks.receive(request, keys)

    def read_events(self, events: Sequence[Mapping[str, Any]]) -> Batch:
        """Read the replies, mentions and deletions that stored events tell."""
        return webhooks.read_events(events, self.credentials.handle or self.me().handle)

    # what the modules beside this one share

    def call(self, method: str, path: str, **kwargs: Any) -> Answer:
        """Call the API as this account. See :meth:`smeditor.networks.graph.api.GraphApi.call`."""
        return self.api.call(method, path, token=sixty_days.token_of(self.credentials), **kwargs)


class Containers(Maker):
    """The containers of one account (``/me/threads``, ``/{container}``)."""

    def __init__(self, network: Threads) -> None:
        self.network = network

    def make(self, params: Mapping[str, str]) -> str:
        """Make a container; readers see nothing of it."""
        answer = self.network.call("POST", "/me/threads", data=dict(params))
        return parse.usable_id(answer.object("id")["id"])

    def state(self, container_id: str) -> tuple[State, str]:
        """Ask for ``status`` and ``error_message``."""
        params = {"fields": "id,status,error_message"}
        data = self.network.call("GET", f"/{container_id}", params=params).object("id")
        return State.of(data.get("status")), str(data.get("error_message") or data.get("status") or "")[:100]

    def refusal(self, word: str) -> str:
        """Return the sentence for an error in processing."""
        return sentence_for(word, self.network.label)
