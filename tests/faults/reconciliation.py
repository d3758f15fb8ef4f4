"""Counting: what the desk believes about its messages, against what readers see on the networks."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import httpx

from smeditor.models import Delivery
from tests.faults.orders import MARK, marks

POST = "app.bsky.feed.post"
FINAL = ("sent", "human", "refused", "cancelled", "stopped", "late")
InboundItem = dict[str, list[str]]
"""Mark of a message to the addresses under which readers see it."""


def on_servers(report: dict[str, Any]) -> InboundItem:
    """What the servers of the fault harness hold."""
    inbound: InboundItem = defaultdict(list)
    for texts in report["posts"].values():
        for mark, uris in marks(texts):
            inbound[mark] += uris
    return inbound


def on_pds(pds_url: str, did: str) -> InboundItem:
    """Every post in the account's repository, read from the PDS itself."""
    inbound: InboundItem = defaultdict(list)
    cursor = ""
    with httpx.Client(base_url=pds_url, trust_env=False, timeout=30) as client:
        while True:
            query = {"repo": did, "collection": POST, "limit": "100"} | ({"cursor": cursor} if cursor else {})
            page = client.get("/xrpc/com.atproto.repo.listRecords", params=query).raise_for_status().json()
            for record in page["records"]:
                found = MARK.search(record["value"]["text"])
                if found:
                    inbound[found[1]].append(record["uri"])
            cursor = page.get("cursor", "")
            if not cursor or not page["records"]:
                return inbound


@dataclass
class Verdict:
    """By network: deliveries, messages lost, messages doubled. ``wrong`` names the first few of them."""

    by_network: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    wrong: list[str] = field(default_factory=list)

    def total(self, name: str) -> int:
        return sum(counts[name] for counts in self.by_network.values())


def judge(inbound: InboundItem) -> Verdict:
    """Lost: believed to be sent and not there, or there under another address, or in no settled state. Doubled: the
    copies too many.
    """
    verdict = Verdict()
    final = (Delivery.State.SENT, Delivery.State.HUMAN)
    for delivery in Delivery.objects.select_related("account").prefetch_related("parts"):
        counts = verdict.by_network[delivery.account.network]
        counts["deliveries"] += 1
        texts = [part["text"] for part in delivery.payload["parts"]]
        for part, text in zip(delivery.parts.all(), texts, strict=True):
            found = MARK.search(text)
            copies = inbound.get(found[1], []) if found else []
            doubled = max(0, len(copies) - 1)
            believed = bool(part.remote_id) or delivery.state == Delivery.State.SENT
            lost = delivery.state not in final or (believed and not _stands(part.remote_id, copies))
            counts["doubled"] += doubled
            counts["lost"] += lost
            if (lost or doubled) and len(verdict.wrong) < 20:
                verdict.wrong.append(
                    f"{delivery.pk} {delivery.account} {text!r} {delivery.state} ({delivery.state_reason}) "
                    f"as {part.remote_id!r}: {copies} {_history(delivery)}"
                )
    return verdict


def _history(delivery: Delivery) -> str:
    """How it came: every attempt's part, state, beginning and end, and its looks (+ found, - not)."""
    lines = []
    for attempt in delivery.attempts.order_by("number").select_related("part"):
        checks = [f"{entry['at'][11:19]}{'+' if entry['found'] else '-'}" for entry in attempt.read_backs]
        until = f"{attempt.finished_at:%H:%M:%S}" if attempt.finished_at else "?"
        place = attempt.part.position if attempt.part else "?"
        begun = f"{attempt.started_at:%H:%M:%S}-{until}"
        lines.append(" ".join([str(attempt.number), f"part {place}", attempt.state, begun, *checks]))
    return "; ".join(lines)


def _stands(remote_id: str, copies: list[str]) -> bool:
    """Whether the message is there where the desk believes it; a person's link is no address of the network's."""
    return remote_id in copies or (remote_id.startswith("http") and bool(copies))
