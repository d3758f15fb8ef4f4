"""The LinkedIn adapter: a page of an organisation, in the calls of LinkedIn's Community Management API."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from smeditor.exceptions import AuthExpired, Gone, NetworkError, OutcomeUnknown, Refused
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
    Ref,
)
from smeditor.networks.client import GuardedClient
from smeditor.networks.http import Answer
from smeditor.networks.linkedin import oauth, payload, urns
from smeditor.networks.linkedin.api import CONFLICT, LinkedInApi
from smeditor.networks.linkedin.collect import Collector
from smeditor.networks.linkedin.connecting import CONNECTING
from smeditor.networks.linkedin.limits import LIMITS
from smeditor.networks.linkedin.metrics import metrics
from smeditor.networks.linkedin.presence import check
from smeditor.networks.linkedin.readback import find_own
from smeditor.networks.linkedin.uploads import Upload, Uploader, waiting
from smeditor.networks.linkedin.version import API, VERSION, end_of, version_of
from smeditor.networks.marks import Mark, MarkKind, in_order
from smeditor.networks.rates import SendingRates
from smeditor.text.entities import hashtags
from smeditor.text.offsets import utf16_length
from smeditor.text.urls import X, find_urls


class LinkedIn(Network):
    """One page. Credentials: the member's ``access_token`` (``refresh_token``), and the page's URN as ``remote_id``.

    LinkedIn knows no key of ours: at most once, and the page's own posts are read in doubt.
    """

    slug: ClassVar[str] = "linkedin"
    label: ClassVar[str] = "LinkedIn"
    capabilities: ClassVar[Capabilities] = Capabilities(
        guarantee=Guarantee.READ_BACK,
        read_back=True,
        edit=True,
        thread=False,
        first_comment=True,
        card=True,
        answers=frozenset({Kind.COMMENT}),
        collects=frozenset({Kind.COMMENT, Kind.LIKE}),
        reader_operations=frozenset({ReaderOperation.LIKE, ReaderOperation.UNLIKE}),
        refresh=True,
        metrics=frozenset({"likes", "replies"}),
    )
    default_limits: ClassVar[Limits] = LIMITS
    sending_rates = SendingRates(publish=("posts",), reply=("comments",), edit=("posts",), delete=("posts",))
    fold: ClassVar[Fold] = Fold(characters=210, lines=3)
    """As its feed shows posts on a computer; LinkedIn documents no number."""
    connecting: ClassVar[Connecting] = CONNECTING
    version_ends: ClassVar[date | None] = end_of(VERSION)

    def __init__(
        self, credentials: Credentials, *, client: GuardedClient, limits: Limits | None = None, app: App | None = None
    ) -> None:
        super().__init__(credentials, client=client, limits=limits, app=app)
        server, token = credentials.server_url or API, credentials.secret.get("access_token", "")
        self.api = LinkedInApi(server, token, version_of(self.app), client, label=self.label, rates=self.rates)

    # connecting

    @classmethod
    def authorize(
        cls, app: App, redirect_uri: str, state: str, *, client: GuardedClient, server_url: str = ""
    ) -> Consent:
        """Return where a member consents to all that the desk asks for."""
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
        """Turn the member's return into credentials with their end; which page is meant is chosen afterwards."""
        return oauth.exchanged(app, redirect_uri, callback, client, server_url)

    def identities(self) -> list[Identity]:
        """The pages on which the member has a role (``organizationAcls``)."""
        return oauth.identities(self)

    def refresh(self) -> Credentials:
        """Return fresh credentials where the app is approved for it; else AuthExpired, for only a person renews them."""
        self.credentials = oauth.refreshed(self.app, self.credentials, self.client)
        self.credentials_changed = True
        self.api.token = self.credentials.secret["access_token"]
        return self.credentials

    # the account

    @property
    def organization(self) -> str:
        """The URN of the page. Raises AuthExpired where the account has none: it was never chosen."""
        urn = urns.text_of(self.credentials.remote_id, urns.ORGANIZATION)
        if not urn:
            raise AuthExpired(_("It is not known which page is meant. Connect the account again and choose one."))
        return urn

    def verify(self) -> Profile:
        """Ask for the page and for the member's role on it. Raises AuthExpired where the role does not allow publishing."""
        urn = self.organization
        profile = oauth.profile_of(self, urn)
        held = oauth.roles(self).get(urn, set())
        if not held & oauth.POSTS:
            if held:
                raise AuthExpired(oauth.note_on(held))
            raise AuthExpired(_("Whoever connected the page has no role on it any more. Connect it again."))
        return Profile(
            profile.remote_id,
            profile.handle,
            profile.display_name,
            profile.url,
            oauth.followers_of(self, urn),
        )

    def limits(self) -> Limits:
        """Return the documented limits: the server tells none."""
        self.known_limits = LIMITS
        return LIMITS

    # the text

    def count(self, text: str) -> int:
        """Return the length of ``text`` in UTF-16 units, as readers see it: what is escaped counts once."""
        return utf16_length(text)

    @classmethod
    def marks(cls, text: str) -> list[Mark]:
        """Return links and tags. Nobody is named by ``@``: that would need LinkedIn's own URN."""
        return in_order(
            [
                *(Mark(MarkKind.LINK, url.start, url.end) for url in find_urls(text, X)),
                *(Mark(MarkKind.TAG, tag.start, tag.end) for tag in hashtags(text)),
            ]
        )

    def losses(self, message: Message) -> list[str]:
        """Say that subtitles do not go along."""
        if any(media.captions for media in message.media):
            return [_("LinkedIn shows a video without the subtitles: burn them in, or add them there.")]
        return []

    # sending

    def mint_identity(self, now: datetime) -> str:
        """Return a name for the attempt in our own history: LinkedIn takes none."""
        return f"smeditor-{uuid.uuid4()}"

    def prepare(self, message: Message, so_far: Mapping[str, Any]) -> Prepared | Progress:
        """Upload a file, put a few parts of a video in place, ask whether it is processed; in the end the whole body."""
        payload.check_media(message)
        if message.reply_to:
            return self._comment(message, message.reply_to)
        files = {str(place): media for place, media in enumerate(message.media)}
        if message.card and message.card.image and not message.media:
            files["card"] = message.card.image
        stored = {key: value for key, value in so_far.items() if key in files and isinstance(value, Mapping)}
        uploader = Uploader(self.api, self.organization)
        for key, media in files.items():
            upload = Upload(media, stored.get(key, {}))
            if upload.state != "ready":
                made, again = uploader.step(upload)
                return waiting({**stored, key: made}, again)
        made_of = {key: str(stored[key]["urn"]) for key in files}
        assets = [made_of[str(place)] for place in range(len(message.media))]
        return payload.post(message, self.organization, assets, made_of.get("card", ""))

    def _comment(self, message: Message, ref: Ref) -> Prepared:
        """A comment beneath a post, or beneath a comment: answers to an answer stand beneath its parent."""
        urn = ref.uri if urns.COMMENT.fullmatch(ref.uri) or urns.POST.fullmatch(ref.uri) else urns.at(ref.uri)
        match = urns.COMMENT.fullmatch(urn)
        if match is None:
            if not urns.POST.fullmatch(urn):
                raise Gone(_("It is not known where the message stands that this answers."))
            return payload.comment(message, self.organization, urn, "")
        path = f"/socialActions/{urns.encoded(match['thread'])}/comments/{match['id']}"
        found = self.api.ask("GET", path).object()
        parent = urns.text_of(found.get("parentComment"), urns.COMMENT) or urn
        return payload.comment(message, self.organization, match["thread"], parent)

    def send(self, prepared: Prepared, identity: str, sent_at: datetime) -> Receipt:
        """Publish the post, or write the comment. The id comes in a header; without one the outcome is unknown."""
        post, remark = prepared.body.get("post"), prepared.body.get("comment")
        if isinstance(post, dict):
            answer = self.api.ask("POST", "/posts", effect=True, bucket="posts", json=post)
            urn = urns.text_of(answer.headers.get("x-restli-id"), urns.POST)
            return self._receipt(urn, urns.post_address(urn), answer)
        if not isinstance(remark, dict):
            raise Refused(_("What was prepared for LinkedIn cannot be read. Approve the post anew."))
        target = str(prepared.body.get("target") or "")
        path = f"/socialActions/{urns.encoded(target)}/comments"
        answer = self._about_a_comment("POST", path, effect=True, bucket="comments", json=remark)
        given = answer.data.get("commentUrn") if isinstance(answer.data, dict) else ""
        made = f"urn:li:comment:({remark.get('object')},{answer.headers.get('x-restli-id')})"
        urn = urns.text_of(given, urns.COMMENT) or urns.text_of(made, urns.COMMENT)
        return self._receipt(urn, urns.comment_address(str(remark.get("object")), urn), answer)

    def _receipt(self, urn: str, url: str, answer: Answer) -> Receipt:
        if not urn:
            raise OutcomeUnknown(_("LinkedIn took the message and did not say where it stands."), status=answer.status)
        return Receipt(Ref(urn, url), answer.at, {"id": urn, "status": answer.status})

    def _about_a_comment(self, method: str, path: str, **kwargs: Any) -> Answer:
        """Call for a comment: that one may not be written, as where they are closed, does not concern the account."""
        try:
            return self.api.ask(method, path, **kwargs)
        except AuthExpired as error:
            if error.status != 403:
                raise
            sentence = _(
                "LinkedIn does not permit it: comments are closed there, or the permission for them is missing."
            )
            raise Refused(sentence, status=error.status, code=error.code, cause=error.cause) from error

    def read_back(self, prepared: Prepared, identity: str, since: datetime) -> ReadBack:
        """Look among our own newest posts, or in the thread; see :func:`.readback.find_own`."""
        return find_own(self, prepared, since)

    def ref_at(self, url: str) -> Ref:
        """Where the post or comment at ``url`` is, by the URN in its address. Refused: there is none in it."""
        urn = urns.at(url)
        if not urn:
            raise Refused(_("This address leads to no post: copy the post's link on LinkedIn."))
        return Ref(urn, url)

    def edit(self, ref: Ref, prepared: Prepared) -> Receipt:
        """Replace the text of a post or comment; LinkedIn changes nothing else of it."""
        commentary, text = payload.edited_text(prepared)
        path, match = self._place(ref)
        if match:
            path = f"{path}?actor={urns.encoded(self.organization)}"
            patch: dict[str, Any] = {"message": {"$set": {"text": text}}}
            answer = self._about_a_comment(
                "POST", path, restli="PARTIAL_UPDATE", effect=True, bucket="comments", json={"patch": patch}
            )
        else:
            patch = {"$set": {"commentary": commentary}}
            answer = self.api.ask(
                "POST", path, restli="PARTIAL_UPDATE", effect=True, bucket="posts", json={"patch": patch}
            )
        return Receipt(ref, answer.at, {"id": ref.uri, "status": answer.status})

    def delete(self, ref: Ref) -> None:
        """Delete a post or comment; one that is gone already is deleted."""
        path, match = self._place(ref)
        if match:
            path = f"{path}?actor={urns.encoded(self.organization)}"
        try:
            self.api.ask("DELETE", path, restli="DELETE", effect=True, bucket="posts")
        except Gone:
            return

    def _place(self, ref: Ref) -> tuple[str, bool]:
        """(path, whether it is a comment) of one of our messages."""
        urn = ref.uri if urns.COMMENT.fullmatch(ref.uri) or urns.POST.fullmatch(ref.uri) else urns.at(ref.uri)
        match = urns.COMMENT.fullmatch(urn)
        if match:
            return f"/socialActions/{urns.encoded(match['thread'])}/comments/{match['id']}", True
        if not urn:
            raise Gone(_("It is not known where this message stands."))
        return f"/posts/{urns.encoded(urn)}", False

    def operate(self, native_id: str, operation: ReaderOperation) -> None:
        """Like a comment in the page's name, or take it back."""
        if operation not in self.capabilities.reader_operations:
            raise self.unsupported(operation.value)
        if not urns.COMMENT.fullmatch(native_id):
            raise Gone(_("It is not known where this comment stands."))
        actor = urns.encoded(self.organization)
        if operation is ReaderOperation.LIKE:
            try:
                body = {"root": native_id, "reactionType": "LIKE"}
                self._about_a_comment("POST", f"/reactions?actor={actor}", json=body)
            except NetworkError as error:
                if error.status != CONFLICT:
                    raise
            return
        try:
            self._about_a_comment("DELETE", f"/reactions/(actor:{actor},entity:{urns.encoded(native_id)})")
        except Gone:
            return

    # listening

    def collect(self, cursor: Mapping[str, Any], ours: Sequence[Ref] = ()) -> Batch:
        """Return comments and reactions beneath ``ours``; see :mod:`smeditor.networks.linkedin.collect`."""
        return Collector(self, cursor).collect(ours)

    def metrics(self, refs: Sequence[Ref]) -> dict[str, Metrics]:
        """Return reactions and comments of our posts; see :mod:`.metrics`."""
        return metrics(self, [ref.uri for ref in refs])

    def check(self, native_ids: Sequence[str]) -> dict[str, Presence]:
        """Return which comments and reactions are still there, by their URNs."""
        return check(self, native_ids)
