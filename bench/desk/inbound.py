"""What came back: readers, reactions in the order in which they came, their threads, texts, identities and labels."""

from __future__ import annotations

import bisect
import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bench.desk.language import LABELS, RARE, sentence
from bench.desk.newsroom import DAYS, NETWORKS, Newsroom, Written
from bench.desk.rows import Table
from smeditor import conf
from smeditor import models as sme
from smeditor.listening.identity import canonical

CHECKS = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 72, 168, 720))
THREADED = {"reply", "mention", "quote", "form"}
KINDS = {"like": 30, "repost": 12, "reply": 40, "mention": 8, "quote": 5, "comment": 3, "form": 2}
BOTS, STAFF = 97, 1009
"""Every 97th reader is a bot, every 1,009th of the house."""


class Keys:
    """:func:`smeditor.listening.identity.fingerprint`, a million times."""

    def __init__(self) -> None:
        self.keyed = hmac.new(conf.pseudonym_key(), digestmod=hashlib.sha256)

    def fingerprint(self, kind: str, identity: str) -> str:
        """Return the keyed hash of ``kind:identity``."""
        keyed = self.keyed.copy()
        keyed.update(f"{kind}:{identity}".encode())
        return keyed.hexdigest()

    def of_address(self, address: str) -> str:
        """Return the key of a message whose id is an address."""
        return self.fingerprint("uri", canonical(address))

    def of_reaction(self, written: Written) -> list[tuple[str, str]]:
        """Return (kind, key) of each identity of a reaction."""
        if not written.has_text:
            return [("act", self.fingerprint("act", f"{written.network}:{written.kind}:{written.native_id}"))]
        return [("uri", self.of_address(address)) for address in (written.native_id, f"{written.native_id}/web")]


def readers(newsroom: Newsroom) -> None:
    """Write readers under the pseudonyms that the desk would give them."""
    keys = Keys()
    Table(sme.Reader).write(
        {
            "id": pk, "pseudonym": keys.fingerprint("reader", f"{NETWORKS[pk % 2]}:{pk}"), "network": NETWORKS[pk % 2],
            "first_seen_at": newsroom.now - timedelta(days=DAYS),
            "is_bot": pk % BOTS == 0, "is_staff": pk % STAFF == 0,
        }
        for pk in range(1, newsroom.readers + 1)
    )  # fmt: skip


def reactions(newsroom: Newsroom) -> None:
    """Write reactions, each after the post that it answers."""
    Table(sme.Reaction).write(Reactions(newsroom).rows())


class Reactions:
    """The rows of all reactions, and what the newsroom keeps in mind of each."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom, self.rng, self.keys = newsroom, newsroom.rng, Keys()
        self.times = [sent[0] for sent in newsroom.sent]
        self.share = min(1.0, 9 * newsroom.concerns / max(1, newsroom.reactions * 0.58))
        """How many of those with words raise a concern that others raise as well."""
        self.latest: dict[int, Written] = {}
        """The last message of the thread below each delivery."""

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield rows, the oldest first."""
        moments = sorted(self.newsroom.moment() for _ in range(self.newsroom.reactions))
        for pk, at in enumerate(moments, 1):
            written = self._written(pk, at)
            parent = self._thread(written) if written.kind in THREADED else None
            if written.has_text and written.queue in ("inbox", "done") and self.rng.random() < self.share:
                written.concern = min(
                    self.newsroom.concerns, int(self.newsroom.concerns * self.rng.random() ** 2.5) + 1
                )
                self.newsroom.members[written.concern].append(written)
            self.newsroom.written.append(written)
            yield self._row(written, parent)

    def _written(self, pk: int, at: Any) -> Written:
        rng = self.rng
        kind = rng.choices([*KINDS], [*KINDS.values()])[0]
        place = bisect.bisect(self.times, at) - 1 - int(rng.expovariate(1 / 6))
        delivery, account, article = self.newsroom.sent[place][1:] if place >= 0 else (None, None, None)
        network = NETWORKS[account % 2 ^ 1 if account else pk % 2]
        network = {"comment": "web", "form": "form"}.get(kind, network)
        native = f"https://{network}.example/@r{pk}/{pk + 10**9}"
        language = "fr" if rng.random() < 0.7 else "en"
        written = Written(
            pk, kind, at, network, native, account, article, delivery, self.newsroom.reader(), "inbox", "", language
        )
        if written.has_text:
            written.label = rng.choices([*LABELS], [*LABELS.values()])[0]
            written.queue = self._queue(at)
        if written.queue == "unattached":
            written.delivery = written.article = None
        return written

    def _queue(self, at: Any) -> str:
        chance, is_young = self.rng.random(), (self.newsroom.now - at).days < 7
        bounds = {"spam": 0.02, "shield": 0.024, "unattached": 0.05, "inbox": 0.6 if is_young else 0.12}
        return next((queue for queue, bound in bounds.items() if chance < bound), "done")

    def _thread(self, written: Written) -> Written | None:
        above = self.latest.get(written.delivery or 0)
        parent = above if above and self.rng.random() < 0.3 else None
        written.conversation = parent.conversation if parent else written.pk
        self.newsroom.threads[written.conversation].append(written)
        self.latest[written.delivery or 0] = written
        return parent

    def _row(self, written: Written, parent: Written | None) -> dict[str, Any]:
        at, has_text = written.at, written.has_text
        following = next((at + step for step in CHECKS if at + step > self.newsroom.now), None)
        return {
            "id": written.pk, "network": written.network, "kind": written.kind, "native_id": written.native_id,
            "url": written.native_id if has_text else "", "reader_id": written.reader, "article_id": written.article,
            "account_id": written.account if written.network in NETWORKS else None, "delivery_id": written.delivery,
            "attached_by": "reply" if written.article else "", "parent_id": parent.pk if parent else None,
            "conversation_id": written.conversation or None, "language": written.language if has_text else "",
            "parent_key": self.keys.of_address(parent.native_id) if parent else "", "published_at": at,
            "collected_at": at, "checked_at": at, "next_check_at": following and following + timedelta(hours=9),
            "queue": written.queue, "triage_version": "bench" if has_text else "", "triaged_at": at,
            "grouped_at": at if written.queue not in ("spam", "shield") else None,
            "embedded_at": at if written.queue not in ("spam", "shield") else None,
            "compared_at": at if written.queue not in ("spam", "shield") else None,
        }  # fmt: skip


def conversations(newsroom: Newsroom) -> None:
    """Write threads: some wait for an answer, some were answered."""
    rng = newsroom.rng

    def rows() -> Iterator[dict[str, Any]]:
        for pk, thread in newsroom.threads.items():
            is_open = any(written.queue == "inbox" for written in thread) and rng.random() < 0.75
            is_answered = not is_open and rng.random() < 0.4
            yield {
                "id": pk, "account_id": thread[0].account,
                "article_id": thread[0].article, "state": "open" if is_open else "answered" if is_answered else "closed",
                "waiting_since": thread[0].at if is_open else None,
                "answered_at": thread[-1].at + timedelta(hours=1) if is_answered else None,
                "answered_by_id": rng.choice(newsroom.users).pk if is_answered else None,
                "assigned_to_id": rng.choice(newsroom.users).pk if rng.random() < 0.05 else None,
            }  # fmt: skip

    Table(sme.Conversation).write(rows())


def texts(newsroom: Newsroom) -> None:
    """Write texts, identities, fingerprints and labels."""
    keys, with_text = Keys(), [written for written in newsroom.written if written.has_text]
    Table(sme.ReactionText).write(_texts(newsroom, with_text))
    identities = Table(sme.ReactionKey)
    identities.write(
        {"id": identities.next(), "reaction_id": written.pk, "key": key, "kind": kind}
        for written in newsroom.written
        for kind, key in keys.of_reaction(written)
    )
    fingerprints = Table(sme.ReactionFingerprint)
    fingerprints.write(
        {
            "id": fingerprints.next(), "reaction_id": written.pk, "network": written.network, "at": written.at,
            "author": keys.fingerprint("author", str(written.reader)), "simhash": f"{newsroom.rng.getrandbits(64):016x}",
        }
        for written in with_text
    )  # fmt: skip
    labels = Table(sme.ReactionLabel)
    labels.write(
        {
            "id": labels.next(), "reaction_id": written.pk, "label": written.label or "spam",
            "score": newsroom.rng.random() if written.label == "tip" else 0.9,
            "at": written.at, "by": "editor" if written.pk % 50 == 0 else "rules",
            "evidence": [[0, 8, f"{written.label}.1"]],
        }
        for written in with_text
        if written.label or written.queue == "spam"
    )  # fmt: skip


def _texts(newsroom: Newsroom, with_text: list[Written]) -> Iterator[dict[str, Any]]:
    newest = max((written.pk for written in with_text if written.queue == "inbox"), default=0)
    for number, written in enumerate(with_text, 1):
        text = sentence(newsroom.rng, written.concern or -written.pk, written.language, written.label)
        if written.pk == newest:
            text = f"{RARE[0]} {text}"  # looked for in any newsroom, and found
        if written.pk % 5 == 0 or written.concern:
            newsroom.texts[written.pk] = text
        yield {
            "id": number, "reaction_id": written.pk, "text": text, "author_name": f"Reader {written.reader}",
            "author_handle": f"r{written.reader}@{written.network}.example",
            "author_url": f"https://{written.network}.example/@r{written.reader}",
            "expires_at": newsroom.now + timedelta(days=180),
        }  # fmt: skip
