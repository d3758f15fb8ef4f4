"""Bluesky behind the contract of :mod:`smeditor.networks.base`.

A post is a record in the account's own repository, so its place can be chosen before it is sent: the record key is a
TID minted beforehand, ``putRecord`` writes it, the same bytes written twice are one post, and ``getRecord`` proves
whether it is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smeditor.exceptions import BadAnswer, Gone, OutcomeUnknown, Refused, Temporary
from smeditor.networks.base import (
    Batch,
    Capabilities,
    Credentials,
    Image,
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
from smeditor.networks.bluesky import detect, presence, record
from smeditor.networks.bluesky.collect import Collector
from smeditor.networks.bluesky.limits import LIMITS, POST
from smeditor.networks.bluesky.session import Session
from smeditor.networks.bluesky.tid import TID, clock
from smeditor.networks.bluesky.uri import WEB, Uri, read, web_address
from smeditor.networks.client import GuardedClient
from smeditor.networks.connecting import Connecting, SecretField
from smeditor.networks.http import an_object
from smeditor.networks.marks import Mark
from smeditor.text.graphemes import grapheme_count

REPLY_DISABLED = "replyDisabled"
"""The flag by which the AppView says that a post's author does not let us answer (``app.bsky.feed.defs``)."""


class Bluesky(Network):
    """One Bluesky account, signed in with an app password."""

    slug = "bluesky"
    label = "Bluesky"
    capabilities = Capabilities(
        edit=False,
        card=True,
        content_warning=True,
        idempotent_send=True,
        identity_lifetime=None,
        read_back=True,
        refresh=True,
    )

    default_limits = LIMITS
    connecting = Connecting(
        secrets=(
            SecretField(
                "app_password",
                gettext_lazy("App password"),
                gettext_lazy(
                    "Bluesky: Settings → Privacy and security → App passwords. Never the account's own password."
                ),
            ),
        ),
        home_server="https://bsky.social",
        needs_handle=True,
    )

    def __init__(self, credentials: Credentials, *, client: GuardedClient, limits: Limits | None = None) -> None:
        super().__init__(credentials, client=client, limits=limits)
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

    def prepare(self, message: Message) -> Prepared:
        """Upload images, resolve handles and references. Uploaded images that no post uses vanish after some hours."""
        built = record.build(message, upload=self._upload, resolve=self._resolve, find=self._find)
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

    def check(self, native_ids: Sequence[str]) -> dict[str, Presence]:
        """Return which posts, likes and reposts are still there, by their ``at://`` addresses."""
        return presence.check(self.session, native_ids)

    # what preparing needs

    def _upload(self, image: Image) -> dict[str, Any]:
        answer = self.session.call(
            "POST",
            "com.atproto.repo.uploadBlob",
            content=image.data,
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


def _strong(ref: Ref) -> dict[str, str]:
    return {"uri": ref.uri, "cid": ref.cid}
