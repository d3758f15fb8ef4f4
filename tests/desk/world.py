"""A small desk for tests: one of everything that the admin shows. Plain functions that write the least there must be."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from itertools import count

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone

from smeditor.insight.same_concern.probability import LEXICAL, names
from smeditor.models import (
    Account,
    Alert,
    Attempt,
    Concern,
    ConcernMatch,
    ConcernMember,
    ConcernQuestion,
    Conversation,
    CorrectionRequest,
    Delivery,
    DeliveryResult,
    Digest,
    Erratum,
    Handover,
    Hold,
    HoldProposal,
    LibraryEntry,
    Measurement,
    Part,
    PendingConnection,
    Post,
    PostCorrection,
    Reaction,
    ReactionLabel,
    ReactionText,
    Reader,
    Rerun,
    Rule,
    RuleRun,
    SavedReply,
    SensitiveEvent,
    Source,
    Tip,
    TopicClash,
)
from smeditor.permissions.roles import create_roles
from smeditor.publishing.payload import VERSION, digest

numbers = count(1)
PASSWORD = "au-clair-de-lune"


def make_user(name: str, *roles: str, **fields):
    """A user who may enter the admin, in the groups named by ``roles``."""
    user = get_user_model().objects.create_user(name, f"{name}@paper.example", PASSWORD, **fields)
    groups = create_roles()
    user.groups.set(groups[role] for role in roles)
    return user


def make_account(handle: str = "paper", network: str = "mastodon", **fields) -> Account:
    server = "https://social.example" if network == "mastodon" else "https://bsky.social"
    secret = {"access_token": "very-secret-token"} if network == "mastodon" else {"app_password": "very-secret-token"}
    fields = {"server_url": server, "secret": secret, "limits": {"max_length": 500, "unit": "grapheme"}, **fields}
    return Account.objects.create(network=network, handle=handle, **fields)


def make_post(text: str = "The tram opens in May.", accounts=(), **fields) -> Post:
    post = Post(text=text, live=False, **fields)
    post.accounts = list(accounts)
    post.save()
    post.save_revision(user=fields.get("created_by"))
    return post


def make_delivery(post: Post, account: Account, **fields) -> Delivery:
    now = timezone.now()
    part = {"text": post.text, "media": [], "card": None, "comment": False}
    payload = {"version": VERSION, "link": "", "language": "en", "quote": None, "poll": None, "parts": [part]}
    fields = {"slot": now, "due_at": now, "payload": payload, **fields}
    fields.setdefault("payload_hash", digest(payload))
    fields.setdefault("approved_hash", fields["payload_hash"])
    delivery = Delivery.objects.create(post=post, account=account, **fields)
    part = Part.objects.create(delivery=delivery)
    Attempt.objects.create(delivery=delivery, part=part, number=1, started_at=now, identity="id-1")
    return delivery


def make_task(delivery: Delivery, text: str = "It opens in June, not in May.", **fields) -> PostCorrection:
    """A post to correct, whose article's readers are told ``text``; "" where it was unpublished."""
    key, now = delivery.post.article_key or next(numbers), timezone.now()
    if text:
        hashed = f"{next(numbers):064}"
        fields["erratum"] = Erratum.objects.create(article_key=key, text=text, text_hash=hashed, noted_at=now)
    else:
        fields["cause"] = PostCorrection.Cause.UNPUBLISHED
    return PostCorrection.objects.create(delivery=delivery, **{"article_key": key, "opened_at": now, **fields})


def make_result(delivery: Delivery, **fields) -> DeliveryResult:
    """A publication measured three times, the last time a moment ago."""
    now = timezone.now()
    numbers_now = {"likes": 31, "reposts": 4, "replies": 7, "quotes": 1, "views": 2890, "people": 12, "visits": 140}
    fields = {**numbers_now, "engagement": 43, "measured_at": now, "next_at": now + timedelta(days=2), **fields}
    result = DeliveryResult.objects.create(
        delivery=delivery, account=delivery.account, sent_at=now - timedelta(days=1), **fields
    )
    for place, hours in enumerate((24, 23, 1)):
        shown = {name: number * place // 2 for name, number in numbers_now.items()}
        Measurement.objects.create(result=result, at=now - timedelta(hours=hours), **shown)
    return result


def make_reaction(text: str = "When does it open?", account=None, article=None, labels=(), **fields) -> Reaction:
    """A reply of a reader of its own, waiting in its own conversation."""
    number, now = next(numbers), timezone.now()
    masked, handle = fields.pop("masked", ""), fields.pop("handle", f"reader{number}")
    contact = fields.pop("contact", "")
    reader = fields.pop("reader", None) or Reader.objects.create(pseudonym=f"p{number}", network="mastodon")
    conversation = Conversation.objects.create(account=account, article=article, waiting_since=now)
    fields = {
        "network": "mastodon",
        "kind": "reply",
        "native_id": f"n{number}",
        "published_at": now - timedelta(minutes=number),
        "language": "en",
        "conversation": conversation,
        **fields,
    }
    reaction = Reaction.objects.create(account=account, article=article, reader=reader, **fields)
    ReactionText.objects.create(
        reaction=reaction,
        text=text,
        masked=masked,
        author_handle=handle,
        contact=contact,
        expires_at=now + timedelta(days=30),
    )
    for label in labels:
        ReactionLabel.objects.create(reaction=reaction, label=label, evidence=[[0, 4, f"en.{label}"]])
    return reaction


def make_concern(reactions, label: str = "When does the tram open?", **fields) -> Concern:
    articles, networks = ({getattr(row, name) for row in reactions} - {None} for name in ("article_id", "network"))
    fields = {"state": Concern.State.OPEN, "people": len(reactions), "size": len(reactions), **fields}
    fields = {"articles": len(articles), "networks": len(networks), **fields}
    now = timezone.now()
    concern = Concern.objects.create(label=label, first_at=now, last_at=now, **fields)
    for reaction in reactions:
        ConcernMember.objects.create(concern=concern, reaction=reaction, evidence=["tram", "open"])
    return concern


def make_pending(user, network: str = "mastodon", **fields) -> PendingConnection:
    """A connection that ``user`` has begun, in a browser that nobody has."""
    now = timezone.now()
    fields = {"state_hash": f"s{next(numbers)}", "browser_hash": "b", "kept": {"url": "https://x.example"}, **fields}
    until = now + timedelta(minutes=15)
    return PendingConnection.objects.create(user=user, network=network, created_at=now, expires_at=until, **fields)


def make_tip(code_name: str = "Blue Heron", readers=()) -> Tip:
    today = timezone.localdate()
    tip = Tip.objects.create(
        code_name=code_name,
        origin=f"o{next(numbers)}",
        received_on=today,
        purge_on=today + timedelta(days=90),
        envelope={"text": "The figures were changed.", "author": "source@example.org"},
    )
    tip.readers.set(readers)
    return tip


def make_question(first: Reaction, second: Reaction, **fields) -> ConcernQuestion:
    """A question that an editor may answer: how likely is said by ``probability``."""
    fields = {"probability": 0.4, "worth": 0.0, "kind": LEXICAL, "evidence": [1.0] * len(names(LEXICAL)), **fields}
    return ConcernQuestion.objects.create(first=first, second=second, **fields)


class Desk:
    """One of everything."""

    def __init__(self) -> None:
        from tests.newsroom import factories  # not above: a foreign site, which uses this module too, has no newsroom

        call_command("smeditor_setup", stdout=StringIO())
        TopicClash.objects.all().delete()  # those that a newsroom begins with are in the site's language
        self.site = factories.make_site(hostname="paper.example")
        self.section = factories.make_section(self.site.root_page.specific)
        self.author = make_user("author", "journalist")
        self.article = factories.make_article(self.section, authors=[self.author])
        self.account = make_account()
        self.post = make_post(accounts=[self.account], article=self.article, created_by=self.author)
        self.delivery = make_delivery(self.post, self.account)
        self.task = make_task(self.delivery)
        self.entry = LibraryEntry.objects.create(post=self.post, kept_at=timezone.now())
        self.reaction = make_reaction(account=self.account, article=self.article, labels=["question"])
        self.others = [
            make_reaction(f"When will it open, number {n}?", account=self.account, article=self.article)
            for n in range(2)
        ]
        self.concern = make_concern([self.reaction, *self.others], article=self.article)
        self.tip = make_tip(readers=[self.author])
        self.hold = Hold.objects.create(scope="all", reason="A test of the stop.")
        self.event = SensitiveEvent.objects.create(
            article_key=0, title="A fire", noticed_at=timezone.now(), active_until=timezone.now() + timedelta(hours=20)
        )
        self.proposal = HoldProposal.objects.create(
            event=self.event, post=self.post, proposed_at=timezone.now(), state=HoldProposal.State.LEFT
        )
        self.rule = Rule.objects.create(name="All articles")
        self.run = RuleRun.objects.create(
            rule=self.rule, article=self.article, article_key=self.article.pk, mode="shadow", text="A tram opens."
        )
        self.reply = SavedReply.objects.create(title="Thanks", language="en", text="Thank you, {name}.")
        self.source = Source.objects.create(kind="feed", name="A blog", url="https://blog.example/feed")
        self.alert = Alert.objects.create(
            kind="early",
            scope="outlet",
            at=timezone.now(),
            count=12,
            expected=2,
            series=[["2026-03-10T09:00:00+00:00", 2, 2.1], ["2026-03-10T10:00:00+00:00", 12, 2.0]],
        )
        self.correction = CorrectionRequest.objects.create(
            article=self.article, claim="It opens in June.", passage="It opens in May.", reaction=self.reaction
        )
        self.label = "question"
        self.network = "consent_lab"
        self.pending = make_pending(self.author)
        self.match = ConcernMatch.objects.create(
            first=make_concern([], "Quand ouvre le tram ?", language="fr"),
            second=make_concern([], "What about the tram?", language="en"),
            evidence=["Aubépines"],
        )
        self.question = make_question(*self.others, article=self.article)
        self.rerun = Rerun.objects.create(version="2020.1", at=timezone.now(), finished_at=timezone.now())
        now = timezone.now()
        self.handover = Handover.objects.create(
            made_by=self.author, made_at=now, since=now - timedelta(hours=12), until=now, text="The bridge is open."
        )
        self.digest = Digest.objects.create(
            user=self.author, since=timezone.now(), until=timezone.now(), subject="What readers say"
        )
