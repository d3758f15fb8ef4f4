"""What every network promises, on the double of LinkedIn."""

from __future__ import annotations

import re

import pytest

from smeditor.networks.base import Kind, Presence, Ref
from smeditor.networks.linkedin.cursor import REREAD_AFTER
from tests.networks.contract import NetworkContract
from tests.networks.contract_steps import has, now, ref_of, the, token
from tests.networks.doubles.controls import control_of
from tests.networks.doubles.linkedin.readers import ORGANIZATION, READER, TOKEN
from tests.networks.doubles.linkedin.rules import rendered
from tests.networks.harness import FaultyTransport, Harness, Published, Reader
from tests.networks.linkedin_steps import linkedin_server, opened


class PageReader(Reader):
    """A member who comments and reacts; their name LinkedIn tells nobody."""

    handle = READER.rpartition(":")[2]

    def __init__(self, double):
        self.double = double

    def reply(self, ref, text):
        above = self.double.comments.get(ref.uri)
        post, parent = (above["_thread"], ref.uri) if above else (ref.uri, "")
        return self.double.add_comment(post, text, parent=parent)["commentUrn"]

    def like(self, ref):
        self.double.add_reaction(ref.uri)

    def edit(self, native_id, text):
        self.double.edit_comment(native_id, text)

    def delete(self, native_id):
        del self.double.comments[native_id]

    def mention(self, text):
        raise AssertionError("mentions do not come home from there")

    def quote(self, ref, text):
        raise AssertionError("quotes do not come home from there")

    def repost(self, ref):
        raise AssertionError("who passes a post on is not told")


class LinkedInHarness(Harness):
    readers_edit = True
    answer_kind = Kind.COMMENT
    carries = frozenset({"tags"})
    secrets = (TOKEN,)

    def __init__(self, double):
        self.double = double
        self.transport = FaultyTransport(
            sends=lambda request: control_of(double).publishes(request.method, request.url.path),
            rate_limit_headers=dict,
            error_body={"status": 429, "code": "TOO_MANY_REQUESTS", "message": "Resource level throttle"},
        )
        self.network = opened(double, self.transport)
        self.reader = PageReader(double)

    def published(self, ref: Ref) -> Published | None:
        comment = self.double.comments.get(ref.uri)
        if comment is not None:
            return Published(comment["message"]["text"], reply_to=comment.get("parentComment") or comment["_thread"])
        post = self.double.posts.get(ref.uri)
        if post is None:
            return None
        content = post.get("content", {})
        images = content["multiImage"]["images"] if "multiImage" in content else [content.get("media", {})]
        return Published(
            rendered(post["commentary"]),
            tags=tuple(re.findall(r"\{hashtag\|\\#\|([^}]+)\}", post["commentary"])),
            alts=tuple(image.get("altText", "") for image in images),
        )

    def count_published(self, token):
        return sum(token in post["commentary"] for post in self.double.posts.values())

    def with_secret(self, secret):
        return opened(self.double, self.transport, secret=secret)

    def at(self, server_url):
        network = opened(self.double, self.transport)
        network.api.base_url = server_url
        return network

    def operated(self, native_id, operation):
        return (ORGANIZATION, native_id) in self.double.reactions

    def break_next(self, fault, *, sending):
        self.transport.waiting.append((fault, sending))


@pytest.fixture(scope="module")
def server():
    with linkedin_server() as double:
        yield double


@pytest.fixture
def harness(server):
    server.reset()
    server.breaches.clear()
    harness = LinkedInHarness(server)
    yield harness
    harness.network.close()
    assert server.breaches == []


class TestLinkedIn(NetworkContract):
    def test_an_edited_reply_comes_again_with_its_new_text(self, harness):
        """An edit moves no count: it is read with the post's next reading, six hours later, or when the comment is checked."""
        ref = ref_of(harness, f"Article {token()}")
        comment = harness.reader.reply(ref, f"Avant {token()}")
        batch, word = harness.gather({}, [ref], has(comment)), token()
        harness.reader.edit(comment, f"Après {word}")
        assert harness.network.check([comment]) == {comment: Presence.EDITED}
        assert not harness.network.collect(batch.cursor, [ref]).inbound
        batch.cursor["threads"][ref.uri]["at"] = (now() - REREAD_AFTER).isoformat()
        inbound = the(harness.network.collect(batch.cursor, [ref]), comment)
        assert word in inbound.text
        assert inbound.edited_at is not None
