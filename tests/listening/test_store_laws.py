"""Any order, any cutting into batches and any repetition of the same sightings leave the same rows."""

from datetime import timedelta
from hashlib import blake2b
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as fuzzing
from hypothesis import strategies as st

from smeditor.listening.batch import Origin
from smeditor.listening.identity import simhash
from smeditor.listening.store import store
from smeditor.models import Account, Conversation, Reaction, ReactionKey, Reader
from smeditor.networks.base import Kind
from tests.listening.conftest import make_account
from tests.listening.double import T0, message, person

pytestmark = pytest.mark.django_db
NOW = T0 + timedelta(hours=2)
MINUTE = timedelta(minutes=1)
LONG = "I have taken this line every day for ten years and it was never on time once"
US = "https://memory.example/us-paper@memory.example"


def sightings() -> list[tuple[str, object]]:
    """(network, what was seen): a thread with everything that makes order matter."""
    bridged = person(handle="lea.memory.example.ap.brid.gy", remote_id="did:plc:lea")
    return [
        ("memory", message("r1", LONG, in_reply_to="ours-1", other_ids=("https://memory.example/notes/r1",))),
        ("memory", message("r1", LONG, kind=Kind.MENTION, other_ids=("https://memory.example/notes/r1",))),
        ("memory", message("r1", LONG + " really", in_reply_to="ours-1", edited_at=T0 + 9 * MINUTE)),
        ("bluesky", message("at://lea/1", LONG, author=bridged, published_at=T0 + MINUTE)),
        ("bluesky", message("at://lea/2", LONG, author=bridged, published_at=T0 + 2 * MINUTE, kind=Kind.MENTION)),
        ("memory", message("r2", "So would I, twice a day.", author=person("max"), in_reply_to="r1", published_at=T0 + 3 * MINUTE)),
        ("memory", message("r3", "And who pays?", author=person("zoe"), in_reply_to="r2", published_at=T0 + 4 * MINUTE)),
        ("memory", message("r4", "Nobody?", author=person("max"), in_reply_to="r3", published_at=T0 + 5 * MINUTE)),
        ("memory", message("m1", "Hello paper", author=person("tom"), kind=Kind.MENTION, published_at=T0 + 6 * MINUTE)),
        ("memory", message("l1", "", kind=Kind.LIKE, subject="ours-1", author=person("tom"), published_at=T0 + 7 * MINUTE)),
        ("memory", message("o1", "Thank you", author=person("us", remote_id=US), in_reply_to="ours-1")),
    ]  # fmt: skip


def picture() -> dict:
    """What the rows say, without their numbers."""
    names = {}
    for row in Reaction.objects.select_related("content", "reader", "parent").order_by(
        "published_at", "network", "native_id"
    ):
        names[row.pk] = (row.network, row.native_id)
    talks: dict[int, set] = {}
    rows = {}
    for row in Reaction.objects.select_related("content", "reader"):
        talks.setdefault(row.conversation_id or -row.pk, set()).add(names[row.pk])
        content = getattr(row, "content", None)
        rows[names[row.pk]] = (
            row.kind, row.published_at, row.edited_at, row.article_id, row.attached_by, row.queue, row.reader.pseudonym,
            content and content.text, names.get(row.parent_id),
            tuple(sorted(ReactionKey.objects.filter(reaction=row).values_list("key", flat=True))),
            tuple(sorted(row.fingerprints.values_list("network", "simhash"))),
        )  # fmt: skip
    waits = sorted(Conversation.objects.values_list("state", "waiting_since", "article"), key=str)
    return {
        "rows": rows,
        "talks": sorted(map(sorted, talks.values())),
        "waits": waits,
        "people": Reader.objects.count(),
    }


def play(order: list[int], cuts: set[int]) -> dict:
    """Store the sightings in this order, cut into batches, and return the picture; leave nothing behind."""
    Reaction.objects.all().delete()
    Conversation.objects.all().delete()
    Reader.objects.all().delete()
    origins = {account.network: Origin(account.network, account=account) for account in Account.objects.all()}
    inbound, batch = sightings(), []
    for place, index in enumerate(order):
        network, item = inbound[index]
        if batch and (place in cuts or batch[0][0] != network):
            store([each for _network, each in batch], origins[batch[0][0]], NOW)
            batch = []
        batch.append((network, item))
    store([each for _network, each in batch], origins[batch[0][0]], NOW)
    return picture()


@fuzzing(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_order_and_any_repetition_leave_the_same_rows(sent, data):
    if not Account.objects.filter(network="bluesky").exists():
        make_account("bluesky", "paper.bsky.social", server_url="https://bsky.social")
    everything = list(range(len(sightings())))
    usual = play(everything, set())
    again = data.draw(st.lists(st.sampled_from(everything), max_size=6))
    order = data.draw(st.permutations(everything + again))
    cuts = data.draw(st.sets(st.integers(1, len(order)), max_size=6))
    assert play(order, cuts) == usual


def test_a_simhash_is_the_majority_of_the_bits_of_all_tokens_and_pairs():
    tokens = ["the", "tram", "is", "late", "again", "on", "a", "sunday", "in", "the", "rain"]
    features = [*tokens, *map(" ".join, pairwise(tokens))]
    hashes = [int.from_bytes(blake2b(feature.encode(), digest_size=8).digest(), "big") for feature in features]
    ones = [sum(found >> place & 1 for found in hashes) for place in range(64)]
    assert int(simhash(tokens), 16) == sum(1 << place for place in range(64) if 2 * ones[place] > len(hashes))
    assert simhash([]) == "0" * 16
