"""Reactions: what readers wrote or did. Their words lie apart, with a date on which they are erased."""

from __future__ import annotations

import swapper
from django.conf import settings
from django.db import models
from django.db.models import F
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from smeditor.models.accounts import Account
from smeditor.models.conversations import Conversation
from smeditor.models.deliveries import Delivery
from smeditor.models.fields import EncryptedTextField, LinkField
from smeditor.models.readers import Reader
from smeditor.models.sources import Source
from smeditor.networks.base import Kind, Presence
from smeditor.networks.kinds import WITH_TEXT


class Label(models.TextChoices):
    """What an editor acts on; a reaction may carry several (reference: Risch and Krestel, CIKM 2020)."""

    QUESTION = "question", _("question")
    CORRECTION = "correction", _("correction")
    TIP = "tip", _("tip")
    TESTIMONY = "testimony", _("testimony")
    CRITICISM = "criticism", _("criticism")
    SUGGESTION = "suggestion", _("suggestion")
    THANKS = "thanks", _("thanks")
    SPAM = "spam", _("spam")
    ABUSE = "abuse", _("abuse")
    CALL_FOR_HELP = "call_for_help", _("call for help")


OLDEST_FIRST = F("pk") + 0
"""The order of what is still open. By the bare key a database would walk the whole table in that order to find a few."""

KIND_LABELS = {
    Kind.REPLY: _("reply"),
    Kind.MENTION: _("mention"),
    Kind.QUOTE: _("quote"),
    Kind.COMMENT: _("comment"),
    Kind.FEED: _("feed entry"),
    Kind.FORM: _("message sent by form"),
    Kind.WEBMENTION: _("mention on a website"),
    Kind.LIKE: _("like"),
    Kind.REPOST: _("repost"),
}

ORIGIN_LABELS = {"form": _("reader's form"), "web": _("web page or feed")}
"""The names of those origins of a reaction that are no network with accounts."""

PRESENCE_LABELS = {
    Presence.ALIVE: _("there"),
    Presence.EDITED: _("edited"),
    Presence.DELETED: _("deleted"),
    Presence.PROTECTED: _("not public any more"),
    Presence.HIDDEN: _("hidden by the account"),
    Presence.SUSPENDED: _("its author is not there"),
    Presence.UNKNOWN: _("not known"),
}


class AttachedBy(models.TextChoices):
    """How the article of a reaction was found: the reason that the interface shows. The first that applies wins."""

    EDITOR = "editor", _("An editor said so.")
    FORM = "form", _("The reader wrote through the form of this article.")
    REPLY = "reply", _("It answers, likes or passes on our post about this article.")
    THREAD = "thread", _("It belongs to a thread about this article.")
    QUOTE = "quote", _("It quotes our post about this article.")
    TOKEN = "token", _("It carries the link of our post about this article.")
    LINK = "link", _("It links to this article.")
    SOURCE = "source", _("It was read on a page that discusses this article.")
    NONE = "", _("No article was found.")


class Reaction(models.Model):
    """One reaction, without its words (:class:`ReactionText`). Counts, labels and links live here."""

    class Queue(models.TextChoices):
        INBOX = "inbox", _("inbox")
        DONE = "done", _("done")
        UNATTACHED = "unattached", _("without an article")
        SPAM = "spam", _("spam")
        PROTECTED = "shield", _("aimed at a journalist")

    KINDS_WITH_TEXT = tuple(kind.value for kind in WITH_TEXT)

    network = models.CharField(_("network"), max_length=30)
    kind = models.CharField(_("kind"), max_length=12, choices=[(k.value, v) for k, v in KIND_LABELS.items()])
    native_id = models.CharField(max_length=500)
    cid = models.CharField(max_length=200, blank=True)
    url = LinkField(_("address"), max_length=1000, blank=True)
    permalink = LinkField(max_length=1000, blank=True, editable=False)
    """The address that is its alone, by which it is asked whether it is still there; empty where ``url`` is shared."""
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="reactions")
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.SET_NULL, related_name="reactions")
    reader = models.ForeignKey(Reader, null=True, blank=True, on_delete=models.SET_NULL, related_name="reactions")
    article = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"),
        verbose_name=_("article"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="smeditor_reactions",
        db_index=False,
    )
    attached_by = models.CharField(_("attached because"), max_length=10, choices=AttachedBy.choices, blank=True)
    """``get_attached_by_display()`` says it in words."""
    proposed_article = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    """An article whose title it names: never more than a proposal."""
    delivery = models.ForeignKey(Delivery, null=True, blank=True, on_delete=models.SET_NULL, related_name="reactions")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children", db_index=False
    )
    parent_key = models.CharField(max_length=64, blank=True, editable=False)
    """Fingerprint of the message that it answers, by which a parent that comes later is found."""
    conversation = models.ForeignKey(
        Conversation, null=True, blank=True, on_delete=models.SET_NULL, related_name="reactions", db_index=False
    )
    language = models.CharField(_("language"), max_length=12, blank=True)
    has_media = models.BooleanField(default=False)
    reaction_type = models.CharField(max_length=20, blank=True)
    """Of a like, in its network's own word (``love``, ``angry``); empty where there is one kind only."""
    visibility = models.CharField(max_length=12, blank=True)
    """Whom it was written for, in its network's own word: an answer is no more public than that."""
    published_at = models.DateTimeField(_("written"))
    collected_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True, blank=True)

    presence = models.CharField(
        _("on the network"),
        max_length=10,
        choices=[(p.value, v) for p, v in PRESENCE_LABELS.items()],
        default=Presence.ALIVE.value,
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    missing_since = models.DateTimeField(null=True, blank=True)
    """First of the two checks that must both miss it before it counts as deleted."""
    next_check_at = models.DateTimeField(null=True, blank=True, db_index=True)

    queue = models.CharField(_("queue"), max_length=10, choices=Queue.choices, default=Queue.INBOX)
    queue_reason = models.CharField(max_length=300, blank=True)
    triage_version = models.CharField(max_length=40, blank=True)
    triaged_at = models.DateTimeField(null=True, blank=True)
    grouped_at = models.DateTimeField(null=True, blank=True)
    """Both None while it waits to be labelled and grouped; of what has no words, when it was stored, as ``embedded_at``."""
    embedded_at = models.DateTimeField(null=True, blank=True)
    """When the vector of its words was computed; ``None``: they still wait for one, as after an edit."""
    compared_at = models.DateTimeField(null=True, blank=True)
    """When it was compared with what else was said under its article; ``None``: it still is to be, as after an edit."""
    legal_hold_until = models.DateTimeField(null=True, blank=True, db_index=True)
    """Until then its words are kept for a legal claim, whatever its author or the time does (GDPR art. 17(3)(e))."""
    legal_hold_reason = models.CharField(max_length=300, blank=True)
    legal_hold_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        ordering = ["-published_at", "-pk"]
        # That a reaction exists once is held by ReactionKey: a native id alone repeats from one server to the next.
        indexes = [
            models.Index(fields=["parent_key"], name="smeditor_reaction_parent_key"),
            # Of answers alone: SQLite took one with all that answer nothing for the way to the few that wait for a parent.
            models.Index(fields=["parent"], name="smeditor_reaction_parent", condition=models.Q(parent__isnull=False)),
            models.Index(fields=["queue", "-published_at", "-id"], name="smeditor_reaction_queue"),
            # Asked together they are found together: of two indexes with one of them each, SQLite takes either.
            models.Index(fields=["conversation", "queue"], name="smeditor_reaction_thread"),
            models.Index(fields=["article", "-published_at"], name="smeditor_reaction_article"),
            models.Index(fields=["triage_version"], name="smeditor_reaction_rules"),
            # What came in since the last digest.
            models.Index(fields=["queue", "collected_at"], name="smeditor_reaction_collected"),
            # What is still to be labelled, grouped and embedded: a handful of rows, however many millions were. What a reader
            # does without writing is stored as seen: what counts as waiting is all that PostgreSQL's statistics know of it.
            models.Index(
                fields=["kind"], name="smeditor_reaction_to_label", condition=models.Q(triaged_at__isnull=True)
            ),
            models.Index(
                fields=["kind", "queue", "id"],
                name="smeditor_reaction_to_group",
                condition=models.Q(grouped_at__isnull=True),
            ),
            models.Index(
                fields=["kind", "queue", "id"],
                name="smeditor_reaction_to_embed",
                condition=models.Q(embedded_at__isnull=True),
            ),
            models.Index(
                fields=["kind", "queue", "article"],
                name="smeditor_reaction_to_compare",
                condition=models.Q(compared_at__isnull=True),
            ),
            # Whose vector came after its labels: they are read again beside it.
            models.Index(
                fields=["id"],
                name="smeditor_reaction_relabel",
                condition=models.Q(embedded_at__gt=models.F("triaged_at")),
            ),
        ]
        permissions = [
            ("view_every_reaction", _("Can read the reactions to everybody's articles")),
            ("answer_reaction", _("Can answer readers and change labels")),
            ("moderate_reaction", _("Can move reactions between queues and see masked words")),
            ("export_reaction", _("Can export reactions")),
            ("hold_reaction", _("Can keep reactions for a legal claim, and end that")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"


class ReactionText(models.Model):
    """The reader's words and name: what is erased when they delete it, or when its time is over."""

    reaction = models.OneToOneField(Reaction, on_delete=models.CASCADE, related_name="content")
    text = models.TextField(_("text"), blank=True)
    content_warning = models.CharField(max_length=200, blank=True)
    """What the reader put the text behind; the text begins with it."""
    masked = models.TextField(blank=True)
    """The words with insults masked, where triage masked any; shown instead of the text until asked for."""
    author_handle = models.CharField(_("handle"), max_length=255, blank=True)
    author_name = models.CharField(_("name"), max_length=255, blank=True)
    author_url = LinkField(max_length=500, blank=True)
    contact = EncryptedTextField(blank=True)
    """An e-mail address given in the reader's form, for the answer only."""
    passage = models.TextField(blank=True)
    """The passage of the article that a form message quotes."""
    expires_at = models.DateTimeField(db_index=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("words of a reaction")
        # A reader who asks for their own is looked for by how they sign, in small letters.
        indexes = [
            models.Index(Lower("author_handle"), name="smeditor_text_handle"),
            models.Index(Lower("author_url"), name="smeditor_text_author_url"),
        ]

    def __str__(self) -> str:
        return f"#{self.reaction_id}"


class ReactionKey(models.Model):
    """One identity under which a reaction may arrive; the same reaction by two routes shares a row of Reaction."""

    reaction = models.ForeignKey(Reaction, on_delete=models.CASCADE, related_name="keys")
    key = models.CharField(max_length=64)
    """HMAC-SHA-256 of ``kind:identity`` with the newsroom's pseudonym key, so that nobody else can look one up."""
    kind = models.CharField(max_length=20)

    class Meta:
        verbose_name = _("identity of a reaction")
        constraints = [models.UniqueConstraint(fields=["key"], name="smeditor_key_once")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key[:8]}"


class ReactionFingerprint(models.Model):
    """What one author said at one time, as a fingerprint: by it the same words are known on two networks."""

    reaction = models.ForeignKey(Reaction, on_delete=models.CASCADE, related_name="fingerprints", db_index=False)
    author = models.CharField(max_length=64)
    """Keyed hash of the author's name without the marks of a bridge."""
    network = models.CharField(max_length=30)
    simhash = models.CharField(max_length=16)
    """64 bits in hexadecimal."""
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("fingerprint of words")
        constraints = [
            models.UniqueConstraint(
                fields=["reaction", "author", "network", "simhash", "at"], name="smeditor_fingerprint_once"
            )
        ]
        indexes = [models.Index(fields=["author"], name="smeditor_fingerprint_author")]

    def __str__(self) -> str:
        return f"{self.network}:{self.simhash}"


class ReactionLabel(models.Model):
    """One label on one reaction, who set it and why."""

    class By(models.TextChoices):
        RULES = "rules", _("rules")
        MEANING = "meaning", _("read beside examples")
        MODEL = "model", _("learned from editors")
        READER = "reader", _("the reader")
        EDITOR = "editor", _("an editor")

    reaction = models.ForeignKey(Reaction, on_delete=models.CASCADE, related_name="labels", db_index=False)
    label = models.CharField(_("label"), max_length=20, choices=Label.choices)
    present = models.BooleanField(default=True)
    """False: an editor said that this label does not apply; the machine may not set it again."""
    by = models.CharField(max_length=10, choices=By.choices, default=By.RULES)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    score = models.FloatField(default=1)
    evidence = models.JSONField(default=list, blank=True)
    """[[start, end, rule]]: the spans of the text that raised it."""
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        constraints = [models.UniqueConstraint(fields=["reaction", "label"], name="smeditor_label_once")]
        indexes = [
            # By score: that is how the possible tips are ranked.
            models.Index(
                fields=["label", "-score", "-reaction"], name="smeditor_label", condition=models.Q(present=True)
            ),
            # By time: that is how a model learns and the labels are exported.
            models.Index(
                fields=["label", "at", "id"], name="smeditor_label_by_editor", condition=models.Q(by="editor")
            ),
        ]

    def __str__(self) -> str:
        return self.get_label_display()


class Tombstone(models.Model):
    """What is left of a reaction that its author deleted: a hash, so that a poll cannot bring it back."""

    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = _("tombstone")
        constraints = [models.UniqueConstraint(fields=["key"], name="smeditor_tombstone_once")]

    def __str__(self) -> str:
        return self.key[:8]
