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
    Digest,
    Hold,
    Part,
    Post,
    Reaction,
    ReactionLabel,
    ReactionText,
    Reader,
    Rerun,
    Rule,
    SavedReply,
    Source,
    Tip,
)
from smeditor.permissions.roles import create_roles
from smeditor.publishing.payload import digest

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
    payload = {"version": 1, "link": "", "language": "en", "parts": [{"text": post.text, "image": None, "card": None}]}
    fields = {"slot": now, "due_at": now, "payload": payload, **fields}
    fields.setdefault("payload_hash", digest(payload))
    fields.setdefault("approved_hash", fields["payload_hash"])
    delivery = Delivery.objects.create(post=post, account=account, **fields)
    part = Part.objects.create(delivery=delivery)
    Attempt.objects.create(delivery=delivery, part=part, number=1, started_at=now, identity="id-1")
    return delivery


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
        self.site = factories.make_site(hostname="paper.example")
        self.section = factories.make_section(self.site.root_page.specific)
        self.author = make_user("author", "journalist")
        self.article = factories.make_article(self.section, authors=[self.author])
        self.account = make_account()
        self.post = make_post(accounts=[self.account], article=self.article, created_by=self.author)
        self.delivery = make_delivery(self.post, self.account)
        self.reaction = make_reaction(account=self.account, article=self.article, labels=["question"])
        self.others = [
            make_reaction(f"When will it open, number {n}?", account=self.account, article=self.article)
            for n in range(2)
        ]
        self.concern = make_concern([self.reaction, *self.others], article=self.article)
        self.tip = make_tip(readers=[self.author])
        self.hold = Hold.objects.create(scope="all", reason="A test of the stop.")
        self.rule = Rule.objects.create(name="All articles")
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
        self.match = ConcernMatch.objects.create(
            first=make_concern([], "Quand ouvre le tram ?", language="fr"),
            second=make_concern([], "What about the tram?", language="en"),
            evidence=["Aubépines"],
        )
        self.question = make_question(*self.others, article=self.article)
        self.rerun = Rerun.objects.create(version="2020.1", at=timezone.now(), finished_at=timezone.now())
        self.digest = Digest.objects.create(
            user=self.author, since=timezone.now(), until=timezone.now(), subject="What readers say"
        )
