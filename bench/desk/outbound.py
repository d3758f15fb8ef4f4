"""The newspaper, its accounts, and what went out: articles, posts, deliveries."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from wagtail.models import Locale, ModelLogEntry, Page, Revision, TaskState, Workflow, WorkflowState

from bench.desk.language import FRENCH, FREQUENT, headline
from bench.desk.newsroom import DAYS, NETWORKS, TOPICS, Newsroom
from bench.desk.rows import Table
from newsroom.articles.models import ArticleAuthor, ArticlePage, SectionPage
from newsroom.demo.load import load
from smeditor import models as sme
from smeditor.models.sources import host_of
from smeditor.publishing.payload import canonical, digest

REVISIONS = 10_000
"""Keys of the posts' revisions begin after it: the articles' own come first."""
AUTHORS = 1_000
OPEN = {"scheduled": 20, "waiting": 6, "draft": 6, "": 12}
"""Of the newest posts: those that are still to go out, drafts that somebody must approve, drafts that nobody has submitted,
deliveries that need a decision.

As many in any newsroom, and what is scheduled on every account and with the frequent word in it: what is compared is what
lies behind it, and not how much there is to do, nor whether a page happens to show some of it.
"""
IN_DOUBT = ("human", "late", "stopped", "refused")
FAILING = 3
"""Feeds and pages that could not be read."""
Rows = dict[str, list[dict[str, Any]]]


def newspaper(newsroom: Newsroom) -> None:
    """Write the demo's sections and people, and articles under them as Wagtail's tree has them."""
    demo = load()
    newsroom.users = [*demo.users.values()]
    call_command("smeditor_setup", stdout=StringIO())
    last = Page.objects.order_by("-pk").first()
    sections = list(SectionPage.objects.order_by("pk"))
    if last is None or not sections:
        raise RuntimeError("The demo newspaper has no sections: nothing can be put below them.")
    kind, locale = ContentType.objects.get_for_model(ArticlePage).pk, Locale.get_default().pk
    body = json.dumps([{"type": "paragraph", "value": f"<p>{' '.join(FRENCH)}</p>", "id": str(uuid.uuid4())}])
    children = {section.pk: section.numchild for section in sections}
    pages, articles, authors = [], [], []
    for number in range(newsroom.articles):
        section = sections[number % len(sections)]
        children[section.pk] += 1
        pk, title = last.pk + number + 1, headline(newsroom.rng, number)
        at = newsroom.now - timedelta(days=DAYS * (1 - number / newsroom.articles))
        newsroom.titles[pk] = title
        owner = newsroom.rng.choice(newsroom.users).pk
        step = Page._int2str(children[section.pk]).rjust(Page.steplen, "0")
        pages.append({
            "id": pk, "path": section.path + step, "depth": section.depth + 1, "numchild": 0, "title": title,
            "draft_title": title, "slug": f"a-{number}", "url_path": f"{section.url_path}a-{number}/", "live": True,
            "content_type_id": kind, "locale_id": locale, "translation_key": uuid.UUID(int=newsroom.rng.getrandbits(128)),
            "owner_id": owner, "first_published_at": at, "last_published_at": at, "latest_revision_created_at": at,
        })  # fmt: skip
        articles.append({"page_ptr_id": pk, "body": body, "standfirst": title, "language": "fr", "news_class": "news"})
        authors.append({"id": AUTHORS + number, "sort_order": 0, "page_id": pk, "user_id": owner})
    Table(Page).write(pages)
    Table(ArticlePage).write(articles)
    Table(ArticleAuthor).write(authors)
    Table(sme.Byline).write(
        {"id": AUTHORS + number, "article_id": author["page_id"], "user_id": author["user_id"]}
        for number, author in enumerate(authors)
    )
    for section in sections:
        Page.objects.filter(pk=section.pk).update(numchild=children[section.pk])


def accounts(newsroom: Newsroom) -> None:
    """Write accounts with slots, what is listened to, and a rule with what it did."""
    now = newsroom.now
    desk = sme.Desk.objects.create(name="Réseaux", slug="reseaux", email="desk@newsroom.example")
    rows = sme.Account.objects.bulk_create(
        sme.Account(
            network=NETWORKS[number % 2], handle=f"vigie{number}", server_url=f"https://{NETWORKS[number % 2]}.example",
            desk=desk, remote_id=str(10_000 + number), language="fr", secret={"token": "x" * 40}, approval="one",
            next_check_at=now + timedelta(days=1), verified_at=now, followers=10_000,
        )
        for number in range(newsroom.accounts)
    )  # fmt: skip
    sme.Slot.objects.bulk_create(
        sme.Slot(account=account, weekday=day, time=f"{hour:02}:15")
        for account in rows
        for day in range(7)
        for hour in (8, 12, 18)
    )
    own = [
        sme.Source(
            kind="account",
            account=account,
            name=str(account),
            host=host_of(account.server_url),
            next_poll_at=now + timedelta(hours=9),
            last_success_at=now,
        )
        for account in rows
    ]
    others = [
        sme.Source(
            kind="feed" if number % 3 else "page", name=f"source {number}", url=f"https://blog{number}.example/feed",
            host=f"blog{number}.example",
            next_poll_at=now + timedelta(hours=9), last_success_at=now,
            problem="It could not be read." if number < FAILING else "",
        )
        for number in range(newsroom.sources - newsroom.accounts)
    ]  # fmt: skip
    sme.Source.objects.bulk_create(own + others, batch_size=500)
    rule = sme.Rule.objects.create(name="Everything", mode="auto")
    rule.accounts.set(rows[:2])
    Table(sme.PublishedArticle).write(
        {"id": number, "article_key": pk, "handled_at": now} for number, pk in enumerate(newsroom.titles, 1)
    )
    Table(sme.RuleRun).write(
        {"id": number, "rule_id": rule.pk, "article_id": pk, "article_key": pk, "mode": "auto", "text": "x" * 200}
        for number, pk in enumerate(newsroom.titles, 1)
    )


def posts(newsroom: Newsroom) -> None:
    """Write posts with one delivery each; what is open is among the newest."""
    out: Rows = defaultdict(list)
    accounts, articles = list(sme.Account.objects.order_by("pk")), list(newsroom.titles)
    for pk in range(1, newsroom.posts + 1):
        near = int(pk / newsroom.posts * (len(articles) - 1)) - int(newsroom.rng.expovariate(1 / 20))
        planned = _planned(newsroom, pk, articles[max(0, near)], accounts[pk % len(accounts)])
        newsroom.topic_of[pk] = planned.topic
        _post(planned, out, newsroom.posts)
        if planned.is_draft:
            continue
        _delivery(planned, out, newsroom.now)
        if planned.state == "sent":
            newsroom.sent.append((planned.at, pk, planned.account.pk, planned.article))
    newsroom.sent.sort()
    for name, model in (
        ("revisions", Revision), ("posts", sme.Post), ("on", sme.Post.accounts.through), ("workflows", WorkflowState),
        ("tasks", TaskState), ("authorships", sme.Authorship), ("approvals", sme.Approval), ("deliveries", sme.Delivery),
        ("drifts", sme.ArticleDrift), ("parts", sme.Part), ("attempts", sme.Attempt), ("log", ModelLogEntry),
        ("results", sme.DeliveryResult), ("measurements", sme.Measurement), ("kept", sme.LibraryEntry), ("errata", sme.Erratum),
        ("wrong", sme.PostCorrection),
    ):  # fmt: skip
        Table(model).write(out[name])


@dataclass(frozen=True)
class Planned:
    """One post about one article on one account, and how it fared."""

    pk: int
    article: int
    title: str
    topic: str
    account: sme.Account
    user: Any
    at: datetime
    state: str
    is_draft: bool
    is_waiting: bool
    """Whether a draft was submitted and nobody has decided."""

    @property
    def link(self) -> str:
        return f"https://news.example/a/{self.article}/"

    @property
    def text(self) -> str:
        return f"{self.title}\n\n{self.link}?s={self.pk:08x}"


def _planned(newsroom: Newsroom, pk: int, article: int, account: sme.Account) -> Planned:
    rng, user = newsroom.rng, newsroom.rng.choice(newsroom.users)
    done, chance = newsroom.posts - sum(min(count, newsroom.posts // 10) for count in OPEN.values()), rng.random()
    # The newest that went out is of today, whatever is still open after it: any newsroom has something in this week.
    at = newsroom.now - timedelta(days=DAYS * max(0.0, 1 - pk / done))
    stage = _open(newsroom, pk)
    state = stage if stage in ("scheduled", *IN_DOUBT) else "cancelled" if chance < 0.01 else "sent"
    if state == "scheduled":
        at = newsroom.now + timedelta(hours=1 + rng.random() * 72)
    is_draft = stage in ("waiting", "draft")
    topic = TOPICS[article % len(TOPICS)]
    title = newsroom.titles[article] + (f" : {FREQUENT}" if state == "scheduled" else "")
    return Planned(pk, article, title, topic, account, user, at, state, is_draft, stage == "waiting")


def _open(newsroom: Newsroom, pk: int) -> str:
    """What is still to be done with a post: a state of its delivery, "waiting" or "draft"; "" where nothing is."""
    tenth, number = newsroom.posts // 10, newsroom.posts - pk
    for stage, count in OPEN.items():
        if number < min(count, tenth):
            return stage or IN_DOUBT[pk % len(IN_DOUBT)]
        number -= min(count, tenth)
    return ""


def _post(planned: Planned, out: Rows, newsroom_posts: int) -> None:
    pk, user, at = planned.pk, planned.user, planned.at
    kind, public = ContentType.objects.get_for_model(sme.Post).pk, None if planned.is_draft else at
    out["posts"].append({
        "id": pk, "text": planned.text, "language": "fr", "article_id": planned.article, "article_key": planned.article,
        "article_title": planned.title, "article_seen": {"headline": planned.title}, "link": planned.link, "topics": [planned.topic], "news_class": "news",
        "created_by_id": user.pk, "created_at": at, "live": not planned.is_draft, "first_published_at": public,
        "last_published_at": public, "latest_revision_id": pk + REVISIONS,
        "live_revision_id": None if planned.is_draft else pk + REVISIONS, "has_unpublished_changes": planned.is_draft,
    })  # fmt: skip
    out["on"].append({"id": pk, "post_id": pk, "account_id": planned.account.pk})
    content = {"pk": pk, "text": planned.text, "kind": "story", "language": "fr", "article": planned.article,
               "live": not planned.is_draft, "accounts": [planned.account.pk], "variants": [], "topics": [planned.topic],
               "link": "", "repeat_times": 1, "news_class": "news", "with_card": True, "created_by": user.pk}  # fmt: skip
    out["revisions"].append({
        "id": pk + REVISIONS, "content_type_id": kind, "base_content_type_id": kind, "object_id": str(pk),
        "created_at": at, "user_id": user.pk, "content": content, "object_str": planned.text[:60],
    })  # fmt: skip
    if not pk % 50:  # each fiftieth was left as it is, and of the newest twenty such nobody has decided
        is_new = pk > newsroom_posts - 1_000
        out["drifts"].append({
            "id": pk, "post_id": pk, "state": "open" if is_new else "left", "article_state": "0" * 32, "found_at": at,
            "differences": [{"field": "headline", "old": planned.title, "new": f"{planned.title} (2)"}],
        })  # fmt: skip
    out["authorships"].append({"id": pk, "post_id": pk, "revision": pk + REVISIONS, "author_id": user.pk})
    if planned.is_waiting or (pk % 2 and not planned.is_draft):
        _workflow(planned, out)


def _workflow(planned: Planned, out: Rows) -> None:
    pk, status = planned.pk, "in_progress" if planned.is_waiting else "approved"
    kind = ContentType.objects.get_for_model(sme.Post).pk
    workflow = Workflow.objects.get(workflow_content_types__content_type=kind)
    out["workflows"].append({
        "id": pk, "content_type_id": kind, "base_content_type_id": kind, "object_id": str(pk),
        "workflow_id": workflow.pk, "status": status, "created_at": planned.at, "requested_by_id": planned.user.pk,
        "current_task_state_id": pk,
    })  # fmt: skip
    out["tasks"].append({
        "id": pk, "workflow_state_id": pk, "revision_id": pk + REVISIONS, "task_id": workflow.tasks[0].pk,
        "started_at": planned.at, "status": status,
        "content_type_id": ContentType.objects.get_for_model(TaskState).pk,
    })  # fmt: skip


def _delivery(planned: Planned, out: Rows, now: datetime) -> None:
    pk, account, at = planned.pk, planned.account, planned.at
    payload = {"version": 1, "network": account.network, "account": account.pk, "article": planned.article,
               "language": "fr", "link": f"{planned.link}?s={pk:08x}", "content_warning": "", "visibility": "public",
               "reply_to": None,
               "parts": [{"text": planned.text, "image": None, "card": {"title": planned.title}}]}  # fmt: skip
    sent, hash_ = at if planned.state == "sent" else None, digest(payload)
    remote = f"https://{account.network}.example/@{account.handle}/{pk}" if sent else ""
    out["deliveries"].append({
        "id": pk, "post_id": pk, "account_id": account.pk, "state": planned.state, "state_changed_at": at, "slot": at,
        "due_at": at, "payload": json.loads(canonical(payload)), "payload_hash": hash_, "approved_hash": hash_,
        "approved_by_id": planned.user.pk, "approved_at": at, "post_revision": pk + REVISIONS,
        "link_token": f"{pk:010x}", "remote_id": remote, "remote_url": remote, "sent_at": sent, "followed_up_at": sent,
        "created_at": at, "tries": 1, "fence": 1, "polled_at": sent and now,
    })  # fmt: skip
    out["approvals"].append({"id": pk, "post_id": pk, "revision": pk + REVISIONS, "text_hash": hash_,
                             "user_id": planned.user.pk, "independent": True, "at": at})  # fmt: skip
    out["parts"].append({"id": pk, "delivery_id": pk, "identity": f"{pk:032x}", "sent_stamp": sent, "remote_id": remote,
                         "remote_url": remote})  # fmt: skip
    if sent:
        _sent(planned, out, hash_, remote)
        _afterwards(planned, out)


def _sent(planned: Planned, out: Rows, hash_: str, remote: str) -> None:
    pk, at, kind = planned.pk, planned.at, ContentType.objects.get_for_model(sme.Post).pk
    out["attempts"].append({"id": pk, "delivery_id": pk, "part_id": pk, "number": 1, "state": "accepted",
                            "started_at": at, "finished_at": at, "payload_hash": hash_, "status": 200})  # fmt: skip
    out["log"].append({"id": pk, "content_type_id": kind, "label": planned.text[:60], "action": "smeditor.publish",
                       "data": {"delivery": pk, "account": str(planned.account), "url": remote}, "timestamp": at,
                       "user_id": planned.user.pk, "object_id": str(pk), "uuid": uuid.UUID(int=pk)})  # fmt: skip


def _afterwards(planned: Planned, out: Rows) -> None:
    """What it led to, and for some that they are kept, or said something that was corrected since."""
    pk, at = planned.pk, planned.at
    counts = {"likes": pk % 90, "reposts": pk % 9, "replies": pk % 7, "quotes": pk % 3, "people": pk % 40}
    engagement = sum(number for name, number in counts.items() if name != "people")
    out["results"].append({"id": pk, "delivery_id": pk, "account_id": planned.account.pk, "sent_at": at,
                           "engagement": engagement, "measured_at": at, **counts})  # fmt: skip
    out["measurements"].append({"id": pk, "result_id": pk, "at": at, **counts})
    if pk % 20 == 0:
        out["kept"].append({"id": pk, "post_id": pk, "kept_at": at})
        out["errata"].append({"id": pk, "article_key": planned.article, "text": planned.title,
                              "text_hash": f"{pk:064}", "noted_at": at})  # fmt: skip
        out["wrong"].append({"id": pk, "delivery_id": pk, "article_key": planned.article, "erratum_id": pk,
                             "state": "done", "remedy": "edit", "opened_at": at, "closed_at": at})  # fmt: skip
