"""Which saved replies are proposed for a reaction, with their fields filled."""

from __future__ import annotations

from dataclasses import dataclass

from smeditor.articles import article_adapter
from smeditor.models import Label, Reaction, SavedReply


@dataclass(frozen=True, slots=True)
class Proposal:
    """One saved reply as it would read for one reaction.

    ``fits``: it was written for the reaction's language and for one of its labels. ``situation``: that label as the
    editor reads it, "" for a reply that is meant for any reaction.
    """

    reply: SavedReply
    text: str
    fits: bool
    situation: str


def proposals(reaction: Reaction) -> list[Proposal]:
    """The active saved replies: those in the reaction's language and for its labels first, a call for help before all."""
    labels = {label.label for label in reaction.labels.all() if label.present}
    language = (reaction.language or "")[:2]
    rows = list(SavedReply.objects.filter(active=True))
    rows.sort(
        key=lambda row: (
            row.language[:2] != language,
            row.situation not in labels,
            row.situation != Label.CALL_FOR_HELP,
            row.title,
        )
    )
    article = _article_fields(reaction)
    return [
        Proposal(
            reply=row,
            text=fill(row.text, reaction, article),
            fits=row.situation in labels and row.language[:2] == language,
            situation=str(dict(Label.choices).get(row.situation, "")),
        )
        for row in rows
    ]


def fill(text: str, reaction: Reaction, article: dict[str, str]) -> str:
    """``text`` with ``{name}`` replaced by who wrote ``reaction``, and ``{article}`` and ``{url}`` from ``article``."""
    params = {"name": reaction.content.author_name or reaction.content.author_handle, **article}
    for name, value in params.items():
        text = text.replace("{" + name + "}", value)
    return " ".join(text.split(" ")).strip()


def _article_fields(reaction: Reaction) -> dict[str, str]:
    if reaction.article is None:
        return {"article": "", "url": ""}
    try:
        facts = article_adapter().facts(reaction.article.specific)
    except TypeError:
        return {"article": reaction.article.title, "url": reaction.article.full_url or ""}
    return {"article": facts.title, "url": facts.url}
