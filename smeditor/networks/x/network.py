"""The X adapter: what the desk asks, in the calls of API v2 (https://docs.x.com/x-api/introduction, read 2026-11-30)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
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
    Fold,
    Guarantee,
    Identity,
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
from smeditor.networks.http import Answer, an_object, objects
from smeditor.networks.marks import Mark
from smeditor.networks.rates import SendingRates
from smeditor.networks.x import dialect, oauth, operations, parse, presence, prices
from smeditor.networks.x.collect import Collector
from smeditor.networks.x.connecting import API, CONNECTING, MEDIA_SCOPE, SITE
from smeditor.networks.x.counting import weighted_length
from smeditor.networks.x.entities import marked
from smeditor.networks.x.errors import DUPLICATE, XApi, unknown
from smeditor.networks.x.limits import STANDARD, has_premium, limits_of
from smeditor.networks.x.losses import losses_of
from smeditor.networks.x.payload import check_message, post_body, post_id, unique_link
from smeditor.networks.x.readback import find_own, receipt_lost
from smeditor.networks.x.uploads import Uploads, files_of, subtitles_of

OWN_FIELDS = "protected,public_metrics,subscription_type"


class X(Network):
    """One account on X. Credentials: ``access_token`` and ``refresh_token`` of its consent; the app's keys in ``app``."""

    slug: ClassVar[str] = "x"
    label: ClassVar[str] = "X"
    capabilities: ClassVar[Capabilities] = Capabilities(
        guarantee=Guarantee.READ_BACK,
        read_back=True,
        edit=True,
        edits_media=True,
        edit_window=timedelta(minutes=30),
        quote=True,
        polls=True,
        reader_operations=frozenset(ReaderOperation),
        refresh=True,
        refresh_ahead=timedelta(minutes=20),
        priced=True,
        metrics=frozenset({"likes", "reposts", "replies", "quotes", "views"}),
    )
    connecting: ClassVar[Connecting] = CONNECTING
    default_limits: ClassVar[Limits] = STANDARD
    sending_rates = SendingRates(publish=("posts",), reply=("posts",), delete=("deletes",))
    fold: ClassVar[Fold] = Fold(characters=280)
    """Longer posts show their first 280 characters: https://help.x.com/en/using-x/x-premium."""

    def __init__(
        self, credentials: Credentials, *, client: GuardedClient, limits: Limits | None = None, app: App | None = None
    ) -> None:
        super().__init__(credentials, client=client, limits=limits, app=app)
        self.api = XApi(credentials.server_url or API, client, label=self.label, rates=self.rates)
        self.renamed = False
        self._me: dict[str, Any] | None = None

    # connecting

    @classmethod
    def authorize(
        cls, app: App, redirect_uri: str, state: str, *, client: GuardedClient, server_url: str = ""
    ) -> Consent:
        """Return X's consent screen, with a PKCE challenge (S256) whose verifier is to be kept."""
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
        """Turn the code into tokens (``POST /2/oauth2/token``)."""
        return oauth.exchange(app, redirect_uri, callback, kept, client, server_url)

    def identities(self) -> list[Identity]:
        """The account that consented; with a note where it did not grant all that is needed."""
        user = self.me(fresh=True)
        profile = self._profile(user)
        credentials = replace(self.credentials, remote_id=profile.remote_id, handle=profile.handle)
        return [Identity(profile, credentials, oauth.missing(credentials))]

    def revoke(self) -> bool:
        """Give the tokens back (``POST /2/oauth2/revoke``)."""
        oauth.revoke(self.app, self.credentials, self.client)
        return True

    def refresh(self) -> Credentials:
        """Renew the tokens; the refresh token that was there is used up by it."""
        self.credentials = oauth.renewed(self.app, self.credentials, self.client)
        self.credentials_changed = True
        return self.credentials

    # the account

    def verify(self) -> Profile:
        """Ask who we are (``GET /2/users/me``). Raises AuthExpired where a required permission is missing."""
        sentence = oauth.missing(self.credentials)
        if sentence:
            raise AuthExpired(sentence, code="scope")
        return self._profile(self.me(fresh=True))

    def limits(self) -> Limits:
        """The documented limits of the account's subscription, which X tells with the account."""
        self.known_limits = limits_of(self.me())
        return self.known_limits

    def me(self, *, fresh: bool = False) -> dict[str, Any]:
        """Our own account as X describes it; asked once for each instance of this class.

        Raises Refused where the token is another account's than the one that was connected.
        """
        if self._me is None or fresh:
            self.costs.ask(prices.USER_READ, self.label)
            answer = self.call("GET", "/2/users/me", params={"user.fields": OWN_FIELDS}, bucket="users")
            user = an_object(answer.object("data")["data"], "id", "username")
            self.costs.add("own account", prices.USER_READ)
            if parse.an_id(user["id"]) != self.credentials.remote_id and self.credentials.remote_id:
                sentence = _("This token belongs to another account, @%(handle)s.")
                raise Refused(sentence % {"handle": parse.username(user)})
            self._me = user
        return self._me

    def me_id(self) -> str:
        """Our own id; asked where it is not known yet."""
        return parse.id_or_nothing(self.credentials.remote_id) or parse.an_id(self.me()["id"])

    def handle(self) -> str:
        """Our own name, as far as it is known without asking."""
        return parse.username(self._me or {"username": self.credentials.handle.removeprefix("@")})

    def granted(self, scope: str) -> bool:
        """Whether the account granted ``scope``, as far as X told."""
        return self.credentials.scopes is None or scope in self.credentials.scopes

    def known_subscription(self) -> bool | None:
        """Whether the account has X Premium, as far as it is known without asking."""
        if self._me is not None and "subscription_type" in self._me:
            return has_premium(self._me)
        return None

    def _profile(self, user: dict[str, Any]) -> Profile:
        name, counts = parse.username(user), user.get("public_metrics")
        if not name:
            raise BadAnswer(_("The server's answer lacks what its documentation promises."), cause="username")
        followers = counts.get("followers_count") if isinstance(counts, dict) else None
        return Profile(
            remote_id=parse.an_id(user["id"]),
            handle=name,
            display_name=parse.read_author(user).display_name,
            url=f"{SITE}/{name}",
            followers=followers if isinstance(followers, int) and not isinstance(followers, bool) else None,
        )

    # the text

    def count(self, text: str) -> int:
        """Return the weighted length of ``text``."""
        return weighted_length(text)

    def losses(self, message: Message) -> list[str]:
        """Sentences about what X takes only from some apps and accounts, and what it does not show."""
        return losses_of(message)

    @classmethod
    def marks(cls, text: str) -> list[Mark]:
        """Return links, mentions and tags as twitter-text finds them."""
        return marked(text)

    def price(self, message: Message) -> Decimal:
        """What publishing costs: the post, and the description of each image and of each video's subtitles."""
        described = sum(
            len(subtitles_of(media)) if not media.kind.value.startswith(("image", "anim")) else bool(media.alt.strip())
            for media in message.media
        )
        return prices.of_text(message.text) + described * prices.METADATA

    # sending

    def mint_identity(self, now: datetime) -> str:
        """A number of our own: X knows no key, the post is recognised by its link or its text."""
        return f"smeditor-{uuid.uuid4()}"

    def prepare(self, message: Message, so_far: Mapping[str, Any]) -> Prepared | Progress:
        """Send the next piece of an image or a video, ask whether it is processed, or return the body of the post."""
        check_message(message)
        if not message.media:
            return Prepared(post_body(message, []), unique_link(message))
        if not self.granted(MEDIA_SCOPE):
            raise Refused(_("The account did not permit images and videos at X. Connect it again and agree to all."))
        post_body(
            message, ["0"] * len(files_of(message))
        )  # what will be refused is refused before anything is uploaded
        uploads = Uploads(self, message, so_far)
        progress = uploads.step()
        if progress is not None:
            return progress
        return Prepared(post_body(message, uploads.media_ids), unique_link(message), uploads.good_until)

    def send(self, prepared: Prepared, identity: str, sent_at: datetime) -> Receipt:
        """Publish (``POST /2/tweets``). A repeat that X refuses as one is evidence of the first: OutcomeUnknown."""
        return self._publish(prepared.body)

    def _publish(self, body: Mapping[str, Any]) -> Receipt:
        amount = prices.of_text(str(body.get("text") or ""))
        self.costs.ask(amount, self.label)
        try:
            answer = self.call("POST", "/2/tweets", effect=True, bucket="posts", json=dict(body))
            receipt = self._receipt(answer)
        except OutcomeUnknown:
            self.costs.add("post", amount)
            raise
        except Refused as error:
            if error.code == DUPLICATE:
                raise unknown(error) from error
            raise
        self.costs.add("post", amount)
        return receipt

    def _receipt(self, answer: Answer) -> Receipt:
        try:
            post = an_object(answer.object("data")["data"], "id")
            ref = parse.read_ref(post, self.handle())
        except BadAnswer as error:
            raise receipt_lost(error, answer.status) from error
        kept = {key: post[key] for key in ("id", "edit_history_tweet_ids", "edit_history_post_ids") if post.get(key)}
        return Receipt(ref, answer.at, kept)

    def read_back(self, prepared: Prepared, identity: str, since: datetime) -> ReadBack:
        """Look among our own newest posts for the prepared one; see :func:`.readback.find_own`."""
        return find_own(self, prepared, since)

    def edit(self, ref: Ref, prepared: Prepared) -> Receipt:
        """Replace a post (``edit_options``): X makes a new id for it, its first one stays its name.

        https://docs.x.com/x-api/fundamentals/edit-posts and the changelog of 2025-10-03: thirty minutes, five times, accounts
        with X Premium. Media that the new version does not bring are repeated from the old one.
        """
        return operations.edit(self, ref, prepared, self._publish)

    def delete(self, ref: Ref) -> None:
        """Delete a post with all its versions; one that is gone already is deleted."""
        self.costs.ask(prices.DELETE, self.label)
        try:
            answer = self.call("DELETE", f"/2/tweets/{post_id(ref)}", effect=True, bucket="deletes")
        except Gone:
            return
        self.costs.add("delete", prices.DELETE)
        operations.confirm(answer, "deleted", effect=True)

    def operate(self, native_id: str, operation: ReaderOperation) -> None:
        """Hide, unhide, like or unlike a reader's post; see :func:`.operations.operate`."""
        operations.operate(self, native_id, operation)

    # listening

    def collect(self, cursor: Mapping[str, Any], ours: Sequence[Ref] = ()) -> Batch:
        """Return mentions and threads since ``cursor``; see :mod:`smeditor.networks.x.collect`."""
        return Collector(self, cursor).collect(ours)

    def check(self, native_ids: Sequence[str]) -> dict[str, Presence]:
        """Return which posts are still there, by their ids; see :mod:`smeditor.networks.x.presence`."""
        return presence.check(self, native_ids)

    # what the modules beside this one share

    def call(self, method: str, path: str, **kwargs: Any) -> Answer:
        """Call the API as this account. See :meth:`smeditor.networks.http.JsonApi.call`."""
        token = self.credentials.secret.get("access_token", "").strip()
        if not oauth.usable(token):
            raise AuthExpired(_("The account's token is missing or not whole. Connect the account again."))
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return self.api.call(method, path, headers=headers, **kwargs)

    def read_posts(
        self, path: str, params: Mapping[str, str], *, bucket: str, least: int, most: int, owned: bool = False
    ) -> dict[str, Any]:
        """One page of posts: as many as there are, or as the ceiling of what may be spent allows."""
        post, person = self._read_price(owned=owned), prices.USER_READ if "expansions" in params else Decimal()
        extra = 2 * (prices.POST_READ + prices.USER_READ) if self.renamed else Decimal()
        number = prices.affordable(self.costs, post + person + extra, least, most, self.label)
        data = self._read(path, {**params, "max_results": str(number)}, bucket).object()
        includes = data.get("includes")
        included = includes if isinstance(includes, dict) else {}
        posts, people = prices.count(data.get("data")), prices.count(included.get("users"))
        others = prices.count(included.get("tweets")) + prices.count(included.get("posts"))
        self.costs.add(f"read {bucket}", posts * post + others * prices.POST_READ + people * person)
        return data

    def _read(self, path: str, params: Mapping[str, str], bucket: str) -> Answer:
        """Read posts, in the names that X takes: the older ones until it refuses them."""
        if not self.renamed:
            try:
                return self.call("GET", path, params=dict(params), bucket=bucket)
            except Refused as error:
                if error.status != 400 or dialect.OLD_FIELDS not in error.cause:
                    raise
                self.renamed = True
        return self.call("GET", path, params=dialect.renamed(params), bucket=bucket)

    def read_people(self, path: str, most: int, *, bucket: str) -> dict[str, Any]:
        """The newest people of a list, at most ``most``."""
        number = prices.affordable(self.costs, prices.USER_READ, 1, most, self.label)
        params = {"max_results": str(number), "user.fields": parse.USER_FIELDS}
        data = self.call("GET", path, params=params, bucket=bucket).object()
        self.costs.add(f"read {bucket}", prices.count(data.get("data")) * prices.USER_READ)
        return data

    def metrics(self, refs: Sequence[Ref]) -> dict[str, Metrics]:
        """Return what X counts of our posts, a hundred to a call; each post of the answer costs."""
        found: dict[str, Metrics] = {}
        ids = [ref.uri for ref in refs if parse.id_or_nothing(ref.uri)]
        for start in range(0, len(ids), presence.LOOKUP):
            data = self.posts(ids[start : start + presence.LOOKUP], "edit_history_tweet_ids,public_metrics")
            for post in objects(data.get("data")):
                counts = parse.read_metrics(post)
                found |= dict.fromkeys({parse.id_or_nothing(post.get("id")), *parse.history(post)} & set(ids), counts)
        return found

    def posts(self, ids: Sequence[str], fields: str = "edit_history_tweet_ids") -> dict[str, Any]:
        """Look up to a hundred posts up by their ids (``GET /2/tweets``)."""
        self.costs.ask(prices.POST_READ * len(ids), self.label)
        params = {"ids": ",".join(ids), "tweet.fields": fields}
        data = self._read("/2/tweets", params, "lookup").object()
        self.costs.add("look up posts", prices.count(data.get("data")) * prices.POST_READ)
        return data

    def _read_price(self, *, owned: bool) -> Decimal:
        """What a post costs to read; less where it is our own timeline's and we own the app."""
        owner = self.app.keys.get("owner_handle", "").strip().removeprefix("@").casefold()
        return prices.OWNED_READ if owned and owner and owner == self.handle().casefold() else prices.POST_READ
