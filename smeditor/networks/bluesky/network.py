"""Bluesky behind the contract of :mod:`smeditor.networks.base`.

A post is a record in the account's own repository, so its place can be chosen before it is sent: the record key is a
TID minted beforehand, ``putRecord`` writes it, the same bytes written twice are one post, and ``getRecord`` proves
whether it is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer, Gone, OutcomeUnknown, Refused, Temporary
from smeditor.networks.base import (
    Batch,
    Capabilities,
    Credentials,
    Fold,
    Guarantee,
    Limits,
    Media,
    Message,
    Metrics,
    Network,
    Prepared,
    Presence,
    Profile,
    Progress,
    ReadBack,
    Receipt,
    Ref,
)
from smeditor.networks.bluesky import detect, jetstream, parse, presence, record
from smeditor.networks.bluesky.collect import Collector
from smeditor.networks.bluesky.connecting import CONNECTING
from smeditor.networks.bluesky.limits import LIMITS, LOOKUP, POST, parts
from smeditor.networks.bluesky.session import Session
from smeditor.networks.bluesky.tid import TID, clock
from smeditor.networks.bluesky.uri import WEB, Uri, read, web_address
from smeditor.networks.client import GuardedClient
from smeditor.networks.http import an_object
from smeditor.networks.marks import MOST_FOUND, FoundMark, Mark, MarkKind, usable
from smeditor.networks.rates import SendingRates
from smeditor.text.graphemes import grapheme_count

REPLY_DISABLED = "replyDisabled"
"""The flag by which the AppView says that a post's author does not let us answer (``app.bsky.feed.defs``)."""


class Bluesky(Network):
    """One Bluesky account, signed in with an app password."""

    slug = "bluesky"
    label = "Bluesky"
    capabilities = Capabilities(
        guarantee=Guarantee.EXACTLY_ONCE,
        edit=False,
        card=True,
        content_warning=True,
        idempotent_send=True,
        identity_lifetime=None,
        read_back=True,
        refresh=True,
        streams=True,
        mark_search=frozenset({MarkKind.MENTION}),
        metrics=frozenset({"likes", "reposts", "replies", "quotes"}),
    )

    default_limits = LIMITS
    sending_rates = SendingRates(("api", "repo-write"))
    fold = Fold(lines=25)
    """``MAX_POST_LINES`` of the official app (bluesky-social/social-app, ``src/lib/constants.ts``)."""
    jetstream_url = jetstream.PUBLIC
    connecting = CONNECTING

    def __init__(self, credentials: Credentials, *, client: GuardedClient, **known: Any) -> None:
        super().__init__(credentials, client=client, **known)
        self.session = Session(credentials, client, self.rates, self._save)

    def _save(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self.credentials_changed = True

    # the account

    def verify(self) -> Profile:
        """Ask the PDS who we are; the AppView adds name and followers as soon as it knows the account."""
        own = self.session.get("com.atproto.server.getSession").object("did", "handle")
        did, handle = str(own["did"]), str(own["handle"])
        try:
            view = self.session.get("app.bsky.actor.getProfile", actor=did).object("did")
        except (Refused, Gone, Temporary):
            view = {}
        followers = view.get("followersCount")
        return Profile(
            remote_id=did,
            handle=handle,
            display_name=str(view.get("displayName") or handle),
            url=f"{WEB}/profile/{handle}",
            followers=followers if isinstance(followers, int) else None,
        )

    def limits(self) -> Limits:
        """The lexicons' limits: no server of this network tells others."""
        return LIMITS

    def refresh(self) -> Credentials:
        """Renew the session (``com.atproto.server.refreshSession``, else sign in anew). Raises AuthExpired."""
        self.session.renew()
        return self.credentials

    def count(self, text: str) -> int:
        """Return the length of ``text`` in grapheme clusters (UAX #29), as the lexicon of posts has it."""
        return grapheme_count(text)

    @classmethod
    def marks(cls, text: str) -> list[Mark]:
        """Return what Bluesky's own detection of facets makes of ``text``."""
        return detect.marked(text)

    def search_marks(self, kind: MarkKind, query: str) -> list[FoundMark]:
        """Return profiles by the beginning of their handle or name (``app.bsky.actor.searchActorsTypeahead``).

        https://docs.bsky.app/docs/api/app-bsky-actor-search-actors-typeahead, 2026-11-30. There is no such search for tags.
        """
        if kind not in self.capabilities.mark_search:
            raise self.unsupported(_("search for names"))
        answer = self.session.get("app.bsky.actor.searchActorsTypeahead", q=query, limit=MOST_FOUND)
        found = (parse.author(actor) for actor in answer.object("actors")["actors"][:MOST_FOUND])
        return usable(self, kind, (FoundMark(f"@{actor.handle}", actor.display_name) for actor in found))

    def losses(self, message: Message) -> list[str]:
        """A warning is a label of the network's own over images, and nothing over a text."""
        if not message.content_warning:
            return []
        if not message.images and not message.card:
            return [_("Bluesky shows no warning over a text: say it in the text itself.")]
        if message.content_warning not in record.MEDIA_LABELS:
            return [_("Bluesky hides the image under its own words, “graphic media”, not under yours.")]
        return []

    # sending

    def mint_identity(self, now: datetime) -> str:
        """A TID: the record key under which the post will lie."""
        return clock.mint(now)

    def prepare(self, message: Message, so_far: Mapping[str, Any]) -> Prepared | Progress:
        """Upload one image; when all are there, resolve handles and references.

        ``so_far``: ``blobs``, the references of the uploaded images by their digests. Uploaded images that no post uses
        vanish after some hours.
        """
        blobs = _blobs(so_far)
        for image in record.shown_media(message):
            if image.digest not in blobs:
                return Progress({"blobs": {**blobs, image.digest: self._upload(image)}})
        built = record.build(message, upload=lambda image: blobs[image.digest], resolve=self._resolve, find=self._find)
        body = {"repo": self.session.did, "collection": POST, "record": built, "validate": True, "swapRecord": None}
        return Prepared(body=body, link=record.link_of(message))

    def send(self, prepared: Prepared, identity: str, sent_at: datetime) -> Receipt:
        """Write the record under the key ``identity``, where nothing may lie yet. Raises Refused when it is no TID."""
        if not TID.fullmatch(identity):
            raise Refused(_("This post has no valid record key; prepare it again."), cause=identity[:40])
        built = {**prepared.body["record"], "createdAt": record.created_at(sent_at)}
        body = {**prepared.body, "rkey": identity, "record": built}
        try:
            answer = self.session.post("com.atproto.repo.putRecord", body, bucket="repo-write")
        except Refused as error:
            raise _refusal(error) from error
        try:
            data = answer.object("uri", "cid")
        except BadAnswer as error:
            raise OutcomeUnknown(error.sentence, cause=error.cause) from error
        uri, cid = str(data["uri"]), str(data["cid"])
        excerpt: dict[str, Any] = {
            key: data[key] for key in ("uri", "cid", "commit", "validationStatus") if key in data
        }
        return Receipt(Ref(uri, web_address(uri), cid), answer.at, excerpt)

    def read_back(self, prepared: Prepared, identity: str, since: datetime) -> ReadBack:
        """Look at the one place where the post must lie: found and absent are both proved by a single answer."""
        ref = self._own_record(Uri(self.session.did, POST, identity))
        if ref is None:
            return ReadBack(absent=True, note=_("The account's repository has no post under this key."))
        return ReadBack(found=ref, checked=1)

    def delete(self, ref: Ref) -> None:
        """Delete the record of ``ref``. Raises Refused when that is no address of a post of ours."""
        try:
            uri = read(ref.uri)
        except ValueError as error:
            raise Refused(_("This is not the address of a Bluesky post."), cause=str(error)) from error
        if uri.repo != self.session.did:
            raise Refused(_("Only the account's own posts can be deleted."))
        body = {"repo": uri.repo, "collection": uri.collection, "rkey": uri.rkey}
        try:
            self.session.post("com.atproto.repo.deleteRecord", body, bucket="repo-write")
        except Gone:
            return

    # listening

    def collect(self, cursor: Mapping[str, Any], ours: Sequence[Ref] = ()) -> Batch:
        """Return notifications and threads since ``cursor``; see :mod:`smeditor.networks.bluesky.collect`."""
        return Collector(self.session, cursor).collect(ours)

    def metrics(self, refs: Sequence[Ref]) -> dict[str, Metrics]:
        """Return what the AppView counts of our posts (``getPosts``), 25 to a call."""
        views = (view for uris in parts([ref.uri for ref in refs], LOOKUP) for view in self._views(uris))
        return {str(view.get("uri")): parse.metrics(view) for view in views}

    def check(self, native_ids: Sequence[str]) -> dict[str, Presence]:
        """Return which posts, likes and reposts are still there, by their ``at://`` addresses."""
        return presence.check(self.session, native_ids)

    def stream(self) -> Iterator[None]:
        """Yield whenever somebody writes of the account. A network of one's own is on no public Jetstream: it ends at once."""
        if self.jetstream_url == jetstream.PUBLIC and not self.credentials.server_url.startswith("https://"):
            return iter(())
        return jetstream.mentions_of(self.client, self.session.did, self.jetstream_url)

    # what preparing needs

    def _upload(self, image: Media) -> dict[str, Any]:
        answer = self.session.call(
            "POST",
            "com.atproto.repo.uploadBlob",
            content=image.read(),
            headers={"Content-Type": image.media_type},
            bucket="upload",
        )
        return an_object(answer.object("blob")["blob"], "ref", "mimeType", "size")

    def _resolve(self, handle: str) -> str:
        try:
            return str(self.session.get("com.atproto.identity.resolveHandle", handle=handle).object("did")["did"])
        except (Refused, Gone):
            return ""

    def _find(self, ref: Ref, root: Ref | None) -> record.Found:
        """The strong references of a post to reply to; looked up where the caller does not know them."""
        if ref.cid and root and root.cid:
            return record.Found(_strong(ref), _strong(root))
        uri, cid, content = self._content(ref.uri)
        reply = content.get("reply")
        top = reply.get("root") if isinstance(reply, dict) else None
        own = {"uri": uri, "cid": ref.cid or cid}
        if isinstance(top, dict) and isinstance(top.get("uri"), str) and isinstance(top.get("cid"), str):
            return record.Found(own, {"uri": top["uri"], "cid": top["cid"]})
        return record.Found(own, own)

    def _content(self, uri: str) -> tuple[str, str, Mapping[str, Any]]:
        """Address, cid and record of a post: our own from our repository, which is never late, others' from the AppView."""
        try:
            parsed = read(uri)
        except ValueError as error:
            raise Refused(_("This is not the address of a Bluesky post."), cause=str(error)) from error
        if parsed.repo == self.session.did:
            view = self._get_record(parsed)
            return uri, str(view["cid"]), an_object(view["value"])
        views = self._views([uri])
        if not views:
            raise Gone(_("The post that this one answers is not there any more."), code="NotFound")
        view = an_object(views[0], "uri", "cid", "record")
        viewer = view.get("viewer")
        if isinstance(viewer, dict) and viewer.get(REPLY_DISABLED):
            raise Refused(_("The author of that post does not let us answer it."), code=REPLY_DISABLED)
        return uri, str(view["cid"]), an_object(view["record"])

    def _views(self, uris: Sequence[str]) -> list[dict[str, Any]]:
        data = self.session.get("app.bsky.feed.getPosts", uris=list(uris)).object("posts")["posts"]
        return [view for view in data if isinstance(view, dict)] if isinstance(data, list) else []

    def _get_record(self, uri: Uri) -> dict[str, Any]:
        return self.session.get(
            "com.atproto.repo.getRecord", repo=uri.repo, collection=uri.collection, rkey=uri.rkey
        ).object("uri", "cid", "value")

    def _own_record(self, uri: Uri) -> Ref | None:
        try:
            view = self._get_record(uri)
        except Gone:
            return None
        return Ref(str(uri), web_address(str(uri)), str(view["cid"]))


def _refusal(error: Refused) -> Refused | OutcomeUnknown | Temporary:
    """What a refused ``putRecord`` means: mostly that nothing was published, with two exceptions."""
    known: dict[str, Any] = {"status": error.status, "code": error.code, "cause": error.cause}
    if error.code == "InvalidSwap":
        return OutcomeUnknown(_("Something is already published under this post's key. It will be looked at."), **known)
    if error.code == "BlobNotFound" or ("blob" in error.cause.lower() and "not find" in error.cause.lower()):
        return Temporary(_("An uploaded image is no longer on the server. It will be uploaded again."), **known)
    return error


def _blobs(so_far: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    blobs = so_far.get("blobs")
    if not isinstance(blobs, dict):
        return {}
    return {digest: blob for digest, blob in blobs.items() if isinstance(blob, dict)}


def _strong(ref: Ref) -> dict[str, str]:
    return {"uri": ref.uri, "cid": ref.cid}
