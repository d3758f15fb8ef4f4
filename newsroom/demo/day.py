"""One day of the desk, station by station. Each waits for what the worker and the network really did."""

from __future__ import annotations

import http.cookiejar
import json
import re
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from newsroom.articles.models import ArticlePage
from newsroom.demo import load
from newsroom.demo.cast import Cast, DeskAccount, Line, Member
from newsroom.demo.further import FurtherNetworks
from newsroom.demo.processes import Processes
from smeditor.accounts import connect
from smeditor.conversations import concern_answers
from smeditor.digests import sending
from smeditor.insight.tips import sealing
from smeditor.models import Account, Concern, Delivery, Digest, Post, Reaction, Rule, SavedReply, Tip


class Practice(Protocol):
    """A network on loopback with the members' accounts: Mastodon's practice server or Bluesky's real one."""

    slug: str
    url: str

    def wait(self) -> None:
        """Return when the network answers. Raises CommandError where it cannot be had."""

    def handle(self, member: Member) -> str:
        """The member's handle on this network."""

    def secret(self, member: Member) -> dict[str, str]:
        """What the desk is given to act as this member."""

    def find_post(self, account: str, path: str) -> str | None:
        """The id of the post of ``account`` that links to an article; None where there is none yet."""

    def perform(self, line: Line, post: str | None, earlier: str | None) -> str:
        """Carry out one line; returns the id of what was written, or "" for a like or a boost."""

    def heard(self, username: str, excerpt: str) -> bool:
        """Whether a member was told of something whose text holds ``excerpt``."""

    def stop(self) -> None:
        """End the network."""


class Day:
    """The demo's state: what was loaded, what the readers have done, how long each station took."""

    def __init__(
        self,
        newsroom: load.DemoNewsroom,
        cast: Cast,
        practice: Practice,
        processes: Processes,
        say: Callable[[str], None],
        further: FurtherNetworks | None = None,
    ) -> None:
        self.further = further
        self.newsroom, self.cast, self.practice, self.processes, self.say = newsroom, cast, practice, processes, say
        self.seconds: dict[str, float] = {}
        self.record = Path(settings.VAR_DIR) / "lines.json"
        self.done: dict[str, str] = json.loads(self.record.read_text()) if self.record.exists() else {}

    @property
    def editor(self) -> Any:
        """The user who publishes and approves."""
        return self.newsroom.users["claire"]

    @property
    def sme(self) -> Any:
        """The user who runs the social desk."""
        return self.newsroom.users["samir"]

    @contextmanager
    def station(self, name: str) -> Iterator[None]:
        """Time one station of the day, in seconds, and say so when it is over."""
        began = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - began, 2)
        self.say(f"  {name:<12} {self.seconds[name]:>6.1f} s")

    def wait(self, what: str, ready: Callable[[], Any], seconds: float = 60) -> Any:
        """Wait until ``ready()`` is true and return it. Raises CommandError that names what did not come."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.processes.check()
            found = ready()
            if found:
                return found
            time.sleep(0.3)
        raise CommandError(f"Nothing came of this within {seconds:.0f} s: {what}. See {self.processes.log_dir}.")

    # the desk gets its accounts and rules

    def connect(self, mode: str, auto: tuple[str, ...] = ()) -> None:
        """Connect the newspaper's accounts and give each its rule; those named in ``auto`` approve by themselves."""
        for entry in self.cast.accounts:
            handle = self.practice.handle(entry)
            known = (
                handle,
                f"{handle}@{urllib.parse.urlsplit(self.practice.url).hostname}",
            )  # the network adds its name
            account = Account.objects.filter(network=self.practice.slug, handle__in=known).first()
            if account is not None and account.server_url == self.practice.url:
                continue
            account = account or Account(
                network=self.practice.slug, handle=handle, language=entry.language, minimum_gap=0
            )
            account.server_url, account.secret = self.practice.url, self.practice.secret(entry)
            account.save()
            problem = connect.verify(account)
            account.refresh_from_db()
            if not account.verified_at:
                raise CommandError(f"{account} could not be connected: {problem}")
            self._rule(entry, account, Rule.Mode.AUTO if entry.username in auto else mode)
        if self.further:
            self.further.connect(mode)
        self._saved_replies()

    def _rule(self, entry: DeskAccount, account: Account, mode: str) -> None:
        rule, _ = Rule.objects.get_or_create(
            name=entry.name,
            defaults={
                "mode": mode,
                "sections": list(entry.sections),
                "languages": list(entry.languages),
                "template": "{title}\n\n{standfirst}\n\n{url}",
            },
        )
        rule.accounts.add(account)

    def _saved_replies(self) -> None:
        for language, title, situation, text in SAVED_REPLIES:
            SavedReply.objects.get_or_create(
                title=title, language=language, defaults={"situation": situation, "text": text}
            )

    # the morning

    def publish(self) -> list[ArticlePage]:
        """An editor publishes today's articles in Wagtail; the rules turn them into posts."""
        with transaction.atomic():
            return load.publish_articles(self.newsroom)

    def expected_posts(self, articles: list[ArticlePage]) -> int:
        """How many posts the rules owe us for ``articles`` that the public may read."""
        public = [page for page in articles if page.public_at(timezone.now())]
        return sum(
            (not entry.sections or page.get_parent().slug in entry.sections)
            and (not entry.languages or page.language in entry.languages)
            for page in public
            for entry in self.cast.accounts
        )

    def drafts(self) -> list[Post]:
        """The posts that the rules made and nobody has approved yet."""
        return list(Post.objects.filter(kind=Post.Kind.STORY, live=False, deliveries__isnull=True).order_by("pk"))

    def approve(self, post: Post) -> None:
        """What an editor does in the admin: give it a time, and approve it in the workflow."""
        draft = post.get_latest_revision_as_object()
        draft.send_at = draft.send_at or timezone.now()
        revision = draft.save_revision(user=self.sme)
        post.refresh_from_db()
        state = post.current_workflow_state
        if state is not None:
            state.current_task_state.specific.approve(user=self.editor)
        else:
            revision.publish(user=self.editor)

    def sent(self) -> int:
        """How many deliveries are out."""
        return Delivery.objects.filter(state=Delivery.State.SENT).count()

    # the readers

    def readers_turn(self) -> int:
        """Let every reader do what their post or partner is there for, once; returns how many done now."""
        done = 0
        for number, line in enumerate(self.cast.lines):
            key = line.key or str(number)
            if key in self.done:
                continue
            done += self._perform(key, line)
        return done

    def _perform(self, key: str, line: Line) -> int:
        if line.operation == "form":
            self._write_form(line)
            native = ""
        elif line.operation == "answer":
            if line.to not in self.done:
                return 0
            native = self.practice.perform(line, None, self.done[line.to])
        else:
            post = self.practice.find_post(line.account, line.article)
            if post is None:
                return 0
            native = self.practice.perform(line, post, None)
        self.done[key] = native
        self.record.write_text(json.dumps(self.done))
        return 1

    def _write_form(self, line: Line) -> None:
        """A reader fills in the newspaper's own form, over HTTP."""
        article = self.newsroom.articles[line.article]
        address = f"{settings.WAGTAILADMIN_BASE_URL}/tell-us/?article={article.pk}"
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        page = opener.open(address, timeout=60).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        fields = {
            "csrfmiddlewaretoken": token.group(1) if token else "",
            "kind": line.kind,
            "message": line.text,
            "name": line.by.title(),
            "email": line.email,
            "consent": "on",
        }
        answer = opener.open(address, urllib.parse.urlencode(fields).encode(), timeout=60)
        if "thanks" not in answer.url:
            raise CommandError("The reader's form refused the demo's message.")

    def collected(self) -> Counter[str]:
        """How many reactions of each kind are in."""
        return Counter(Reaction.objects.values_list("kind", flat=True))

    # the afternoon

    def understood(self) -> bool:
        """Whether triage and grouping have seen every reaction that has words."""
        waiting = Q(triaged_at__isnull=True) | Q(grouped_at__isnull=True, queue=Reaction.Queue.INBOX)
        return not Reaction.objects.filter(waiting, content__isnull=False).exists()

    def concern(self) -> Concern | None:
        """The concern that the script's answer is about, once enough people raised it."""
        open_ones = Concern.objects.filter(state=Concern.State.OPEN, people__gte=3).order_by("-people")
        word = self.cast.answer["concern"]
        for concern in open_ones:
            if concern.members.filter(reaction__content__text__icontains=word).exists():
                return concern
        return None

    def seal_tip(self) -> Tip:
        """Wait until triage calls something a tip, and seal it. Raises CommandError when nothing comes."""
        reaction = self.wait("a reaction labelled as a tip", lambda: sealing.candidates(Reaction.objects.all()).first())
        return sealing.seal(reaction, self.sme)

    def send_digests(self) -> int:
        """Send every letter now; returns how many are out."""
        sending.run_due(timezone.now(), everyone=True)
        return Digest.objects.filter(state=Digest.State.SENT).count()

    def answer(self, concern: Concern) -> list[Post]:
        """Answer the concern and approve the reply prepared for each reader who raised it."""
        script = self.cast.answer
        url = self.newsroom.articles[script["article"]].full_url
        to = concern_answers.still_there(concern_answers.waiting(concern, self.sme).on_networks)
        replies = concern_answers.prepare(concern, self.sme, script["text"], url, to)
        for reply in replies:
            self.approve(reply)
        return replies

    def answered(self, replies: list[Post]) -> int:
        """How many of ``replies`` are out."""
        return Delivery.objects.filter(post__in=replies, state=Delivery.State.SENT).count()

    def heard(self) -> int:
        """How many readers found the answer among their own notifications, through their own client."""
        excerpt = " ".join(self.cast.answer["text"].split()[:6])
        return sum(self.practice.heard(reader.username, excerpt) for reader in self.cast.readers)

    def summary(self, articles: int, reactions: Counter[str], replies: list[Post]) -> dict[str, Any]:
        """What the day brought, as the demo's last line."""
        states = Counter(Delivery.objects.values_list("state", flat=True))
        shown = Concern.objects.exclude(state=Concern.State.FORMING).order_by("-people")
        return {
            "articles": articles,
            "posts": Post.objects.filter(kind=Post.Kind.STORY).count(),
            "deliveries": dict(states),
            "reactions": dict(reactions),
            "concerns": [
                {"label": concern.label, "people": concern.people, "state": concern.state} for concern in shown
            ],
            "tips": Tip.objects.count(),
            "digests": Digest.objects.filter(state=Digest.State.SENT).count(),
            "answered": self.answered(replies),
            "heard": self.heard(),
            "seconds": self.seconds,
        }


SAVED_REPLIES = [
    ("fr", "Merci, c'est corrigé", "correction", "Merci de nous l'avoir signalé : l'article est corrigé. {url}"),
    (
        "fr",
        "Votre colère, et la question",
        "call_for_help",
        "Nous comprenons votre colère. Sur le fond : nous posons votre question et nous vous répondrons ici.",
    ),
    ("fr", "Bonne question", "question", "Bonne question, nous la transmettons à la rédaction et revenons vers vous."),
    ("en", "Thank you, corrected", "correction", "Thank you for telling us: the article has been corrected. {url}"),
    (
        "en",
        "Good question",
        "question",
        "Good question. We have passed it on to the newsroom and will come back to you.",
    ),
]
