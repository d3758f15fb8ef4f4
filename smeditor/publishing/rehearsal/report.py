"""The report of a rehearsal: one page that needs nothing beside it, for a browser or a mail."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from django.template.defaultfilters import floatformat
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from smeditor import conf
from smeditor.models import Delivery
from smeditor.publishing.rehearsal.outcome import Outcome

STYLE = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
SHOWN = 500
"""Deliveries that the page lists one by one, those that went wrong first."""


def page(outcome: Outcome) -> str:
    """The report as a whole HTML document, in the active language. It may load nothing and run nothing: its policy says so."""
    calm = (Delivery.State.SENT, Delivery.State.CANCELLED)
    rows = sorted(outcome.rows, key=lambda row: (row.state in calm and not row.faults, row.slot))
    policy = f"default-src 'none'; style-src 'sha256-{_digest(STYLE)}'; base-uri 'none'; form-action 'none'"
    return render_to_string(
        "smeditor/rehearsal/report.html",
        {
            "outcome": outcome,
            "summary": outcome.summary(),
            "hours": [(hour, [cells.get(account) for account in outcome.accounts]) for hour, cells in outcome.hours],
            "rows": rows[:SHOWN],
            "more": max(0, len(rows) - SHOWN),
            "half": floatformat(outcome.median_delay, 1),
            "longest": floatformat(outcome.longest_delay, 1),
            "policy": policy,
            "style": _style(),
            "zone": conf.zone(),
        },
    )


def _style() -> SafeString:
    return format_html("<style>{}</style>", mark_safe(STYLE))  # noqa: S308 - our own file


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
