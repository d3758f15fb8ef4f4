"""Facebook keeps what every network promises, on the double that holds each message to Meta's own description."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest

from smeditor.networks.base import App, Credentials, Kind, Network, ReaderOperation, Ref, WebhookRequest
from smeditor.networks.client import GuardedClient
from smeditor.networks.facebook import Facebook
from tests.networks.contract import NetworkContract
from tests.networks.facebook_account import FacebookAccount, app_keys, facebook_account, facebook_server
from tests.networks.harness import Fault, Harness, Published, Reader


class FacebookReader(Reader):
    """Somebody with a Facebook account, who acts on the double: there is no library for readers."""

    handle = "Léo Lecteur"

    def __init__(self, account: FacebookAccount) -> None:
        self.server = account.server

    def reply(self, ref: Ref, text: str) -> str:
        return self.server.comment(ref.uri, text)

    def mention(self, text: str) -> str:
        return self.server.mention(f"La Gazette {text}")

    def quote(self, ref: Ref, text: str) -> str:
        raise AssertionError("who shares a post, Facebook does not tell")

    def like(self, ref: Ref) -> None:
        self.server.add_reaction(ref.uri, "LOVE")

    def repost(self, ref: Ref) -> None:
        raise AssertionError("who shares a post, Facebook does not tell")

    def delete(self, native_id: str) -> None:
        self.server.remove(native_id)

    def edit(self, native_id: str, text: str) -> None:
        self.server.edit_comment(native_id, text)


class FacebookHarness(Harness):
    """A page on the double, read back with plain requests and not through the adapter."""

    readers_edit = True
    answer_kind = Kind.COMMENT
    carries = frozenset({"links", "tags"})

    def __init__(self, account: FacebookAccount) -> None:
        self.account = account
        self.network = account.network
        self.reader = FacebookReader(account)
        self.secrets = (account.server.token.value, account.server.app.secret)

    def asked(self, path: str, **params: str) -> dict[str, Any] | None:
        headers = {"Authorization": f"Bearer {self.account.server.token.value}"}
        answer = httpx.get(f"{self.account.server.url}/v26.0{path}", params=params, headers=headers)
        return answer.json() if answer.status_code == 200 else None

    def published(self, ref: Ref) -> Published | None:
        page, _, _ = ref.uri.partition("_")
        if page != self.account.server.page.id:
            comment = self.asked(f"/{ref.uri}", fields="message,parent,object")
            if comment is None:
                return None
            under = comment.get("parent") or comment["object"]
            return Published(comment["message"], reply_to=under["id"])
        post = self.asked(f"/{ref.uri}", fields="message,is_published,attachments{media_type,unshimmed_url,target}")
        if post is None or not post["is_published"]:
            return None
        attachments = post.get("attachments", {}).get("data", [])
        photos = [item["target"]["id"] for item in attachments if item["media_type"] == "photo"]
        alts = [
            (self.asked(f"/{photo}", fields="alt_text_custom") or {}).get("alt_text_custom", "") for photo in photos
        ]
        links = re.findall(r"https?://\S+", post.get("message", ""))
        links += [item["unshimmed_url"] for item in attachments if item.get("unshimmed_url")]
        return Published(
            post.get("message", ""),
            links=tuple(links),
            tags=tuple(re.findall(r"#(\w+)", post.get("message", ""))),
            alts=tuple(alts),
            kinds=tuple({"photo": "image"}.get(item["media_type"], item["media_type"]) for item in attachments),
        )

    def count_published(self, token: str) -> int:
        found = self.asked(f"/{self.account.server.page.id}/published_posts", fields="message", limit="100") or {}
        return sum(token in post.get("message", "") for post in found["data"])

    def with_secret(self, secret: Mapping[str, str]) -> Network:
        return self.account.network_with(secret["access_token"])

    def at(self, server_url: str) -> Network:
        credentials: Credentials = replace(self.network.credentials, server_url=server_url)
        client = GuardedClient(allowed_private_hosts=["127.0.0.1"], timeout=5)
        return Facebook(credentials, client=client, app=App(server_url, app_keys(self.account.server)))

    def operated(self, native_id: str, operation: ReaderOperation) -> bool:
        comment = self.asked(f"/{native_id}", fields="is_hidden,user_likes") or {}
        return bool(comment["is_hidden" if operation is ReaderOperation.HIDE else "user_likes"])

    def webhook(self, text: str) -> tuple[WebhookRequest, Mapping[str, str]]:
        self.network.subscribe("https://desk.example/hooks", "")
        post = self.account.publish(f"Article {text}").ref
        self.account.server.comment(post.uri, text)
        return self.account.server.sender.waiting.pop(), self.account.keys

    def break_next(self, fault: Fault, *, sending: bool) -> None:
        self.account.transport.waiting.append((fault, sending))


@pytest.fixture(scope="module")
def facebook():
    with facebook_server() as server:
        yield server


@pytest.fixture
def harness(facebook):
    with facebook_account(facebook) as account:
        yield FacebookHarness(account)


class TestFacebook(NetworkContract):
    """Nothing differs."""


def test_everything_that_is_declared_is_there():
    capabilities = Facebook.capabilities
    assert capabilities.edit
    assert capabilities.delete
    operations: Sequence[str] = sorted(operation.value for operation in capabilities.reader_operations)
    assert operations == ["hide", "like", "unhide", "unlike"]
