"""Why a reaction carries its labels: each label with the words that raised it and what the rule behind them says."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from smeditor.insight.labels.rule_sentences import sentence
from smeditor.insight.labels.trained_models import TRAINED
from smeditor.insight.meaning.stored import in_force
from smeditor.insight.triage import explain
from smeditor.insight.triage.semantic import EXAMPLE, SemanticClassifier, shipped_for
from smeditor.models import Label, Reaction, ReactionLabel

IRONY = "irony"
CERTAINTIES: tuple[tuple[float, str | Promise], ...] = (
    (0.9, _("almost certain")),
    (0.7, _("very likely")),
    (0.5, _("likely")),
    (0.0, _("possible")),
)
"""From which score on, in words."""
NAMES: dict[str, str | Promise] = {**dict(Label.choices), IRONY: _("irony")}


@dataclass(frozen=True, slots=True)
class Reason:
    """Words of the text, what they mean to the rule named, and whether it counted, for the label or against it."""

    text: str
    sentence: str
    rule: str
    counted: bool = True
    against: bool = False


@dataclass(slots=True)
class Explained:
    """One label: its name, the row that says whether it applies (None: nobody said anything), and the reasons."""

    label: str
    title: str | Promise
    row: ReactionLabel | None
    reasons: list[Reason] = field(default_factory=list)

    @property
    def present(self) -> bool:
        """Whether the label applies."""
        return self.row is not None and self.row.present

    @property
    def certainty(self) -> str | Promise:
        """How sure triage is that the label applies, in words; empty for a tip, whose score is a rank, and for people's."""
        if self.row is None or not self.row.present or self.label == Label.TIP:
            return ""
        if self.row.by in {ReactionLabel.By.EDITOR, ReactionLabel.By.READER}:
            return ""
        return next(wording for least, wording in CERTAINTIES if self.row.score >= least)

    @property
    def relabelled(self) -> bool:
        """Whether it can be set by a click: marks of the text, such as irony, cannot."""
        return self.label in Label.values


def explained(reaction: Reaction, readable: bool) -> list[Explained]:
    """Every label of which there is something to say, in the order of ``NAMES``; without words unless ``readable``.

    What is masked in the message is masked in its reasons.
    """
    rows = {row.label: row for row in reaction.labels.select_related("user")}
    found = {name: Explained(name, title, rows.get(name)) for name, title in NAMES.items()}
    text = reaction.content.text
    shown = reaction.content.masked or text  # as long as the text: each masked letter is one mark
    for finding in explain(text, reaction.language or None) if readable else ():
        reason = Reason(
            shown[finding.start : finding.end],
            sentence(finding.rule, reaction.language),
            finding.rule,
            finding.counted,
            finding.weight < 0,
        )
        about = found.setdefault(finding.label, Explained(finding.label, finding.label, rows.get(finding.label)))
        if reason not in about.reasons:
            about.reasons.append(reason)
    for label, row in rows.items():
        by_model = [
            Reason(shown[start:end], sentence(TRAINED), "") for start, end, rule in row.evidence if rule == TRAINED
        ]
        found[label].reasons += [*by_model, *_examples(row)] if readable else []
    return [entry for entry in found.values() if entry.row or entry.reasons]


def _examples(row: ReactionLabel) -> list[Reason]:
    """The examples that the text comes nearest to, where that is why it has a label."""
    ids = [rule for _start, _end, rule in row.evidence if rule.startswith(EXAMPLE)]
    classifier: SemanticClassifier | None = shipped_for(in_force()) if ids else None
    known = [classifier.example(id) for id in ids] if classifier else []
    return [Reason(example.text, sentence(example.id), "") for example in known if example]
