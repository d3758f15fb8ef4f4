"""The YouTube adapter: what the desk asks, in the calls of the YouTube Data API v3.

https://developers.google.com/youtube/v3/docs (read 2026-11-30), discovery document of revision 20261104.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from smeditor.exceptions import AuthExpired, BadAnswer, Gone, OutcomeUnknown, Refused
from smeditor.networks.base import (
    App,
    Batch,
    Capabilities,
    Connecting,
    Consent,
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
    Ref,
)
from smeditor.networks.client import GuardedClient
from smeditor.networks.http import Answer
from smeditor.networks.rates import SendingRates
from smeditor.networks.youtube import oauth, parse
from smeditor.networks.youtube.api import YouTubeApi
from smeditor.networks.youtube.collect import Collector
from smeditor.networks.youtube.connecting import CONNECTING, HOME
from smeditor.networks.youtube.presence import check
from smeditor.networks.youtube.quota import UNITS

MODERATION = {ReaderOperation.HIDE: "heldForReview", ReaderOperation.UNHIDE: "published"}
READ_BACK_PAGES = 10
CLOCKS = timedelta(minutes=5)
"""How far apart our clock and YouTube's may be."""


class YouTube(Network):
    """One channel. Credentials: ``secret["access_token"]`` for an hour, ``secret["refresh_token"]`` to renew it."""

    slug: ClassVar[str] = "youtube"
    label: ClassVar[str] = "YouTube"
    capabilities: ClassVar[Capabilities] = Capabilities(
        sends=False,
        guarantee=Guarantee.READ_BACK,
        read_back=True,
        edit=True,
        thread=False,
        alt_text=False,
        reply_mentions=True,
        answers=frozenset({Kind.REPLY, Kind.MENTION}),
        collects=frozenset({Kind.REPLY, Kind.MENTION}),
        reader_operations=frozenset(MODERATION),
        refresh=True,
        refresh_ahead=timedelta(minutes=10),
    )
    connecting: ClassVar[Connecting] = CONNECTING
    default_limits: ClassVar[Limits] = Limits(max_length=10_000, unit="character", max_media=0, media={})
    """YouTube's documents name no number; 10,000 is what its own page takes. A longer text is ``commentTextTooLong``."""
    sending_rates = SendingRates((UNITS,))
    searches_links: ClassVar[bool] = True

    def __init__(self, credentials: Credentials, *, client: GuardedClient, **known: Any) -> None:
        super().__init__(credentials, client=client, **known)
        self.api = YouTubeApi(credentials.server_url or HOME, client, label=self.label, rates=self.rates)

    # connecting

    @classmethod
    def authorize(
        cls, app: App, redirect_uri: str, state: str, *, client: GuardedClient, server_url: str = ""
    ) -> Consent:
        """Return the address of Google's consent screen."""
        return oauth.consent(app, redirect_uri, state, server_url)

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
        """Turn the code into a token and one to renew it by."""
        return oauth.exchanged(app, redirect_uri, callback, kept, client, server_url)

    def identities(self) -> list[Identity]:
        """The channels that these credentials act for; who runs several chooses on Google's own screen."""
        found = []
        for channel in self._channels():
            profile = parse.read_profile(channel)
            credentials = Credentials(
                server_url=self.credentials.server_url,
                handle=profile.handle,
                remote_id=profile.remote_id,
                secret=self.credentials.secret,
                expires_at=self.credentials.expires_at,
                refresh_expires_at=self.credentials.refresh_expires_at,
                scopes=self.credentials.scopes,
            )
            found.append(Identity(profile, credentials))
        return found

    def refresh(self) -> Credentials:
        """Return the credentials with a token for another hour. Raises ``AuthExpired`` where Google gives none."""
        self.credentials = oauth.renewed(self.credentials, self.app, self.client)
        self.credentials_changed = True
        return self.credentials

    def revoke(self) -> bool:
        """Give the permission back to Google."""
        return oauth.revoked(self.credentials, self.client)

    # the account

    def verify(self) -> Profile:
        """Ask which channel the token speaks for. Raises ``AuthExpired`` where it is another one than before."""
        profiles = [parse.read_profile(channel) for channel in self._channels()]
        if not profiles:
            raise Refused(_("This Google account has no YouTube channel. Choose the channel on Google's screen."))
        known = self.credentials.remote_id
        if known and all(profile.remote_id != known for profile in profiles):
            raise AuthExpired(_("The permission was given for another channel. Connect the account again."))
        return next((profile for profile in profiles if profile.remote_id == known), profiles[0])

    def _channels(self) -> list[dict[str, Any]]:
        return parse.items(self.call("GET", "/channels", params={"part": "snippet,statistics", "mine": "true"}).data)

    def channel_id(self) -> str:
        """The id of our channel: the one that was connected, else asked for once."""
        if not parse.an_id(self.credentials.remote_id):
            return self._asked_channel()
        return self.credentials.remote_id

    def _asked_channel(self) -> str:
        if not hasattr(self, "_channel"):
            self._channel = self.verify().remote_id
        return self._channel

    def limits(self) -> Limits:
        """YouTube declares none: the documented ones."""
        return self.default_limits

    # the text

    def count(self, text: str) -> int:
        """Return the length of ``text`` in code points."""
        return len(text)

    # sending

    def mint_identity(self, now: datetime) -> str:
        """Return a name for the attempt; YouTube knows no key, so that it is the desk's alone."""
        return f"smeditor-{uuid.uuid4()}"

    def prepare(self, message: Message, so_far: Mapping[str, Any]) -> Prepared | Progress:
        """Return the body of the answer. It stands beneath the first comment of the thread, wherever the reader's stands."""
        if message.reply_to is None:
            raise Refused(_("%s takes no posts.") % self.label)
        if message.media:
            raise Refused(_("A comment on YouTube takes no image and no video."))
        if not message.text.strip():
            raise Refused(_("The answer has no text."))
        parent = parse.an_id(parse.thread_of(message.reply_to.uri))
        if not parent:
            raise Refused(_("The comment has no address on YouTube by which it can be answered."))
        return Prepared({"snippet": {"parentId": parent, "textOriginal": message.text}}, message.link)

    def send(self, prepared: Prepared, identity: str, sent_at: datetime) -> Receipt:
        """Publish the answer (``comments.insert``, 50 units)."""
        parent = parse.an_id(_snippet(prepared.body).get("parentId"))
        answer = self.call("POST", "/comments", effect=True, params={"part": "snippet"}, json=prepared.body)
        return self._receipt(answer, parent)

    def edit(self, ref: Ref, prepared: Prepared) -> Receipt:
        """Replace the text of an answer (``comments.update``, 50 units)."""
        body = {"id": ref.uri, "snippet": {"textOriginal": _snippet(prepared.body).get("textOriginal", "")}}
        return self._receipt(self.call("PUT", "/comments", effect=True, params={"part": "snippet"}, json=body), ref.uri)

    def delete(self, ref: Ref) -> None:
        """Delete an answer (``comments.delete``, 50 units); one that is gone already is deleted."""
        try:
            self.call("DELETE", "/comments", effect=True, params={"id": ref.uri})
        except Gone:
            return

    def operate(self, native_id: str, operation: ReaderOperation) -> None:
        """Hide a comment, as one that is held for review, or show it again (``comments.setModerationStatus``, 50 units)."""
        if operation not in MODERATION:
            raise self.unsupported(operation.value)
        params = {"id": native_id, "moderationStatus": MODERATION[operation]}
        self.call("POST", "/comments/setModerationStatus", effect=True, params=params)

    def read_back(self, prepared: Prepared, identity: str, since: datetime) -> ReadBack:
        """Look in the thread for an answer of our channel with the very text."""
        snippet = _snippet(prepared.body)
        parent, text = parse.an_id(snippet.get("parentId")), snippet.get("textOriginal")
        if not parent or not isinstance(text, str):
            return ReadBack()
        page, checked = "", 0
        for _page in range(READ_BACK_PAGES):
            try:
                comments, page = self.replies(parent, page)
            except Gone:
                return ReadBack(note=_("The thread is not there any more, so that nobody can say."), checked=checked)
            for comment in comments:
                if parse.author_id(comment) != self.channel_id():
                    continue
                checked += 1
                if _is_ours(comment, text, since):
                    return ReadBack(found=_ref(comment), checked=checked)
            if not page:
                return ReadBack(absent=True, checked=checked)
        return ReadBack(checked=checked, note=_("The thread is too long to be read to its end."))

    def _receipt(self, answer: Answer, parent: str) -> Receipt:
        """Read what a publishing request answered. A lie here leaves the outcome unknown: it may well be published."""
        try:
            comment = answer.object("id", "snippet")
            ref = _ref(comment)
            if parse.thread_of(ref.uri) != parse.thread_of(parent):
                raise BadAnswer(cause="an answer in another thread")
        except BadAnswer as error:
            raise OutcomeUnknown(error.sentence, cause=error.cause, status=answer.status) from error
        snippet = _snippet(comment)
        at = parse.moment(snippet.get("updatedAt")) or parse.moment(snippet.get("publishedAt")) or answer.at
        return Receipt(ref, at, {"id": ref.uri, "url": ref.url})

    # listening

    def collect(self, cursor: Mapping[str, Any], ours: Sequence[Ref] = ()) -> Batch:
        """Return comments since ``cursor``; see :mod:`smeditor.networks.youtube.collect`."""
        return Collector(self, cursor).collect(ours)

    def check(self, native_ids: Sequence[str]) -> dict[str, Presence]:
        """Return which comments are still there, by their ids."""
        return check(self, native_ids)

    # what the modules beside this one share

    def call(self, method: str, path: str, **kwargs: Any) -> Answer:
        """Call the API as this channel. See :meth:`smeditor.networks.http.JsonApi.call`."""
        return self.api.call(method, path, headers={"Authorization": f"Bearer {self._token()}"}, **kwargs)

    def _token(self) -> str:
        token = self.credentials.secret.get("access_token", "").strip()
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise AuthExpired(_("The account's token is missing or not whole. Connect the account again."))
        return token

    def replies(self, thread_id: str, page: str = "") -> tuple[list[dict[str, Any]], str]:
        """A page of the replies of a thread, and the token of the next one (``comments.list``, 1 unit)."""
        query = {"part": "snippet", "parentId": thread_id, "maxResults": "100", "textFormat": "plainText"}
        data = self.call("GET", "/comments", params={**query, **({"pageToken": page} if page else {})}).data
        following = parse.next_page(data)
        if following and following == page:
            raise BadAnswer(cause="the same page again")  # a fault that YouTube had in May 2024
        return parse.items(data), following


def _snippet(data: Mapping[str, Any]) -> Mapping[str, Any]:
    snippet = data.get("snippet")
    return snippet if isinstance(snippet, Mapping) else {}


def _ref(comment: Mapping[str, Any]) -> Ref:
    comment_id = parse.an_id(comment.get("id"))
    if not comment_id:
        raise BadAnswer(cause="a comment without a usable id")
    video = parse.an_id(_snippet(comment).get("videoId"))
    return Ref(comment_id, f"{parse.WATCH}?v={video}&lc={comment_id}" if video else f"{parse.WATCH}?lc={comment_id}")


def _is_ours(comment: Mapping[str, Any], text: str, since: datetime) -> bool:
    snippet = _snippet(comment)
    published = parse.moment(snippet.get("publishedAt"))
    same = any(isinstance(snippet.get(name), str) and snippet[name].split() == text.split() for name in TEXTS)
    return same and published is not None and published >= since - CLOCKS and bool(parse.an_id(comment.get("id")))


TEXTS = ("textOriginal", "textDisplay")
