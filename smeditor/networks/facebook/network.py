"""The Facebook adapter: what the desk asks, in the Graph API's calls. The subjects lie in the modules beside it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _

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
from smeditor.networks.facebook import publishing
from smeditor.networks.facebook.collect import Collector
from smeditor.networks.facebook.connecting import CONNECTING
from smeditor.networks.facebook.events import Reader
from smeditor.networks.facebook.identities import check_token, page_of_token, read_identities
from smeditor.networks.facebook.limits import DEFAULTS, length
from smeditor.networks.facebook.metrics import metrics
from smeditor.networks.facebook.parse import A_PAGE, PROFILE_FIELDS, read_profile
from smeditor.networks.facebook.payload import is_comment, shown_media
from smeditor.networks.facebook.preparation import Preparation
from smeditor.networks.facebook.presence import Checker
from smeditor.networks.facebook.readback import find_own
from smeditor.networks.graph import (
    GRAPH,
    GraphApi,
    Token,
    consent_url,
    exchange_code,
    inspect,
    long_lived,
    receive,
    usage,
)
from smeditor.networks.marks import Mark, MarkKind, in_order
from smeditor.networks.rates import Rates, SendingRates
from smeditor.text.entities import hashtags
from smeditor.text.urls import find_urls

GRAPH_VIDEO = "https://graph-video.facebook.com"
"""Where the pieces of a video go: https://developers.facebook.com/documentation/video-api/guides/publishing (2026-11-30)."""
FIELDS = "feed,mention"
USE_CASES = ("pages",)


class Facebook(Network):
    """One page. Credentials: ``remote_id`` the page's id, ``secret["access_token"]`` the page's own long-lived token.

    Fresh from the consent screen they are the person's: then only :meth:`identities` makes sense.
    """

    slug: ClassVar[str] = "facebook"
    label: ClassVar[str] = "Facebook"
    connecting: ClassVar[Connecting] = CONNECTING
    default_limits: ClassVar[Limits] = DEFAULTS
    sending_rates = SendingRates(usage.BUCKETS)
    fold: ClassVar[Fold] = Fold(characters=477, lines=5)
    """As its feed shows posts on a computer; Facebook documents no number."""
    capabilities: ClassVar[Capabilities] = Capabilities(
        # A post is published by its id and asked for by it, so that its doubt resolves itself; a comment is only read back.
        guarantee=Guarantee.READ_BACK,
        read_back=True,
        edit=True,
        thread=False,
        first_comment=True,
        card=True,
        answers=frozenset({Kind.COMMENT, Kind.MENTION}),
        collects=frozenset({Kind.COMMENT, Kind.MENTION, Kind.LIKE}),
        reader_operations=frozenset(ReaderOperation),
        webhooks=Webhooks.APP,
        metrics=frozenset({"likes", "replies", "reposts"}),
    )

    def __init__(
        self, credentials: Credentials, *, client: GuardedClient, limits: Limits | None = None, app: App | None = None
    ) -> None:
        super().__init__(credentials, client=client, limits=limits, app=app)
        server = credentials.server_url or GRAPH
        self.api = self._api(server)
        self.video_api = self._api(GRAPH_VIDEO if server.rstrip("/") == GRAPH else server)
        self._known_page = credentials.remote_id if A_PAGE.fullmatch(credentials.remote_id) else ""

    def _api(self, server: str) -> GraphApi:
        token = self.credentials.secret.get("access_token", "")
        return GraphApi(
            server,
            self.client,
            label=self.label,
            rates=self.rates,
            app=self.app,
            token=token,
            use_cases=USE_CASES,
            optional_scopes=[scope.name for scope in self.connecting.scopes if not scope.required],
        )

    @property
    def page_id(self) -> str:
        """The page's id; asked for once where the credentials do not have it. Raises AuthExpired without a page."""
        if not self._known_page:
            self._known_page = page_of_token(self._checked_token())
        return self._known_page

    @property
    def publishes_directly(self) -> bool:
        """Whether an administrator chose that posts are made public in one request."""
        return self.app.keys.get("publish_directly", "").strip().lower() in {"yes", "true", "1", "oui"}

    # connecting

    @classmethod
    def authorize(
        cls, app: App, redirect_uri: str, state: str, *, client: GuardedClient, server_url: str = ""
    ) -> Consent:
        """Return Facebook's consent screen."""
        scopes = [scope.name for scope in cls.connecting.scopes]
        return Consent(consent_url(app, redirect_uri, state, scopes, server_url))

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
        """Turn the code into the person's long-lived token; the pages' own come from :meth:`identities`."""
        server = server_url or app.server_url or GRAPH
        api = GraphApi(server, client, label=cls.label, rates=Rates(), app=app)
        token, ends = long_lived(api, exchange_code(api, redirect_uri, callback))
        known = inspect(api, token)
        return Credentials(
            server_url=server,
            remote_id=known.user_id,
            secret={"access_token": token},
            expires_at=known.expires_at or ends,
            refresh_expires_at=known.data_access_expires_at,
            scopes=known.scopes,
        )

    def identities(self) -> list[Identity]:
        """The pages that the person granted, with their tokens and what is missing on them (``/me/accounts``)."""
        return read_identities(self)

    # the account

    def _checked_token(self) -> Token:
        known = inspect(self.api, self.api.token)
        check_token(self, known)
        return known

    def verify(self) -> Profile:
        """Ask what the token is, then who the page is. A person's token is refused: it publishes nothing."""
        known = self._checked_token()
        page_id = page_of_token(known)
        fresh = replace(
            self.credentials,
            remote_id=page_id,
            scopes=known.scopes,
            expires_at=known.expires_at,
            refresh_expires_at=known.data_access_expires_at,
        )
        self.credentials_changed = self.credentials_changed or fresh != self.credentials
        self.credentials, self._known_page = fresh, page_id
        return read_profile(self.api.call("GET", f"/{page_id}", params={"fields": PROFILE_FIELDS}).object("id"))

    def limits(self) -> Limits:
        """Return the known limits: Facebook's interface tells none."""
        self.known_limits = DEFAULTS
        return DEFAULTS

    # the text

    def count(self, text: str) -> int:
        """Return the length of ``text`` in UTF-16 units; links count whole."""
        return length(text)

    def losses(self, message: Message) -> list[str]:
        """Say where a link is not shown, and that a video has no alt text."""
        found = []
        media = shown_media(message)
        if media and message.link and message.link not in message.text and not is_comment(message):
            found.append(_("With images or a video Facebook shows no link: write it into the text."))
        if any(item.kind is MediaKind.VIDEO and item.alt for item in media):
            found.append(_("There is no alt text for videos there."))
        if any(item.captions for item in media):
            found.append(_("The video goes without its subtitles: add them on Facebook."))
        return found

    @classmethod
    def marks(cls, text: str) -> list[Mark]:
        """Return links and hashtags. A name after an at sign is no mention for what an app publishes."""
        links = [Mark(MarkKind.LINK, url.start, url.end) for url in find_urls(text)]
        return in_order([*links, *(Mark(MarkKind.TAG, tag.start, tag.end) for tag in hashtags(text))])

    # sending

    def mint_identity(self, now: datetime) -> str:
        """Return an identity for the attempt. Facebook knows none: it knows a post by the id that it gave it."""
        return f"smeditor-{uuid.uuid4()}"

    def prepare(self, message: Message, so_far: Mapping[str, Any]) -> Prepared | Progress:
        """Upload a photo or a piece of a video, make the unpublished post; see :mod:`.preparation`."""
        return Preparation(self, message, so_far).step()

    def send(self, prepared: Prepared, identity: str, sent_at: datetime) -> Receipt:
        """Publish the unpublished post, or write the comment; see :mod:`.publishing`."""
        return publishing.publish(self, prepared)

    def read_back(self, prepared: Prepared, identity: str, since: datetime) -> ReadBack:
        """Ask for the post by its id; look for a comment among the comments. See :mod:`.readback`."""
        return find_own(self, prepared, since)

    def edit(self, ref: Ref, prepared: Prepared) -> Receipt:
        """Replace the text of a post or comment that the desk's app has made."""
        return publishing.edit(self, ref, prepared)

    def delete(self, ref: Ref) -> None:
        """Delete a post or a comment of the page's."""
        publishing.delete(self, ref)

    def operate(self, native_id: str, operation: ReaderOperation) -> None:
        """Hide, unhide, like or unlike a comment, as the page."""
        publishing.operate(self, native_id, operation)

    # listening

    def collect(self, cursor: Mapping[str, Any], ours: Sequence[Ref] = ()) -> Batch:
        """Return mentions, then the comments and reactions under ``ours``; see :mod:`.collect`."""
        return Collector(self, cursor).collect(ours)

    def metrics(self, refs: Sequence[Ref]) -> dict[str, Metrics]:
        """Return reactions, comments and shares of our posts; see :mod:`.metrics`."""
        return metrics(self, [ref.uri for ref in refs])

    def check(self, native_ids: Sequence[str]) -> dict[str, Presence]:
        """Return which comments, mentions and reactions are still there; see :mod:`.presence`."""
        return Checker(self).check(native_ids)

    @classmethod
    def receive(cls, request: WebhookRequest, keys: Mapping[str, str]) -> Received:
        """Answer the challenge, or believe a signed delivery of changes on pages."""
        return receive(request, keys, {"page"})

    def subscribe(self, address: str, secret: str) -> None:
        """Let Facebook send this page's changes to the app. The address is the app's, set up once at Meta."""
        self.api.call("POST", f"/{self.page_id}/subscribed_apps", data={"subscribed_fields": FIELDS})

    def unsubscribe(self) -> None:
        """Let Facebook send no more of this page's changes."""
        self.api.call("DELETE", f"/{self.page_id}/subscribed_apps")

    def read_events(self, events: Sequence[Mapping[str, Any]]) -> Batch:
        """Return the comments, reactions, mentions and removals that the events tell; see :mod:`.events`."""
        return Reader(self).read(events)
