"""What a reader deletes, and what was sealed, is gone from the whole database: no eight words in a row, no handle."""

import json
from collections.abc import Iterator
from itertools import cycle

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.urls import reverse
from wagtail.log_actions import log
from wagtail.models import Comment, ModelLogEntry, Page, Task, Workflow, WorkflowContentType, WorkflowTask

from smeditor.conversations.answers import draft_reply
from smeditor.insight.concerns import editing
from smeditor.insight.concerns.counts import refresh
from smeditor.insight.labels import intake
from smeditor.insight.meaning import stored
from smeditor.insight.tips import sealing
from smeditor.listening.erase import erase_all
from smeditor.listening.traces import GRAM, grams
from smeditor.models import (
    Concern,
    ConcernEdit,
    ConcernMatch,
    ConcernMember,
    CorrectionRequest,
    Delivery,
    Digest,
    Hold,
    Post,
    PostMedia,
    Reaction,
    ReactionLabel,
    SavedReply,
    TextVector,
    Tip,
    Variant,
)
from tests.desk_rows import T0, make_account, make_conversation, make_reaction
from tests.shared import shared

CASES = 1000
AT_ONCE = 334
FILES = ("data/french/a/reactions.jsonl", "data/french/b/reactions.jsonl", "data/grouping/argkp2021_train_dev.jsonl")

SIGN, MAIL = "zorglub", "@mail.far.example"

pytestmark = pytest.mark.django_db


def sentences() -> list[str]:
    """Real sentences long enough to be quoted, each once."""
    rows = (json.loads(line) for name in FILES for line in shared(name).read_text(encoding="utf-8").splitlines())
    texts = dict.fromkeys(row["text"] for row in rows)
    return [text for text in texts if len(text.split()) > GRAM][:CASES]


def everything() -> Iterator[str]:
    """Every value of every table, virtual tables and their segments included, JSON unpacked."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names from the database itself
            for row in cursor.fetchall():
                for value in row:
                    yield from strings(value)


def strings(value) -> Iterator[str]:
    if isinstance(value, bytes | memoryview):
        yield bytes(value).decode("utf-8", "replace")
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for part in pair for text in strings(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in strings(part))
    elif isinstance(value, str):
        if value[:1] in "[{":
            try:
                yield from strings(json.loads(value))
                return
            except ValueError:
                pass
        yield value


def batched(rows: list, size: int) -> list[list]:
    return [rows[at : at + size] for at in range(0, len(rows), size)]


def left_of(texts) -> list[str]:
    """The values that quote one of ``texts``, or hold a handle (all have ``SIGN`` in them) or an address of ``MAIL``."""
    wanted = {gram for text in texts for gram in grams(text)}
    return [
        value[:200] for value in everything() if SIGN in value or MAIL in value or not grams(value).isdisjoint(wanted)
    ]


@pytest.fixture
def editor(django_user_model):
    return django_user_model.objects.create_superuser("edith", "edith@paper.example", "secret")


@pytest.fixture
def workflow():
    workflow = Workflow.objects.create(name="Approval", active=True)
    WorkflowTask.objects.create(workflow=workflow, task=Task.objects.create(name="Look", active=True), sort_order=1)
    kind = ContentType.objects.get_for_model(Post)
    WorkflowContentType.objects.update_or_create(content_type=kind, defaults={"workflow": workflow})
    return workflow


class Quoted:
    """The places to which words travel in a newsroom, filled by the functions that carry them there."""

    def __init__(self, editor, workflow, article):
        self.editor, self.workflow, self.article = editor, workflow, article
        self.account = make_account()
        self.edits: list[ConcernEdit] = []

    def spread(self, rows: list[Reaction]) -> None:
        turns = cycle((0, 1, *(2, 3, 4, 5) * 4))
        concerns = [Concern.objects.create(language="fr") for _ in range(len(rows) // 5)]
        for place, reaction in enumerate(rows):
            ConcernMember.objects.create(concern=concerns[place % len(concerns)], reaction=reaction)
            self.write_about(reaction, next(turns))
        refresh(Concern.objects.filter(pk__in=[concern.pk for concern in concerns]))
        self.edit(concerns, rows)

    def write_about(self, reaction: Reaction, turn: int) -> None:
        text = reaction.content.text
        quoted = f"Elle écrit : « {text} » – que répondre ?"
        if turn == 0:
            post = draft_reply(reaction, quoted, "", self.editor)
            self.workflow.start(post, self.editor)
            post.current_workflow_task_state.reject(user=self.editor, comment=quoted)
        elif turn == 1:
            post = Post(text=quoted, live=False)
            post.accounts = [self.account]
            post.save()
            post.save_revision(user=self.editor, log_action=True)
            Variant.objects.create(post=post, account=self.account, text=quoted, first_comment=quoted)
            PostMedia.objects.create(post=post, alt=quoted)
            payload = {"version": 1, "parts": [{"text": quoted}]}
            Delivery.objects.create(
                post=post, account=self.account, slot=T0, due_at=T0, payload=payload, state_reason=quoted[:500]
            )
        elif turn == 2:
            claimed = {"article": self.article, "claim": text, "passage": text, "reason": quoted, "erratum": quoted}
            request, _made = CorrectionRequest.objects.update_or_create(reaction=reaction, defaults=claimed)
            log(instance=request, action="smeditor.correction_decided", user=self.editor)
        elif turn == 3:
            Hold.objects.create(scope=Hold.Scope.ALL, reason=quoted[:500], placed_by=self.editor)
            SavedReply.objects.create(title=text[:150], text=quoted, language="fr")
        elif turn == 4:
            log(instance=self.article, action="wagtail.edit", user=self.editor, data={"comment": quoted})
            page = Page.objects.get(pk=self.article.pk)
            Comment.objects.create(page=page, user=self.editor, text=quoted, contentpath="title")
        else:
            intake.relabel(reaction, "tip", present=True, user=self.editor)
            ReactionLabel.objects.filter(reaction=reaction).update(evidence=[[0, 5, text]])
            Digest.objects.create(since=T0, until=reaction.published_at, items={"reactions": [reaction.pk]})

    def edit(self, concerns: list[Concern], rows: list[Reaction]) -> None:
        """Name, merge, split, move, decline: each by the function that the desk calls."""
        fresh = [Concern.objects.get(pk=concern.pk) for concern in concerns]
        for concern in fresh[::3]:
            editing.rename(concern, concern.members.first().reaction.content.text[:300], self.editor)
        ConcernMatch.objects.create(first=fresh[0], second=fresh[1], evidence=rows[0].content.text.split()[:3])
        for concern, other in batched(fresh[: len(fresh) // 2 * 2], 2):
            self.edits.append(editing.merge(concern, other, self.editor))
        for concern in Concern.objects.filter(pk__in=[concern.pk for concern in fresh], merged_into=None)[:6]:
            first = concern.members.first().reaction
            self.edits.append(editing.split(concern, [first], self.editor))
            editing.assign(concern, self.editor, self.editor)
            self.edits.append(editing.decline(concern, first.content.text[:500], self.editor))

    def undo_all(self) -> None:
        for edit in reversed(self.edits):
            if ConcernEdit.objects.filter(pk=edit.pk).exists():
                editing.undo(edit, self.editor, T0)


def test_no_table_holds_what_was_erased_or_sealed_not_even_after_an_undo(editor, workflow, article, settings):
    """The kind of K2: deleted words and sealed tips in logs, undo data, labels, comments, drafts, index segments."""
    settings.SMEDITOR = {**settings.SMEDITOR, "EMBEDDING": "tests.insight.tiny_model.embed"}
    bystander = make_reaction("Le kiosque de la place rouvre en mai, avec des glaces et un orchestre le samedi.")
    for batch in batched(sentences(), AT_ONCE):
        account = make_account(server_url="https://other.example")
        rows = [
            make_reaction(
                text,
                author_handle=f"{SIGN}{place}@far.example",
                author_name=f"{SIGN} {place}",
                contact=f"{place}{MAIL}",
                account=account,
                article=article,
                conversation=make_conversation(),
            )
            for place, text in enumerate(batch)
        ]
        intake.run_due(T0)
        stored.run_due(T0)
        assert TextVector.objects.count() > len(batch) / 2
        quoted = Quoted(editor, workflow, article)
        quoted.spread(rows)
        for row in rows[::120]:
            sealing.seal(row, editor)
        erase_all(list(Reaction.objects.filter(pk__in=[row.pk for row in rows])), T0)
        assert left_of(batch) == []
        quoted.undo_all()
        assert left_of(batch) == []
        assert Tip.objects.exists()
        assert set(TextVector.objects.values_list("content__reaction", flat=True)) == {bystander.pk}
    assert Reaction.objects.get(pk=bystander.pk).content.text.startswith("Le kiosque")
    assert Post.objects.filter(text__contains="que répondre ?").exists()


def test_the_site_history_says_that_it_was_done_and_quotes_nobody(client, editor, article):
    """The kind of K2: what Wagtail itself writes and shows takes its label from the thing, hence from a reader."""
    text = "Voilà trois ans que la passerelle du moulin ferme chaque hiver sans que personne ne prévienne"
    first, other = make_reaction(text), make_reaction("Pourquoi la passerelle ferme-t-elle en hiver ?")
    concerns = [Concern.objects.create(language="fr") for _ in range(2)]
    for concern, reaction in zip(concerns, (first, other), strict=True):
        ConcernMember.objects.create(concern=concern, reaction=reaction)
    refresh(Concern.objects.all())
    named = Concern.objects.get(pk=concerns[0].pk)
    editing.rename(named, text, editor)
    editing.merge(named, concerns[1], editor)
    assert ModelLogEntry.objects.count() >= 2
    client.force_login(editor)
    page = client.get(reverse("wagtailadmin_reports:site_history")).content.decode()
    assert f"#{named.pk}" in page
    assert "passerelle" not in page


def test_who_shared_our_title_does_not_take_it_with_them(editor, article):
    article.title = "La passerelle du moulin rouvre samedi après trois ans de travaux et de retards"
    article.save()
    account = make_account()
    post = Post(text=f"À lire : {article.title}", live=False)
    post.accounts = [account]
    post.save()
    erase_all([make_reaction(f"{article.title} https://paper.example/x", article=article)], T0)
    assert article.title in Post.objects.get(pk=post.pk).text
