"""What a person may see: one query set for each model, used by every list, panel, chooser, count, digest and log.

A view asks here and narrows the answer further; none starts from ``Model.objects``. What may be *done* with a thing that
is seen is asked of :mod:`.scope`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from smeditor.models import (
    Account,
    Approval,
    Byline,
    Concern,
    ConcernMatch,
    ConcernMember,
    ConcernQuestion,
    Conversation,
    CorrectionRequest,
    Delivery,
    DeliveryResult,
    Digest,
    Handover,
    HoldProposal,
    Label,
    LibraryEntry,
    Post,
    PostCorrection,
    Reaction,
    ReactionLabel,
    Tip,
)
from smeditor.networks.base import Kind, Presence
from smeditor.permissions import (
    ANSWER_REACTION,
    CHANGE_CORRECTION,
    CONNECT_ACCOUNT,
    HOLD_REACTION,
    MODERATE_REACTION,
    PUBLISH_POST,
    READ_TIP,
    SCHEDULE_POST,
    VIEW_ACCOUNT,
    VIEW_CONCERN,
    VIEW_CORRECTION,
    VIEW_DELIVERY,
    VIEW_DIGEST,
    VIEW_EVERY_REACTION,
    VIEW_HANDOVER,
    VIEW_POST,
    VIEW_REACTION,
)

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""Before any hold: SQLite uses an index for what is later than a moment, and none for what is not NULL."""


def any_of(rows: QuerySet[Any], column: str = "pk") -> Q:
    """Whether ``rows``, which refer to an outer row, hold any: asked for each outer row that is looked at, and no other.

    For an ``EXISTS`` beside an ``OR`` PostgreSQL reads all that could exist into memory first, for a page of twenty.
    ``column``: never null; that of the index by which they are found is read there, without the row.
    """
    return Q(IsNull(Subquery(rows.order_by().values(column)[:1]), False))


def own_articles(user: Any) -> Any:
    """The ids of the articles that ``user`` signs, as a subquery."""
    return Byline.objects.filter(user=user.pk).values("article")


def confided() -> QuerySet[ReactionLabel]:
    """The labels of what a reader, or an editor after them, declared a tip in the newspaper's form; by reaction."""
    declared = Q(by=ReactionLabel.By.READER) | Q(by=ReactionLabel.By.EDITOR)
    return ReactionLabel.objects.filter(
        declared, label=Label.TIP, present=True, reaction__kind=Kind.FORM.value, reaction=OuterRef("pk")
    )


def reactions_visible_to(user: Any) -> QuerySet[Reaction]:
    """Without the permission to read everybody's: those to one's own stories.

    What is aimed at a journalist: moderators only. What was confided in the form: those who may read tips only. What its
    author deleted while a legal hold keeps it: nobody.
    """
    return _readable_by(user).exclude(_out_of_sight())


def reactions_to_hold_for(user: Any) -> QuerySet[Reaction]:
    """Those whose words ``user`` may keep for a legal claim: also what its author deleted while a hold kept it."""
    rows = _readable_by(user).filter(content__isnull=False)
    return rows if user.has_perm(HOLD_REACTION) else rows.none()


def _out_of_sight() -> Q:
    """What its author deleted and only a legal hold keeps: it is in no list but that of the holds."""
    return Q(presence=Presence.DELETED.value, legal_hold_until__isnull=False)


def _sees_all(user: Any) -> bool:
    """Whether ``user`` sees every reaction but those of :func:`_out_of_sight`."""
    return all(user.has_perm(name) for name in (VIEW_REACTION, VIEW_EVERY_REACTION, MODERATE_REACTION, READ_TIP))


def _hidden_from_all() -> QuerySet[Reaction]:
    """Those out of sight: a handful, found by the index of the holds, beside which no row need look for its reaction."""
    return Reaction.objects.filter(_out_of_sight(), legal_hold_until__gt=EARLIEST)


def _readable_by(user: Any) -> QuerySet[Reaction]:
    rows = Reaction.objects.all()
    if not user.has_perm(VIEW_REACTION):
        return rows.none()
    if not user.has_perm(MODERATE_REACTION):
        rows = rows.exclude(queue=Reaction.Queue.PROTECTED)
    if not user.has_perm(READ_TIP):
        rows = rows.filter(~Exists(confided()))
    return rows if user.has_perm(VIEW_EVERY_REACTION) else rows.filter(article__in=own_articles(user))


def reactions_for_authors() -> QuerySet[Reaction]:
    """What a digest may quote to whoever signs the article: nothing that is aimed at a journalist or was confided."""
    shown = Reaction.objects.exclude(_out_of_sight())
    return shown.exclude(queue=Reaction.Queue.PROTECTED).filter(~Exists(confided()))


def concerns_visible_to(user: Any) -> QuerySet[Concern]:
    """Concerns with a reaction that ``user`` may see; those without any reaction, to whoever reads everybody's."""
    rows = Concern.objects.all()
    if not user.has_perm(VIEW_CONCERN):
        return rows.none()
    members = ConcernMember.objects.filter(concern=OuterRef("pk"))
    visible = any_of(members.filter(Exists(reactions_visible_to(user).filter(pk=OuterRef("reaction")))))
    if not user.has_perm(VIEW_EVERY_REACTION):
        return rows.filter(visible)
    visible |= ~any_of(members)
    if _sees_all(user):
        visible = ~Q(pk__in=ConcernMember.objects.filter(reaction__in=_hidden_from_all()).values("concern")) | visible
    return rows.filter(visible)


def matches_visible_to(user: Any) -> QuerySet[ConcernMatch]:
    """Proposals of which ``user`` may see both sides."""
    visible = concerns_visible_to(user)
    return ConcernMatch.objects.filter(
        Exists(visible.filter(pk=OuterRef("first"))), Exists(visible.filter(pk=OuterRef("second")))
    )


def questions_visible_to(user: Any) -> QuerySet[ConcernQuestion]:
    """Questions about concerns of which ``user`` may see both reactions."""
    visible = reactions_visible_to(user)
    return ConcernQuestion.objects.filter(
        Exists(visible.filter(pk=OuterRef("first"))), Exists(visible.filter(pk=OuterRef("second")))
    )


def concerns_for_authors() -> QuerySet[Concern]:
    """Concerns that a digest may name: somebody raised them in a message that is not aimed at a journalist."""
    members = ConcernMember.objects.filter(concern=OuterRef("pk"))
    tellable = any_of(members.filter(Exists(reactions_for_authors().filter(pk=OuterRef("reaction")))))
    return Concern.objects.filter(tellable | ~any_of(members))


def corrections_visible_to(user: Any) -> QuerySet[CorrectionRequest]:
    """Claimed errors whose reaction ``user`` may see; those whose reaction is gone, by the article."""
    rows = CorrectionRequest.objects.all()
    if not (user.has_perm(VIEW_CORRECTION) or user.has_perm(CHANGE_CORRECTION)):
        return rows.none()
    if _sees_all(user):
        return rows.exclude(reaction__in=_hidden_from_all())
    gone = Q(reaction__isnull=True)
    if not user.has_perm(VIEW_EVERY_REACTION):
        gone &= Q(article__in=own_articles(user))
    return rows.filter(gone | any_of(reactions_visible_to(user).filter(pk=OuterRef("reaction"))))


def corrections_for_authors() -> QuerySet[CorrectionRequest]:
    """Claimed errors that a digest may tell of."""
    tellable = any_of(reactions_for_authors().filter(pk=OuterRef("reaction")))
    return CorrectionRequest.objects.filter(Q(reaction__isnull=True) | tellable)


def posts_visible_to(user: Any) -> QuerySet[Post]:
    """Posts, and of the answers to readers those to reactions that ``user`` may see. Nobody sees any without the permission."""
    rows = Post.objects.all()
    if not user.has_perm(VIEW_POST):
        return rows.none()
    if _sees_all(user):
        hidden = Q(kind=Post.Kind.REPLY, in_reply_to__in=_hidden_from_all())
        return rows.filter(~hidden | Q(created_by=user.pk))
    answers = any_of(reactions_visible_to(user).filter(pk=OuterRef("in_reply_to")))
    if user.has_perm(VIEW_EVERY_REACTION):
        answers |= Q(in_reply_to__isnull=True)
    return rows.filter(~Q(kind=Post.Kind.REPLY) | answers | Q(created_by=user.pk))


def stories_visible_to(user: Any) -> QuerySet[Post]:
    """Posts that answer no reader: all of them, to whoever may see posts. Nothing else is asked of a row."""
    rows = Post.objects.filter(kind=Post.Kind.STORY)
    return rows if user.has_perm(VIEW_POST) else rows.none()


def fast_approvals_visible_to(user: Any) -> QuerySet[Approval]:
    """What went out by the fast lane, of the posts that ``user`` may see."""
    posts = Exists(posts_visible_to(user).filter(pk=OuterRef("post")))
    return Approval.objects.filter(posts).exclude(review=Approval.Review.NONE)


def posts_in_thread(user: Any, conversation: Conversation) -> QuerySet[Post]:
    """What the desk said in a thread whose reader ``user`` may read: public answers, so no right to posts is needed."""
    visible = Exists(reactions_visible_to(user).filter(pk=OuterRef("pk")))
    hidden = Reaction.objects.filter(~visible, conversation=conversation)
    return Post.objects.filter(conversation=conversation).exclude(in_reply_to__in=hidden)


def deliveries_visible_to(user: Any) -> QuerySet[Delivery]:
    """The deliveries of the posts that ``user`` may see."""
    rows = Delivery.objects.all()
    if not user.has_perm(VIEW_DELIVERY):
        return rows.none()
    if user.has_perm(MODERATE_REACTION) and user.has_perm(VIEW_EVERY_REACTION):
        return rows
    return rows.filter(Exists(posts_visible_to(user).filter(pk=OuterRef("post"))))


def post_corrections_visible_to(user: Any) -> QuerySet[PostCorrection]:
    """The tasks of correcting posts whose deliveries ``user`` may see."""
    return PostCorrection.objects.filter(Exists(deliveries_visible_to(user).filter(pk=OuterRef("delivery"))))


def proposals_visible_to(user: Any) -> QuerySet[HoldProposal]:
    """The holds that were proposed for posts that ``user`` may see, decided or not."""
    rows = HoldProposal.objects.all()
    if not user.has_perm(VIEW_DELIVERY):
        return rows.none()
    return rows.filter(Exists(posts_visible_to(user).filter(pk=OuterRef("post"))))


def results_visible_to(user: Any) -> QuerySet[DeliveryResult]:
    """What became of the deliveries that ``user`` may see."""
    return DeliveryResult.objects.filter(Exists(deliveries_visible_to(user).filter(pk=OuterRef("delivery"))))


def library_visible_to(user: Any) -> QuerySet[LibraryEntry]:
    """The library's posts, to whoever may see posts: none of them answers a reader."""
    rows = LibraryEntry.objects.all()
    return rows if user.has_perm(VIEW_POST) else rows.none()


def accounts_visible_to(user: Any) -> QuerySet[Account]:
    """All accounts, to whoever may see accounts or connects them."""
    rows = Account.objects.all()
    return rows if user.has_perm(VIEW_ACCOUNT) or user.has_perm(CONNECT_ACCOUNT) else rows.none()


def digests_visible_to(user: Any) -> QuerySet[Digest]:
    """One's own digests; everybody's, to whoever leads the desk."""
    rows = Digest.objects.all()
    if not user.has_perm(VIEW_DIGEST):
        return rows.none()
    return rows if user.has_perm(CONNECT_ACCOUNT) else rows.filter(user=user.pk)


def handovers_visible_to(user: Any) -> QuerySet[Handover]:
    """The notes from shift to shift, to whoever plans. Which of their figures, is asked of each figure."""
    rows = Handover.objects.all()
    return rows if user.has_perm(VIEW_HANDOVER) else rows.none()


def tips_visible_to(user: Any) -> QuerySet[Tip]:
    """The code names of tips, never an envelope."""
    rows = Tip.objects.defer("envelope")
    return rows if user.has_perm(READ_TIP) else rows.none()


def only_suggests(user: Any) -> bool:
    """Whether ``user`` proposes posts that others plan and approve, and so may change their own drafts alone."""
    return not any(user.has_perm(name) for name in (SCHEDULE_POST, PUBLISH_POST, ANSWER_REACTION))
