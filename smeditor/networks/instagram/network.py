"""The Instagram adapter: what the desk asks, in the calls of the Instagram API with Instagram Login.

https://developers.facebook.com/documentation/instagram-platform/instagram-api-with-instagram-login (30 Nov 2026). Of the
two ways in, this one needs no Facebook page; what only the other can do (delete a post, read mentions in comments) stands
in docs/networks/instagram.md.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from smeditor.exceptions import (
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
    Fold,
    Guarantee,
    Identity,
    Kind,
    Limits,
    MediaKind,
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
from smeditor.networks.instagram import connecting, limits, parse, payload, webhooks
from smeditor.networks.instagram.api import LABEL, InstagramApi
from smeditor.networks.instagram.listen import Collector
from smeditor.networks.instagram.metrics import metrics
from smeditor.networks.instagram.presence import check
from smeditor.networks.instagram.readback import find_own
from smeditor.networks.instagram.refusals import sentence_for
from smeditor.networks.marks import Mark
from smeditor.networks.quotas import read_quotas, require_quota
from smeditor.networks.rates import POSTS, Rate, SendingRates
from smeditor.text.entities import hashtags


class Instagram(Network):
    """One professional account. Credentials: ``secret["access_token"]``, by the consent screen."""

    slug: ClassVar[str] = "instagram"
    label: ClassVar[str] = LABEL
    capabilities: ClassVar[Capabilities] = Capabilities(
        guarantee=Guarantee.READ_BACK,
        read_back=True,
        edit=False,
        delete=False,
        thread=False,
        posts_in_24_hours=100,
        first_comment=True,
        quote=False,
        card=False,
        needs_media=True,
        mixes_media=True,
        fetches_media=True,
        alt_text=True,
        answers=frozenset({Kind.COMMENT}),
        collects=frozenset({Kind.COMMENT, Kind.MENTION}),
        reader_operations=frozenset({ReaderOperation.HIDE, ReaderOperation.UNHIDE}),
        webhooks=Webhooks.APP,
        refresh=True,
        refresh_ahead=timedelta(days=10),
        metrics=frozenset({"likes", "replies"}),
    )
    connecting: ClassVar[Connecting] = connecting.CONNECTING
    default_limits: ClassVar[Limits] = limits.DEFAULTS
    sending_rates = SendingRates(usage.BUCKETS, publish=(POSTS,))
    fold: ClassVar[Fold] = Fold(characters=125)
    """As its feed shows captions: https://www.facebook.com/business/ads-guide ("primary text: 125 characters")."""

    def __init__(
        self, credentials: Credentials, *, client: GuardedClient, limits: Limits | None = None, app: App | None = None
    ) -> None:
        super().__init__(credentials, client=client, limits=limits, app=app)
        server = credentials.server_url or connecting.HOME
        token = credentials.secret.get("access_token", "")
        self.api = InstagramApi(server, client, rates=self.rates, app=self.app, token=token)
        self.containers = Containers(self)
        self._me: Profile | None = None
        self.account_type = ""

    # connecting

    @classmethod
    def authorize(
        cls, app: App, redirect_uri: str, state: str, *, client: GuardedClient, server_url: str = ""
    ) -> Consent:
        """Return the address of Instagram's business login."""
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

    def identities(self) -> list[Identity]:
        """The account that consented; with a note where it is not a professional one."""
        profile = self.verify()
        note = ""
        if self.account_type and self.account_type not in parse.PROFESSIONAL:
            note = _("This is a personal account. Make it a professional one in the Instagram app first.")
        return [Identity(profile, self.credentials, note)]

    def refresh(self) -> Credentials:
        """Return credentials whose token lasts sixty days again (``GET /refresh_access_token``)."""
        return sixty_days.renewed(self.api, self.credentials, grant="ig_refresh_token")

    # the account

    def verify(self) -> Profile:
        """Ask who we are (``GET /me``). What the token is good for is known from the consent and from each renewal."""
        profile = self.me(fresh=True)
        sixty_days.require_scopes(self.connecting.scopes, self.credentials, self.label)
        return profile

    def me(self, *, fresh: bool = False) -> Profile:
        """Our own account; asked once for each instance of this class."""
        if self._me is None or fresh:
            data = self.call("GET", "/me", params={"fields": parse.PROFILE_FIELDS}).object()
            self._me = parse.read_profile(data)
            self.account_type = str(data.get("account_type") or "").upper()[:40]
        return self._me

    def may(self, scope: str) -> bool:
        """Whether ``scope`` was granted; True where nobody has told."""
        return self.credentials.scopes is None or scope in self.credentials.scopes

    def limits(self) -> Limits:
        """The documented limits, which Instagram does not tell; how many posts are left is read into ``rates``."""
        self._read_quotas()
        self.known_limits = limits.DEFAULTS
        return limits.DEFAULTS

    def _read_quotas(self) -> dict[str, Rate]:
        """``GET /me/content_publishing_limit``: the documentation names 50 and 100, the account's own is read."""
        params = {"fields": "quota_usage,config"}
        answer = self.call("GET", "/me/content_publishing_limit", params=params)
        found = read_quotas(answer.data, limits.QUOTAS, answer.at)
        self.rates.update(found)
        return found

    # the text

    def count(self, text: str) -> int:
        """Return the length of ``text`` in code points: Meta does not say what its characters are."""
        return len(text)

    def losses(self, message: Message) -> list[str]:
        """Say what readers there do not get: a link to click, more than five tags, an alternative text of a video."""
        found = []
        if message.link and not payload.is_comment(message):
            found.append(_("Links cannot be clicked on Instagram: say in the text where the article is."))
        if message.card:
            found.append(_("Instagram shows no link card."))
        if len(hashtags(message.text)) > limits.TAGS_THAT_WORK:
            found.append(_("More than five tags are reported not to work on Instagram any more."))
        if any(media.kind is MediaKind.VIDEO and media.alt for media in message.media):
            found.append(_("Instagram takes no alternative text of a video."))
        if message.reply_to and message.media:
            found.append(_("A comment on Instagram has no images."))
        return found

    @classmethod
    def marks(cls, text: str) -> list[Mark]:
        """Return mentions and tags; links stay plain text there."""
        return limits.marked(text)

    # sending

    def mint_identity(self, now: datetime) -> str:
        """Return a name for the delivery. Instagram takes none: a post is known by its container and its text."""
        return f"smeditor-{uuid.uuid4()}"

    def prepare(self, message: Message, so_far: Mapping[str, Any]) -> Prepared | Progress:
        """Make the next container, or ask how far one is; at first whether the day's quota allows another post."""
        if payload.is_comment(message):
            return self._prepare_comment(message)
        plan = payload.plan_of(message, self.label)
        if so_far.get("for") != plan.fingerprint:
            require_quota(self._read_quotas, POSTS, self.label)
        reached = step(plan, so_far, self.containers)
        if isinstance(reached, Progress):
            return reached
        body = payload.post_body(message, reached.container_id)
        return Prepared(body, payload.unique_link(message), reached.good_until)

    def _prepare_comment(self, message: Message) -> Prepared:
        """Find the place of a comment: an answer to a reply stands below the comment at its top, as Instagram has it."""
        if not message.text.strip():
            raise Refused(_("There is nothing to publish: neither a text nor an image."), code="empty")
        payload.check_text(message.text)
        target = self._native(message.reply_to.uri if message.reply_to else "")
        if message.answers is None:
            return Prepared(payload.comment_body(message, target, payload.COMMENTS))
        data = self.call("GET", f"/{target}", params={"fields": "id,hidden,parent_id"}).object("id")
        if data.get("hidden") is True:
            raise Refused(_("A hidden comment cannot be answered: show it first."), code="hidden")
        top = parse.id_in({"id": data.get("parent_id")}) or target
        return Prepared(payload.comment_body(message, top, payload.REPLIES))

    def send(self, prepared: Prepared, identity: str, sent_at: datetime) -> Receipt:
        """Publish the container (``POST /me/media_publish``) or the comment: the one request that readers see."""
        body = payload.known_params(prepared.body)
        if body["on"]:
            edge = payload.REPLIES if body["edge"] == payload.REPLIES else payload.COMMENTS
            path = f"/{self._native(body['on'])}/{edge}"
            return self._commented(self.call("POST", path, effect=True, data={"message": body["message"]}))
        if not parse.AN_ID.fullmatch(body["creation_id"]):
            raise PreparationLost(_("What was prepared for Instagram is not whole. It is prepared anew."))
        try:
            answer = self.call("POST", "/me/media_publish", effect=True, data={"creation_id": body["creation_id"]})
        except (Gone, PreparationLost) as error:
            raise self._without_container(body["creation_id"], error) from error
        return self._receipt(answer)

    def _without_container(self, creation_id: str, error: NetworkError) -> NetworkError:
        """What it means that Instagram does not find the container that shall be published.

        Published it was by an earlier request only if the container says so; else it is prepared anew.
        """
        known: dict[str, Any] = {"cause": error.cause, "status": error.status, "code": error.code}
        try:
            state = self.containers.state(creation_id)[0]
        except Gone:
            state = State.UNKNOWN
        except NetworkError:
            return OutcomeUnknown(error.sentence, **known)
        if state is State.PUBLISHED or error.code.startswith("100"):
            return OutcomeUnknown(error.sentence, **known)
        return PreparationLost(_("Instagram does not find what was prepared. It is prepared anew."), **known)

    def _made(self, answer: Answer) -> str:
        """The id of what was published. A lie here leaves the outcome unknown: it may well be there."""
        try:
            return parse.usable_id(answer.object("id")["id"])
        except BadAnswer as error:
            raise OutcomeUnknown(error.sentence, cause=error.cause, status=answer.status) from error

    def _commented(self, answer: Answer) -> Receipt:
        comment_id = self._made(answer)
        return Receipt(Ref(comment_id, f"{parse.SITE}/"), answer.at, {"id": comment_id})

    def _receipt(self, answer: Answer) -> Receipt:
        """Read what publishing answered, and ask for the post's address, without which it is there all the same."""
        media_id = self._made(answer)
        try:
            post = self.call("GET", f"/{media_id}", params={"fields": "id,permalink,timestamp"}).object("id")
            url = parse.address(post.get("permalink"))
        except (NetworkError, BadAnswer):
            url = ""
        kept = {"id": media_id} | ({"permalink": url} if url else {})
        return Receipt(Ref(media_id, url or f"{parse.SITE}/"), answer.at, kept)

    def read_back(self, prepared: Prepared, identity: str, since: datetime) -> ReadBack:
        """Ask the container and read our own posts or comments; see :mod:`smeditor.networks.instagram.readback`."""
        return find_own(self, prepared, since)

    def operate(self, native_id: str, operation: ReaderOperation) -> None:
        """Hide a comment or show it again (``POST /{comment}``)."""
        if operation not in self.capabilities.reader_operations:
            raise self.unsupported(operation.value)
        hide = "true" if operation is ReaderOperation.HIDE else "false"
        answer = self.call("POST", f"/{self._native(native_id)}", effect=True, data={"hide": hide})
        if not isinstance(answer.data, dict) or answer.data.get("success") is not True:
            sentence = _("%(host)s does not say whether it was done.")
            raise OutcomeUnknown(sentence % {"host": self.label}, status=answer.status)

    def _native(self, native_id: str) -> str:
        if not parse.AN_ID.fullmatch(native_id):
            raise Refused(_("This is not the id of a message there."), cause=native_id[:80])
        return native_id

    # listening

    def collect(self, cursor: Mapping[str, Any], ours: Sequence[Ref] = ()) -> Batch:
        """Return tags and comments since ``cursor``; see :mod:`smeditor.networks.instagram.listen`."""
        sixty_days.token_of(self.credentials)
        return Collector(self, cursor).collect(ours)

    def metrics(self, refs: Sequence[Ref]) -> dict[str, Metrics]:
        """Return likes and comments of our posts; see :mod:`.metrics`."""
        return metrics(self, [ref.uri for ref in refs])

    def check(self, native_ids: Sequence[str]) -> dict[str, Presence]:
        """Return which comments and tags are still there, by their ids."""
        return check(self, native_ids)

    @classmethod
    def receive(cls, request: WebhookRequest, keys: Mapping[str, str]) -> Received:
        """Believe a webhook request by the app's secret, or answer Meta's challenge."""
        return webhooks.receive(request, keys)

    def read_events(self, events: Sequence[Mapping[str, Any]]) -> Batch:
        """Read the comments that stored events tell."""
        names = {self.credentials.handle.lower(), self.credentials.remote_id} - {""}
        return webhooks.read_events(events, frozenset(names or {self.me().handle}))

    def subscribe(self, address: str, secret: str) -> None:
        """Let the app's webhooks tell of this account (``POST /me/subscribed_apps``). The address is the app's."""
        self.call("POST", "/me/subscribed_apps", data={"subscribed_fields": webhooks.FIELDS})

    def unsubscribe(self) -> None:
        """Let the app's webhooks tell of this account no more."""
        self.call("DELETE", "/me/subscribed_apps")

    # what the modules beside this one share

    def call(self, method: str, path: str, **kwargs: Any) -> Answer:
        """Call the API as this account. See :meth:`smeditor.networks.graph.api.GraphApi.call`."""
        return self.api.call(method, path, token=sixty_days.token_of(self.credentials), **kwargs)


class Containers(Maker):
    """The containers of one account (``/me/media``, ``/{container}``)."""

    def __init__(self, network: Instagram) -> None:
        self.network = network

    def make(self, params: Mapping[str, str]) -> str:
        """Make a container; readers see nothing of it."""
        answer = self.network.call("POST", "/me/media", data=dict(params))
        return parse.usable_id(answer.object("id")["id"])

    def state(self, container_id: str) -> tuple[State, str]:
        """Ask for ``status_code``, and for ``status``, whose sentence names the error."""
        params = {"fields": "id,status_code,status"}
        data = self.network.call("GET", f"/{container_id}", params=params).object("id")
        return State.of(data.get("status_code")), str(data.get("status") or data.get("status_code") or "")[:200]

    def refusal(self, word: str) -> str:
        """Return the sentence for an error in processing."""
        return sentence_for(word, self.network.label)
