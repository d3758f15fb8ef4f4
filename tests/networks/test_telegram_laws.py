"""Laws of the Telegram adapter, for any text and any lie: counting, addresses, cursors, parsing."""

from __future__ import annotations

import copy
import json
from contextlib import suppress

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smeditor.exceptions import BadAnswer, SmeditorError
from smeditor.networks.base import Credentials, Message, Prepared, Ref
from smeditor.networks.client import GuardedClient
from smeditor.networks.telegram import Telegram, entities, ids, webhook
from smeditor.networks.telegram.cursor import Cursor
from smeditor.networks.telegram.updates import Place, Updates
from smeditor.text.offsets import utf16_length
from tests.networks.doubles.telegram.readers import LEA
from tests.networks.doubles.telegram.world import CHANNEL, GROUP, World
from tests.networks.telegram_steps import NOW, hook

TOKEN = "1000:AAdesk-token_0123456789abcdefghijk"
SECRET = "secret_0123456789"
PLACE = Place(CHANNEL, "leclair", GROUP, 1000, "leclair_desk_bot")
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
relaxed = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def answering(*answers):
    """The adapter at a server that gives these answers in turn, the last for ever."""
    waiting = list(answers)

    def handle(request):
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    client = GuardedClient(transport=httpx.MockTransport(handle), resolver=lambda host, port: ["93.184.216.34"])
    return Telegram(
        Credentials("https://api.telegram.org", "leclair", str(CHANNEL), {"bot_token": TOKEN}), client=client
    )


def good(result):
    return {"ok": True, "result": result}


# counting


@given(st.text())
def test_a_text_counts_its_utf_16_units_without_the_white_space_around_it(text):
    assert entities.length(text) == utf16_length(text.strip())


@given(st.text())
def test_a_text_never_counts_less_than_its_characters(text):
    assert entities.length(text) >= len(text.strip())


@given(st.text(min_size=1), st.text(min_size=1))
def test_counting_adds_up(first, second):
    joined = f"x{first}y{second}z"
    assert entities.length(joined) == 3 + utf16_length(first) + utf16_length(second)


@given(st.text())
def test_marks_lie_within_the_text_in_order_and_overlap_nowhere(text):
    found = entities.marked(text)
    ends = [0]
    for mark in found:
        assert ends[-1] <= mark.start < mark.end <= len(text)
        ends.append(mark.end)


# entities


@given(st.text(max_size=40), st.integers(-3, 90), st.integers(-3, 90))
def test_an_entity_covers_what_its_units_say_or_nothing(text, offset, length):
    units = text.encode("utf-16-le", "surrogatepass")
    shown = entities.covered(units, {"offset": offset, "length": length})
    if offset >= 0 and length > 0 and offset + length <= len(units) // 2:
        assert shown.encode("utf-16-le") in units
    else:
        assert shown == ""


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_link_is_found_wherever_it_stands(before, after):
    link = "https://example.org/é?x=👋"
    text = f"{before} {link} {after}"
    entity = {"type": "url", "offset": utf16_length(f"{before} "), "length": utf16_length(link)}
    assert entities.links(text, [entity]) == (link,)


@given(anything)
def test_entities_of_any_shape_lead_nowhere_dangerous(lie):
    for link in entities.links("voyez example.org", lie):
        assert link.startswith(("http://", "https://"))
    for lying in ({"type": "text_link", "url": lie}, {"type": "url", "offset": lie, "length": lie}):
        for link in entities.links("voyez example.org", [lying]):
            assert link.startswith(("http://", "https://"))


def test_an_address_without_a_scheme_gets_one_and_a_script_is_no_link():
    found = [
        {"type": "url", "offset": 6, "length": 11},
        {"type": "text_link", "offset": 0, "length": 1, "url": "javascript:x"},
    ]
    assert entities.links("voyez example.org", found) == ("http://example.org",)


# ids


@given(st.integers(-(1 << 52), -1), st.integers(1, 10**9))
def test_a_native_id_is_read_as_it_was_written(chat, number):
    assert ids.parts_of(ids.native_id(chat, number)) == (chat, number)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=10, unique=True))
def test_an_album_is_kept_whole_in_what_is_stored_with_its_first(numbers):
    ref = Ref(ids.native_id(CHANNEL, numbers[0]), cid=ids.album(numbers))
    assert ids.numbers_of(ref) == numbers
    assert len(ref.cid) <= 200


@given(st.text())
def test_no_text_breaks_the_reading_of_ids_and_addresses(text):
    ids.parts_of(text)
    ids.chat_named(text)
    ids.message_at(text, CHANNEL, "leclair")
    ids.numbers_of(Ref(text, cid=text))


@given(st.integers(1, 10**9))
def test_the_address_of_a_post_leads_back_to_it(number):
    for chat in ({"id": CHANNEL, "username": "leclair"}, {"id": CHANNEL}):
        assert ids.message_at(ids.address(chat, number), CHANNEL, "leclair") == number


# the cursor


@given(st.dictionaries(st.sampled_from(["offset", "at", "threads", "counts", "x"]), anything))
def test_a_cursor_that_a_stranger_wrote_is_read_and_written_again(data):
    written = Cursor.read(data).as_json()
    assert Cursor.read(json.loads(json.dumps(written))).as_json() == written
    Cursor.read(data).start(NOW)


# updates


def update_with(**message):
    world = World()
    base = {"message_id": 7, "date": 1_790_000_000, "chat": world.chats[GROUP], "from": LEA, "text": "x"}
    return {"update_id": 1, "message": base | message}


@relaxed
@given(anything)
def test_an_update_of_any_shape_raises_nothing(lie):
    reading = Updates(PLACE, Cursor(), remembers=False, first_of={})
    reading.take({"update_id": 1, "message": lie, "edited_message": lie, "message_reaction_count": lie})


@relaxed
@given(st.data())
def test_a_lie_in_any_place_of_an_honest_update_raises_nothing(data):
    forward = {"message_id": 5, "date": 1_790_000_000, "chat": {"id": GROUP, "type": "supergroup"}, "is_automatic_forward": True,
               "media_group_id": "5", "forward_origin": {"type": "channel", "message_id": 100, "chat": {"id": CHANNEL}}}  # fmt: skip
    honest = update_with(reply_to_message=forward, message_thread_id=5, edit_date=1_790_000_001,
                         entities=[{"type": "text_link", "offset": 0, "length": 1, "url": "https://a.example"}],
                         sticker={"emoji": "x"}, rich_message={"blocks": [{"text": ["a", {"text": "b"}]}]})  # fmt: skip
    honest["message_reaction_count"] = {"chat": {"id": CHANNEL}, "message_id": 100, "date": 1_790_000_000,
                                        "reactions": [{"type": {"type": "emoji", "emoji": "👍"}, "total_count": 2}]}  # fmt: skip
    lying = put(honest, data.draw(st.sampled_from(places(honest))), data.draw(anything))
    reading = Updates(PLACE, Cursor(), remembers=data.draw(st.booleans()), first_of={})
    reading.take(lying)
    for item in reading.inbound.values():
        assert ids.parts_of(item.native_id.split("/", 2)[0] + "/" + item.native_id.split("/", 2)[1])
        assert not item.url or item.url.startswith("https://t.me/")
    network = answering(good(World().desk.user), good({"id": CHANNEL, "type": "channel", "linked_chat_id": GROUP}))
    body = json.dumps(lying).encode("utf-8", "surrogatepass")
    try:
        events = network.receive(hook({webhook.HEADER: SECRET}, body), {"webhook_secret": SECRET}).events
    except SmeditorError:
        return
    network.read_events([event.data for event in events])


def places(thing, path=()):
    found = [path] if path else []
    if isinstance(thing, dict):
        for key, value in thing.items():
            found += places(value, (*path, key))
    elif isinstance(thing, list):
        for place, value in enumerate(thing):
            found += places(value, (*path, place))
    return found


def put(thing, path, lie):
    changed = copy.deepcopy(thing)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = lie
    return changed


# servers that lie


HONEST = {
    "verify": [
        good(World().desk.user), good(World().full(CHANNEL)),
        good({"status": "administrator", "can_post_messages": True}), good({"status": "member"}), good(12),
    ],
    "collect": [good([update_with()]), good(World().desk.user), good(World().full(CHANNEL))],
    "send": [good({"message_id": 5, "date": 1_790_000_000, "chat": World().chats[CHANNEL]})],
    "edit": [good({"message_id": 5, "date": 1_790_000_000, "edit_date": 1_790_000_001, "chat": World().chats[CHANNEL]})],
    "delete": [good(True)],
}  # fmt: skip


def operation(network, name):
    prepared = Prepared({"method": "sendMessage", "params": {"chat_id": str(CHANNEL), "text": "x"}, "files": []})
    return {
        "verify": network.verify,
        "collect": lambda: network.collect({}),
        "send": lambda: network.send(prepared, "i", NOW),
        "edit": lambda: network.edit(Ref(f"{CHANNEL}/5"), prepared),
        "delete": lambda: network.delete(Ref(f"{CHANNEL}/5")),
    }[name]


@pytest.mark.parametrize("name", list(HONEST))
def test_an_honest_server_is_understood(name):
    operation(answering(*HONEST[name]), name)()


@relaxed
@given(st.data())
def test_every_kind_of_value_in_every_place_gives_only_errors_of_our_tree(data):
    name = data.draw(st.sampled_from(list(HONEST)))
    lie = data.draw(anything)
    lying = put(HONEST[name], data.draw(st.sampled_from(places(HONEST[name]))), lie)
    with suppress(SmeditorError):
        operation(answering(*[httpx.Response(200, json=answer) for answer in lying]), name)()


@relaxed
@given(st.integers(300, 599), anything)
def test_every_status_with_every_body_gives_only_errors_of_our_tree(status, body):
    network = answering(httpx.Response(status, json=body))
    for name in HONEST:
        with pytest.raises(SmeditorError) as caught:
            operation(network, name)()
        assert caught.value.sentence, (name, status)


@given(st.dictionaries(st.sampled_from(["method", "params", "files"]), anything))
def test_a_stored_body_that_a_stranger_wrote_is_refused_or_sent(body):
    network = answering(good({"message_id": 5, "chat": {"id": CHANNEL}}))
    with suppress(SmeditorError):
        network.send(Prepared(body), "i", NOW)


def test_a_page_whose_updates_have_no_number_is_a_bad_answer():
    with pytest.raises(BadAnswer):
        answering(good([{"message": {}}])).collect({})


@given(st.text(max_size=50))
def test_any_text_is_prepared_as_it_is(text):
    prepared = answering(good(True)).prepare(Message(text), {})
    assert prepared.body["params"]["text"] == text
    assert "parse_mode" not in prepared.body["params"]
