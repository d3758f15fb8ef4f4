"""Rows of the desk for tests: a reaction with its words, reader, account and article, in one call."""

from datetime import UTC, datetime, timedelta
from itertools import count

from smeditor.models import Account, Conversation, Reaction, ReactionText, Reader

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
numbers = count(1)


def make_account(**fields) -> Account:
    number = next(numbers)
    defaults = {
        "network": "mastodon",
        "handle": f"paper{number}",
        "server_url": "https://social.example",
        "limits": {"max_length": 500, "unit": "characters"},
    }
    return Account.objects.create(**{**defaults, **fields})


def make_reader(**fields) -> Reader:
    number = next(numbers)
    return Reader.objects.create(**{"pseudonym": f"{number:064}", "network": "mastodon", **fields})


def make_reaction(text: str = "", reader: Reader | None = None, **fields) -> Reaction:
    """A reaction; with ``text`` it has words. Fields of the words are given as ``author_handle``, ``contact``, ``passage``."""
    number = next(numbers)
    texts = {
        name: fields.pop(name) for name in ("author_handle", "author_name", "contact", "passage") if name in fields
    }
    defaults = {
        "network": "mastodon",
        "kind": "reply",
        "native_id": str(number),
        "language": "fr",
        "published_at": T0 + timedelta(minutes=number),
        "reader": reader or make_reader(),
    }
    reaction = Reaction.objects.create(**{**defaults, **fields})
    if text:
        ReactionText.objects.create(
            reaction=reaction,
            text=text,
            expires_at=T0 + timedelta(days=3650),
            **{"author_handle": f"reader{number}", **texts},
        )
    return reaction


def make_conversation(**fields) -> Conversation:
    return Conversation.objects.create(**{"waiting_since": T0, **fields})
