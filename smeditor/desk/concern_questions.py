"""Questions to editors: two reactions side by side, and whether they raise the same. One key answers, the next one comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from smeditor.desk.base import DeskPage, OperationView
from smeditor.desk.capped import capped_count, shown
from smeditor.desk.inbox.cards import Card, card_of, readable
from smeditor.insight.clustering.background import common_terms
from smeditor.insight.clustering.tokens import base_language, terms
from smeditor.insight.clustering.written_forms import written_forms
from smeditor.insight.concerns import asking
from smeditor.insight.concerns.calibration import weights_for
from smeditor.insight.same_concern.probability import reasons
from smeditor.models import ConcernQuestion
from smeditor.permissions import ANSWER_CONCERN
from smeditor.permissions.visibility import questions_visible_to, reactions_visible_to

SHOWN_TERMS = 6

REASONS: dict[str, StrOrPromise] = {
    "discriminant": _("They are about the same point, in other words."),
    "meaning": _("They mean nearly the same."),
    "above_usual": _("They are nearer to each other than to anything else that was said here."),
    "deviation": _("They depart from what everybody says here in the same direction."),
    "passage": _("They are about the same passage of the article."),
    "tokens": _("They share rare words."),
    "characters": _("They share rare words."),
    "repeated": _("One repeats the other’s words."),
    "thread": _("They stand in one thread."),
    "contested": _("They say that the same passage is wrong."),
}
"""What speaks for it, by the evidence of ``same_concern``; that both raise something at all is no reason of its own."""
MOST_REASONS = 2

CHANCES = ((0.6, _("very likely")), (0.35, _("likely")), (0.15, _("possible")), (0.0, _("hardly likely")))
"""How likely it is, in words, from a probability on."""


@dataclass(frozen=True)
class AskedPair:
    """A question as a page shows it: the cards of both reactions, how likely they are the same, and why."""

    question: ConcernQuestion
    cards: list[Card]
    chance: StrOrPromise
    reasons: list[StrOrPromise]
    shared: list[str]


def visible_questions(user: Any) -> QuerySet[ConcernQuestion]:
    """The open questions that ``user`` may answer: none without the right to answer concerns."""
    if not user.has_perm(ANSWER_CONCERN):
        return ConcernQuestion.objects.none()
    return asking.open_questions().filter(pk__in=questions_visible_to(user).values("pk"))


def asked_pairs(questions: list[ConcernQuestion], user: Any) -> list[AskedPair]:
    """Return the questions of which ``user`` may read both reactions, with what is shown of them, in their order."""
    ids = {pk for question in questions for pk in (question.first_id, question.second_id)}
    found = readable(reactions_visible_to(user)).in_bulk(ids)
    pairs = []
    for question in questions:
        if question.first_id in found and question.second_id in found:
            cards = [card_of(found[pk], user) for pk in (question.first_id, question.second_id)]
            pairs.append(AskedPair(question, cards, chance_of(question), reasons_of(question), shared_by(cards)))
    return pairs


def chance_of(question: ConcernQuestion) -> StrOrPromise:
    """Say in words how likely the two are the same."""
    return next(text for least, text in CHANCES if question.probability >= least)


def reasons_of(question: ConcernQuestion) -> list[StrOrPromise]:
    """Say in sentences what speaks for it, the strongest first."""
    weights = weights_for(question.kind)
    if len(question.evidence) != len(weights.names):
        return []
    found = [REASONS[name] for name in reasons(weights, question.evidence) if name in REASONS]
    return list(dict.fromkeys(found))[:MOST_REASONS]


def shared_by(cards: list[Card]) -> list[str]:
    """The rarer words that both readers write, as they write them."""
    first, second = cards
    language = first.reaction.language
    if language != second.reaction.language:
        return []
    shared = set(terms(first.text, language)) & set(terms(second.text, language))
    common = common_terms(base_language(language or None))
    telling = sorted(shared - common.keys(), key=lambda term: (-len(term), term))[:SHOWN_TERMS]
    return written_forms(telling, [card.text for card in cards], language)


class ConcernQuestions(DeskPage):
    """The best open question, or the one of the address; how many are left, and the last answer to take back."""

    any_permission_required = (ANSWER_CONCERN,)
    header_icon = "help"
    page_title = _("The same concern?")
    template_name = "smeditor/admin/concerns/questions.html"
    parents = ((reverse_lazy("smeditor:concerns"), _("Concerns")),)

    @cached_property
    def pair(self) -> AskedPair | None:
        """The question that is asked; None where nothing is to be asked."""
        rows = visible_questions(self.request.user)
        if "pk" in self.kwargs:
            chosen = asked_pairs(list(rows.filter(pk=self.kwargs["pk"])), self.request.user)
            if chosen:
                return chosen[0]
        return next(iter(asked_pairs(list(rows[:5]), self.request.user)), None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The question, how many are left, and this editor's last answer."""
        user = self.request.user
        left = capped_count(visible_questions(user))
        return super().get_context_data(
            pair=self.pair, left=left, left_shown=shown(left), last=last_answer_of(user), **kwargs
        )


def last_answer_of(user: Any) -> ConcernQuestion | None:
    """What ``user`` answered last and may take back; None where nothing is."""
    rows = ConcernQuestion.objects.filter(user=user, edit__isnull=False, edit__undone_at__isnull=True)
    return rows.select_related("edit").order_by("-answered_at").first()


class ConcernQuestionOperation(OperationView[ConcernQuestion]):
    """An answer to a question of which this user may see both reactions; the next question follows."""

    any_permission_required = (ANSWER_CONCERN,)
    model = ConcernQuestion

    def get_base_object_queryset(self) -> QuerySet[ConcernQuestion]:
        """The questions of which this user may see both reactions."""
        return questions_visible_to(self.request.user)

    def get_success_url(self) -> str:
        """The page that the form names, else the next question."""
        return self.next_url or reverse("smeditor:concern_questions")


class AnswerSame(ConcernQuestionOperation):
    """The two raise the same."""

    same: ClassVar[bool] = True

    def perform_operation(self) -> None:
        """Join them, or keep them apart, as an editor's word."""
        asking.answer(self.object, self.request.user, same=self.same)
        self.success_message = gettext("They are one concern now.") if self.same else gettext("They stay two concerns.")


class AnswerDifferent(AnswerSame):
    """The two do not raise the same."""

    same = False


class Skip(ConcernQuestionOperation):
    """One cannot tell."""

    def perform_operation(self) -> None:
        """Ask nobody about these two again."""
        asking.skip(self.object, self.request.user)
        self.success_message = gettext("Nobody is asked about these two again.")
