"""The adapters of :mod:`tests.networks.doubles.consent_lab`: one whose tokens renew themselves, one whose a person renews."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import uuid4

from smeditor.exceptions import AuthExpired, Refused
from smeditor.networks.base import (
    App,
    Batch,
    Capabilities,
    Connecting,
    Consent,
    Credentials,
    Guarantee,
    Identity,
    Limits,
    Message,
    Network,
    Prepared,
    Presence,
    Profile,
    ReadBack,
    Receipt,
    Ref,
    Scope,
    SecretField,
    Webhooks,
)
from smeditor.networks.client import GuardedClient
from smeditor.networks.http import Answer, JsonApi
from smeditor.networks.rates import Rates

SCOPES = (
    Scope("post", "publish posts"),
    Scope("read", "read answers"),
    Scope("hide", "hide answers", required=False),
)
CONNECTING = Connecting(
    secrets=(),
    home_server="https://consent-lab.example",
    needs="A page of your own, and an app at the Consent Lab.",
    consent=True,
    app_fields=(SecretField("client_id", "App ID"), SecretField("client_secret", "App key", "Shown once.")),
    scopes=SCOPES,
    steps=("Create an app at the Consent Lab.", "Enter the return address there."),
    notes=("A review takes two weeks.",),
)


class ConsentLab(Network):
    slug: ClassVar[str] = "consent_lab"
    label: ClassVar[str] = "Consent Lab"
    capabilities: ClassVar[Capabilities] = Capabilities(
        guarantee=Guarantee.EXACTLY_ONCE,
        idempotent_send=True,
        refresh=True,
        refresh_ahead=timedelta(minutes=30),
        private_test=True,
    )
    connecting: ClassVar[Connecting] = CONNECTING
    default_limits: ClassVar[Limits] = Limits(max_length=300, unit="character")

    @classmethod
    def authorize(
        cls, app: App, redirect_uri: str, state: str, *, client: GuardedClient, server_url: str = ""
    ) -> Consent:
        verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        query = {
            "client_id": app.keys["client_id"],
            "redirect_uri": redirect_uri,
            "state": state,
            "scope": " ".join(scope.name for scope in SCOPES),
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return Consent(f"{server_url or app.server_url}/consent?{urlencode(query)}", {"verifier": verifier})

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
        if not callback.get("code"):
            raise Refused("You did not agree at the Consent Lab.", code=callback.get("error", ""))
        form = {"code": callback["code"], "redirect_uri": redirect_uri, "code_verifier": kept.get("verifier", "")}
        server = server_url or app.server_url
        answer = _ask(JsonApi(server, client, label=cls.label, rates=Rates()), app, form)
        return _credentials(Credentials(server), answer)

    def call(self, method: str, path: str, **kwargs: Any) -> Answer:
        api = JsonApi(self.credentials.server_url, self.client, label=self.label, rates=self.rates)
        token = self.credentials.secret.get("access_token", "")
        return api.call(method, path, headers={"Authorization": f"Bearer {token}"}, **kwargs)

    def identities(self) -> list[Identity]:
        server = self.credentials.server_url
        return [
            Identity(
                Profile(page["id"], page["id"], page["name"], f"{server}/{page['id']}"),
                self._of_page(page),
                "" if page["role"] else "You have no role on this page.",
            )
            for page in self.call("GET", "/pages").object("pages")["pages"]
        ]

    def _of_page(self, page: Mapping[str, Any]) -> Credentials:
        return replace(self.credentials, remote_id=page["id"], secret={**self.credentials.secret, "page": page["id"]})

    def revoke(self) -> bool:
        secret = self.credentials.secret
        self.call("POST", "/revoke", data={"token": [secret["access_token"], secret["refresh_token"]]})
        return True

    def verify(self) -> Profile:
        me = self.call("GET", "/me").object("id")
        self.credentials = replace(self.credentials, scopes=frozenset(me["scopes"]))
        key = self.credentials.secret.get("page") or me["id"]
        return Profile(key, key, me["name"], f"{self.credentials.server_url}/{key}", 12)

    def limits(self) -> Limits:
        return self.limits_in_force

    def refresh(self) -> Credentials:
        api = JsonApi(self.credentials.server_url, self.client, label=self.label, rates=self.rates)
        form = {"grant_type": "refresh_token", "refresh_token": self.credentials.secret.get("refresh_token", "")}
        try:
            self.credentials = _credentials(self.credentials, _ask(api, self.app, form))
        except Refused as error:
            raise AuthExpired("The Consent Lab does not renew this access.", cause=error.cause) from error
        self.credentials_changed = True
        return self.credentials

    def count(self, text: str) -> int:
        return len(text)

    def mint_identity(self, now: datetime) -> str:
        return uuid4().hex

    def prepare(self, message: Message, so_far: Mapping[str, Any]) -> Prepared:
        return Prepared({"text": message.text, "visibility": message.visibility})

    def send(self, prepared: Prepared, identity: str, sent_at: datetime) -> Receipt:
        answer = self.call("PUT", f"/posts/{identity}", effect=True, json=prepared.body)
        return Receipt(Ref(answer.object("id", "url")["id"], answer.data["url"]), answer.at)

    def read_back(self, prepared: Prepared, identity: str, since: datetime) -> ReadBack:
        return ReadBack()

    def delete(self, ref: Ref) -> None:
        self.call("DELETE", f"/posts/{ref.uri}", effect=True)

    def collect(self, cursor: Mapping[str, Any], ours: Sequence[Ref] = ()) -> Batch:
        return Batch(cursor=dict(cursor))

    def check(self, native_ids: Sequence[str]) -> dict[str, Presence]:
        return {}


class ConsentLabByHand(ConsentLab):
    """The same; its tokens end, and only a person can renew them. It has webhooks."""

    slug: ClassVar[str] = "consent_lab_by_hand"
    label: ClassVar[str] = "Consent Lab by hand"
    capabilities: ClassVar[Capabilities] = replace(
        ConsentLab.capabilities, refresh=False, refresh_ahead=None, webhooks=Webhooks.ACCOUNT
    )

    def subscribe(self, address: str, secret: str) -> None:
        self.call("PUT", "/hooks/own", json={"address": address, "secret": secret})

    def unsubscribe(self) -> None:
        self.call("DELETE", "/hooks/own")


def _ask(api: JsonApi, app: App, form: dict[str, str]) -> Answer:
    return api.call("POST", "/token", data={**form, **app.keys})


def _credentials(before: Credentials, answer: Answer) -> Credentials:
    data = answer.object("access_token", "scope")

    def ends(name: str) -> datetime | None:
        return answer.at + timedelta(seconds=data[name]) if data.get(name) else None

    return replace(
        before,
        secret={**before.secret, "access_token": data["access_token"], "refresh_token": data["refresh_token"]},
        scopes=frozenset(data["scope"].split()),
        expires_at=ends("expires_in"),
        refresh_expires_at=ends("refresh_expires_in"),
    )


NETWORKS = {kind.slug: f"{__name__}.{kind.__name__}" for kind in (ConsentLab, ConsentLabByHand)}
