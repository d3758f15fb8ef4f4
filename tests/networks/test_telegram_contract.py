"""What every network promises, on the double of Telegram.

Images have no alternative text there, nobody quotes or passes on, and a bot can neither read back nor see that a comment
was deleted: what the contract's tests ask of these they skip, and this says so.
"""

from __future__ import annotations

import json

import pytest

from smeditor.exceptions import Gone, Refused
from smeditor.networks.base import Kind, Message, Poll, Prepared, Presence, ReaderOperation, Ref, WebhookRequest
from tests.networks.contract import NetworkContract
from tests.networks.contract_steps import fully_prepared, now, picture, ref_of, token
from tests.networks.doubles.telegram.readers import LEA
from tests.networks.doubles.telegram.world import CHANNEL, GROUP
from tests.networks.harness import FaultyTransport, Harness, Published, Reader
from tests.networks.telegram_steps import opened, telegram_server

SECRET = "webhook-secret-0123456789"
SENDING = ("send", "edit", "delete")


class ChannelReader(Reader):
    """Léa, who comments in the discussion group."""

    handle = "lea_martin"

    def __init__(self, double):
        self.double = double

    def reply(self, ref, text):
        chat, number = (int(part) for part in ref.uri.split("/"))
        answered = self.double.thread_of(number) if chat == CHANNEL else number
        return f"{GROUP}/{self.double.comment(answered, text, person=LEA)}"

    def mention(self, text):
        return f"{GROUP}/{self.double.chat(f'@leclair {text}')}"

    def like(self, ref):
        self.double.count_reactions(int(ref.uri.partition("/")[2]), thumbs=1)

    def edit(self, native_id, text):
        self.double.change(int(native_id.partition("/")[2]), text)

    def delete(self, native_id):
        del self.double.world.messages[GROUP][int(native_id.partition("/")[2])]

    def quote(self, ref, text):
        raise AssertionError("nobody quotes there")

    def repost(self, ref):
        raise AssertionError("who passes a post on is not told")


class TelegramHarness(Harness):
    readers_edit = True
    answer_kind = Kind.COMMENT
    carries = frozenset({"links", "mentions", "tags"})

    def __init__(self, double):
        self.double = double
        self.transport = FaultyTransport(
            sends=lambda request: request.url.path.rpartition("/")[2].startswith(SENDING),
            rate_limit_headers=dict,
            error_body={"ok": False, "error_code": 429, "description": "x", "parameters": {"retry_after": 3}},
        )
        self.network = opened(double, self.transport)
        self.network.collect({})
        self.reader = ChannelReader(double)
        self.secrets = (double.token, double.token.partition(":")[2])

    def published(self, ref: Ref) -> Published | None:
        chat, number = (int(part) for part in ref.uri.split("/"))
        message = self.double.world.messages[chat].get(number)
        if message is None:
            return None
        poll = message.get("poll")
        text = poll["question"] if poll else message.get("text") or message.get("caption") or ""
        units = text.encode("utf-16-le")
        found: dict[str, list[str]] = {"url": [], "mention": [], "hashtag": []}
        for item in message.get("entities", []):
            shown = units[2 * item["offset"] : 2 * (item["offset"] + item["length"])].decode("utf-16-le")
            found[item["type"]].append(shown)
        above = message.get("reply_to_message", {}).get("message_id")
        return Published(
            text=text,
            links=tuple(found["url"]),
            mentions=tuple(name[1:] for name in found["mention"]),
            tags=tuple(tag[1:] for tag in found["hashtag"]),
            alts=("",) * len(self._album(chat, message)),
            reply_to=f"{chat}/{above}" if above else "",
            poll=poll and self._poll(poll),
        )

    def _poll(self, poll):
        options = tuple(option["text"] for option in poll["options"])
        return Poll(options, poll["open_period"] // 60, poll["allows_multiple_answers"])

    def _album(self, chat, message):
        """The messages with files that ``message`` stands for."""
        album = message.get("media_group_id")
        messages = self.double.world.messages[chat].values()
        return [found for found in messages if found is message or (album and found.get("media_group_id") == album)]

    def operated(self, native_id, operation):
        chat, number = (int(part) for part in native_id.split("/"))
        return bool(self.double.world.bot_reactions.get((chat, number), {}).get(self.double.world.desk.number))

    def webhook(self, text):
        desk = self.double.world.desk
        desk.webhook = {"url": "https://desk.example/hook", "secret_token": SECRET}
        self.reader.mention(text)
        headers, body = self.double.deliveries()[-1]
        desk.webhook = {}
        return WebhookRequest("POST", {}, headers, body), {"webhook_secret": SECRET}

    def count_published(self, token):
        messages = self.double.world.messages[CHANNEL].values()
        return sum(token in message.get("text", message.get("caption", "")) for message in messages)

    def with_secret(self, secret):
        return opened(self.double, self.transport, secret=secret)

    def at(self, server_url):
        network = opened(self.double, self.transport)
        network.api.base_url = network.api.base_url.replace(self.double.url, server_url)
        return network

    def break_next(self, fault, *, sending):
        self.transport.waiting.append((fault, sending))


@pytest.fixture(scope="module")
def server():
    with telegram_server() as double:
        yield double


@pytest.fixture
def harness(server):
    server.reset()
    server.breaches.clear()
    harness = TelegramHarness(server)
    yield harness
    harness.network.close()
    assert server.breaches == []


class TestTelegram(NetworkContract):
    def test_what_is_left_out_is_what_it_does_not_promise(self, harness):
        capabilities = harness.network.capabilities
        assert (capabilities.alt_text, capabilities.read_back, capabilities.checks_presence) == (False, False, False)
        assert not capabilities.collects & {Kind.QUOTE, Kind.REPOST, Kind.REPLY}

    def test_a_text_one_longer_is_refused_with_a_sentence(self, harness):
        """White space at the end is taken away there and counts nothing, so that the text ends with something else."""
        limit = harness.network.limits().max_length
        text = (token() + "é" * limit)[: limit + 1]
        assert harness.network.count(text) == limit + 1
        with pytest.raises(Refused):
            ref_of(harness, text)

    def test_what_is_gone_cannot_be_operated_on(self, harness):
        """The group itself says that a message is gone."""
        ref = ref_of(harness, f"Article {token()}")
        written = harness.reader.reply(ref, f"Oups {token()}")
        harness.reader.delete(written)
        with pytest.raises(Gone):
            harness.network.operate(written, ReaderOperation.LIKE)

    def test_what_became_of_a_comment_is_never_claimed(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        comment = harness.reader.reply(ref, f"Je regrette {token()}")
        assert harness.network.check([comment]) == {comment: Presence.UNKNOWN}

    def test_without_its_files_nothing_goes_out(self, harness):
        prepared = fully_prepared(harness.network, Message(f"Image {token()}", media=(picture("Le port"),)))
        stored = Prepared.from_json(json.loads(json.dumps(prepared.as_json())))
        with pytest.raises(Refused):
            harness.network.send(stored, harness.network.mint_identity(now()), now())
        assert harness.double.world.messages[CHANNEL] == {}
