"""A full desk: one of everything in every state, with long texts, threads and letters that quote.

It names nothing of a host, so that it can be filled into any site. The texts are in a language that is neither of the
interface's two: whatever English stands on a French page then comes from the desk itself.
"""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO, StringIO
from itertools import count
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.management import call_command
from django.utils import timezone
from PIL import Image
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from smeditor import models
from smeditor.desk.planning.handover_counts import made
from smeditor.networks.base import Limits
from smeditor.publishing.payload import VERSION, digest
from tests.desk import world

LONG = "O bonde volta na primavera e a cidade inteira pergunta quanto vai custar cada viagem. " * 8
WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
LINK = "https://jornal.example/2026/03/um-endereco-muito-comprido-que-nao-cabe-em-nenhuma-coluna-estreita"
UNWELL = ("refused", "unknown", "human", "late", "stopped")
"""States of a delivery that have a reason."""
NETWORKS = {"comment": "web", "feed": "web", "form": "form"}
"""Where a reaction of a kind comes from; all others from Mastodon."""
POLL = {"options": [WORD[:50], "Sim, se for de graça", "Não"], "minutes": 1440, "multiple": True}
THREAD = f"Um fio em três partes.\n---\n{LONG[:300]}\n---\n{LINK}"


def picture() -> Any:
    """A picture of the site's own image model."""
    Image.new("RGB", (320, 240), "teal").save(content := BytesIO(), "PNG")
    file = ImageFile(BytesIO(content.getvalue()), "bonde.png")
    return get_image_model().objects.create(title=WORD, file=file, width=320, height=240)


class FullDesk:
    """Everything on one site: ``article`` is a live article of it, ``user`` somebody who may do anything."""

    def __init__(self, article: Any, user: Any) -> None:
        call_command("smeditor_setup", stdout=StringIO())
        self.article, self.user, self.now = article, user, timezone.now()
        self.numbers = count(1)
        self.model_rows()
        self.outgoing()
        self.incoming()
        self.insight()
        self.digests()
        self.handovers()

    def model_rows(self) -> None:
        self.desk = models.Desk.objects.create(name=f"Redação {WORD}", slug="redacao", email="porto@jornal.example")
        self.desk.members.add(self.user)
        self.accounts = []
        for place, state in enumerate(models.Account.State):
            network = ("mastodon", "bluesky")[place % 2]
            self.accounts.append(
                world.make_account(
                    f"jornal{place}",
                    network,
                    state=state,
                    state_reason="O servidor não responde." if place else "",
                    state_since=self.now,
                    desk=self.desk,
                    tone="Sóbrio. " * 20,
                    followers=12345,
                    verified_at=self.now if place else None,
                    limits=Limits(max_length=500, unit="grapheme").as_json(),
                )
            )
        models.Slot.objects.create(account=self.accounts[0], weekday=2, time="07:30")
        for name, limit, left in (("statuses", 300, 12), ("send reply", 0, 0)):
            counted = {"bucket": name, "limit": limit, "remaining": left, "resets_at": self.now + timedelta(hours=3)}
            models.RateLimit.objects.create(account=self.accounts[0], **counted)
        for mode in models.Rule.Mode:
            rule = models.Rule.objects.create(
                name=f"Regra {mode.value}",
                mode=mode,
                sections=["porto"],
                authors=["ana"],
                link_parameters="utm_source=social&utm_campaign={section}",
            )
            rule.accounts.set(self.accounts)
            models.RuleRun.objects.create(
                rule=rule, article=self.article, article_key=self.article.pk, mode=mode, text=LONG, reason="Sem foto.",
                undone_at=self.now if mode == "draft" else None, undone_by=self.user if mode == "draft" else None,
            )  # fmt: skip
        world.make_pending(self.user)
        models.NetworkApp.objects.create(
            network="mastodon", server_url=LINK, keys={"client_id": WORD}, entered_by=self.user, entered_at=self.now
        )
        self.reply = models.SavedReply.objects.create(
            title="Obrigado", language="pt", situation="thanks", text="Obrigado, {name}.", uses=4
        )
        for kind in models.Source.Kind:
            if kind != models.Source.Kind.ACCOUNT:
                models.Source.objects.create(
                    kind=kind, name=f"Diário {kind.value}", url=f"{LINK}/{kind.value}", problem="Não se lê.", failures=3
                )
        models.Source.objects.get_or_create(kind=models.Source.Kind.ACCOUNT, account=self.accounts[0])

    def outgoing(self) -> None:
        self.posts = [
            world.make_post(
                text, self.accounts, kind=kind, article=self.article, article_title=self.article.title, link=LINK, angle="o preço",
                article_seen={"headline": "O bonde volta em maio", "authors": ["Ana"], "image": None, "paywalled": True},
                created_by=self.user, news_class=news_class, send_at=self.now + timedelta(hours=2),
                poll_options="\n".join(POLL["options"]) if news_class == "breaking" else "", poll_multiple=True,
            )
            for text, kind, news_class in [
                (LONG, "story", "news"),
                (THREAD, "story", "breaking"),
                (WORD, "story", "evergreen"),
                ("Em maio.", "reply", "news"),
            ]
        ]  # fmt: skip
        models.Variant.objects.create(
            post=self.posts[0], account=self.accounts[1], text=LONG, link=LINK, with_card=False, first_comment=LONG
        )
        self.media()
        self.posts[2].get_latest_revision().publish(user=self.user)
        self.posts[3].refresh_from_db()
        for post, state in ((self.posts[1], "left"), (self.posts[2], "taken")):
            models.ArticleDrift.objects.filter(post=post).update(state=state, left_by=self.user, left_at=self.now)
        self.deliveries = [self.delivery(place, state) for place, state in enumerate(models.Delivery.State)]
        for attempt_state in models.Attempt.State:
            models.Attempt.objects.create(
                delivery=self.deliveries[0],
                number=next(self.numbers) + 1,
                state=attempt_state,
                identity=f"id-{attempt_state.value}",
                started_at=self.now,
                finished_at=self.now,
                status=503,
                sentence="A rede não respondeu.",
                answer={"status": 503, "body": WORD},
                read_backs=[{"at": self.now.isoformat(), "absent": True, "note": "Nada."}],
                decided_by=self.user,
            )
        self.hold_scopes()
        self.clashes()
        self.post_corrections()
        self.check_rows()
        for delivery in self.deliveries:
            world.make_result(delivery)
        for post in self.posts[:3]:
            entry, _made = models.LibraryEntry.objects.get_or_create(
                post=post, defaults={"kept_by": self.user, "kept_at": self.now}
            )
            models.LibraryEntry.objects.filter(pk=entry.pk).update(used_at=self.now)
        self.fast_approvals()

    def post_corrections(self) -> None:
        """A post to correct in every state, and of every cause, on every account."""
        sent = [row for row in self.deliveries if row.state == "sent"]
        for place, state in enumerate(models.PostCorrection.State):
            open_one = state in ("open", "underway")
            world.make_task(
                sent[0], f"Abre em junho, e não em maio. {LONG[:120]}", state=state, decided_by=self.user,
                remedy="" if state == "open" else list(models.PostCorrection.Remedy)[place],
                state_reason="" if open_one else "Ninguém a viu.", closed_at=None if open_one else self.now,
                post=self.posts[1] if state == "underway" else None,
            )  # fmt: skip
        for delivery in self.deliveries:
            world.make_task(delivery, "")

    def handovers(self) -> None:
        """One that knows everything, after all else is there, and one without words."""
        since = self.now - timedelta(hours=12)
        account, at = str(self.accounts[0]), self.now.isoformat()
        rows = {
            "failing": {"account": account, "reason": "O servidor não responde."},
            "expiring": {"account": account, "at": at},
            "quotas": {"account": account, "left": 12, "most": 300, "at": at},
            "spending": {"account": account, "amount": "12.30", "ceiling": "50.00"},
        }
        counts = [
            {**row, "n": 1, "rows": [rows[row["name"]]]} if row["name"] in rows else row
            for row in made(self.user, since, self.now)
        ]
        for text in (f"{LONG}\n\n{LINK}", ""):
            models.Handover.objects.create(
                made_by=self.user, made_at=self.now, since=since, until=self.now, counts=counts, text=text
            )

    def media(self) -> None:
        """The first post has an image and a video, and an image of its own for one account; it quotes and is commented."""
        post, image = self.posts[0], picture()
        for place, account in enumerate((None, self.accounts[1])):
            models.PostMedia.objects.create(
                post=post, image=image, account=account, alt=LONG, credit=WORD, crop="4:5", sort_order=place
            )
        film = get_document_model().objects.create(title=WORD, file=ContentFile(b"-", "filme.mp4"))
        models.PostMedia.objects.create(post=post, video=film, alt=LONG, sort_order=2)
        post.refresh_from_db()
        post.first_comment, post.quotes, post.reply_control = LONG, self.posts[2], "followers_only"
        post.save()
        post.save_revision(user=self.user)

    def delivery(self, place: int, state: str) -> models.Delivery:
        post = self.posts[place % 3]
        parts = [{"text": text, "media": [], "card": None, "comment": False} for text in post.text.split("\n---\n")]
        payload = {"version": VERSION, "link": LINK, "language": "pt", "quote": None, "poll": POLL, "parts": parts}
        return world.make_delivery(
            post,
            self.accounts[place % len(self.accounts)],
            state=state,
            occurrence=place,
            state_reason="A rede recusou o texto por ser longo demais." if state in UNWELL else "",
            slot=self.now + timedelta(hours=place - 2),
            payload=payload,
            payload_hash=digest(payload),
            approved_by=self.user,
            approved_at=self.now,
            remote_id=f"r{place}",
            remote_url=f"{LINK}/{place}",
            sent_at=self.now if state in ("sent", "gone") else None,
            state_changed_at=self.now,
        )

    def fast_approvals(self) -> None:
        for reviewer in (None, self.user):
            models.Approval.objects.create(
                post=self.posts[1], revision=self.posts[1].latest_revision_id, text_hash="x", user=self.user, at=self.now,
                review="read" if reviewer else "waiting", reviewed_by=reviewer, reviewed_at=self.now if reviewer else None,
            )  # fmt: skip
        models.Account.objects.filter(pk__in=[account.pk for account in self.accounts]).update(fast_lane=True)

    def check_rows(self) -> None:
        for place, (state, _label) in enumerate(models.LinkCheck.State.choices):
            models.LinkCheck.objects.create(
                key=str(place), url=f"{LINK}/{place}", state=state, asked_at=self.now, checked_at=self.now
            )
        for place, code in enumerate(("tone", "word_list", "same_text", "link_dead", "no_alt")):
            for outcome in models.CheckResult.Outcome:
                models.CheckResult.objects.create(
                    post=self.posts[place % 3], account=self.accounts[place % 4], desk=self.desk, code=code,
                    severity="warning", at=self.now, outcome=outcome, outcome_at=self.now, user=self.user,
                )  # fmt: skip
        models.CheckSetting.objects.create(code="near_text", desk=self.desk, severity="warning", changed_by=self.user)
        own = models.WordList.objects.create(name=f"Crime e justiça {WORD}", desk=self.desk, language="pt")
        models.WatchWord.objects.create(word_list=own, pattern="o assassino", advice="Antes da sentença: o suspeito.")

    def hold_scopes(self) -> None:
        targets = {
            "network": {"network": "mastodon"},
            "account": {"account": self.accounts[0]},
            "desk": {"desk": self.desk},
            "topic": {"topic": "eleições"},
            "article": {"article": self.article},
            "post": {"post": self.posts[1]},
        }
        for scope in models.Hold.Scope:
            for lifted in (None, self.now):
                models.Hold.objects.create(
                    scope=scope, reason=LONG[:200], placed_by=self.user, lifted_at=lifted,
                    review_at=self.now - timedelta(hours=1), **targets.get(scope, {}),
                )  # fmt: skip

    def clashes(self) -> None:
        models.TopicClash.objects.all().delete()  # those that a newsroom begins with are in the site's language
        clash = models.TopicClash.objects.create(
            name="Acidente – férias", event_topics=["aviação"], event_terms=["acidente*"], topics=["férias"],
            terms=["praia"], reason="Ninguém deve ser convidado a voar.",
        )  # fmt: skip
        until = self.now + timedelta(hours=20)
        event = models.SensitiveEvent.objects.create(
            article=self.article, article_key=self.article.pk, title=LONG[:200], topics=["aviação"], tags=["aviação"],
            noticed_at=self.now, active_until=until, checked_at=self.now,
        )  # fmt: skip
        for post, state in zip(self.posts, models.HoldProposal.State, strict=False):
            decided = {"decided_by": self.user, "decided_at": self.now} if state != "open" else {}
            models.HoldProposal.objects.create(
                event=event, post=post, clash=clash if state != "left" else None, evidence=["férias", WORD], state=state,
                proposed_at=self.now, **decided,
            )  # fmt: skip

    def incoming(self) -> None:
        kinds = ["reply", "mention", "quote", "comment", "feed", "form"]
        self.reactions = [
            world.make_reaction(
                LONG if place % 2 else f"Quanto custa, {WORD}?",
                account=self.accounts[0] if kind in ("reply", "mention", "quote") else None,
                article=self.article,
                labels=[label],
                kind=kind,
                queue=queue,
                language="pt",
                contact="leitora@exemplo.example" if kind == "form" else "",
                network=NETWORKS.get(kind, "mastodon"),
                delivery=self.deliveries[2],
                url="" if kind == "form" else f"{LINK}/{place}",
            )
            for place, (kind, label, queue) in enumerate(
                (kinds[n % len(kinds)], label, list(models.Reaction.Queue)[n % len(models.Reaction.Queue)])
                for n, label in enumerate([*models.Label.values, *models.Label.values])
            )
        ]
        models.Conversation.objects.update(waiting_since=self.now - timedelta(hours=3))
        self.inbox = [reaction for reaction in self.reactions if reaction.queue == models.Reaction.Queue.INBOX]
        thread = self.inbox[0].conversation
        for reaction, presence in zip(self.inbox[1:], ("alive", "edited", "protected"), strict=False):
            models.Reaction.objects.filter(pk=reaction.pk).update(conversation=thread, presence=presence)
        for reaction, state in zip(self.reactions[5:], models.Conversation.State, strict=False):
            models.Conversation.objects.filter(pk=reaction.conversation_id).update(
                state=state, assigned_to=self.user, answered_by=self.user, answered_at=self.now
            )
        models.Post.objects.filter(pk=self.posts[3].pk).update(
            in_reply_to=self.inbox[0], conversation=thread, saved_reply=self.reply
        )

    def insight(self) -> None:
        self.concerns = [
            world.make_concern(
                self.reactions[place::5], f"Quanto custa o bonde? {state}", state=state, article=self.article, language="pt",
                answer=LONG, answer_url=LINK, assigned_to=self.user, answered_by=self.user, answered_at=self.now,
            )
            for place, state in enumerate(models.Concern.State)
        ]  # fmt: skip
        models.ConcernMember.objects.update(evidence=["bonde"])
        models.Concern.objects.update(first_at=self.now - timedelta(days=3), last_at=self.now - timedelta(hours=2))
        for perform in models.ConcernEdit.Operation:
            models.ConcernEdit.objects.create(
                operation=perform, concern=self.concerns[1], other=self.concerns[2], moved=[], before={}, user=self.user
            )
        for state in models.ConcernMatch.State:
            models.ConcernMatch.objects.create(
                first=self.concerns[1],
                second=world.make_concern([], f"Outra {state}", language="en"),
                evidence=["Aubépines"],
                state=state,
            )
        for place, chance in enumerate((0.9, 0.5, 0.2, 0.1)):
            world.make_question(
                self.inbox[place % 2],
                self.inbox[2 + place // 2],
                article=self.article,
                probability=chance,
                worth=chance,
            )
        world.make_question(
            *self.reactions[1:3], article=self.article, answer="same", user=self.user, answered_at=self.now,
            edit=models.ConcernEdit.objects.filter(operation=models.ConcernEdit.Operation.TOGETHER).first(),
        )  # fmt: skip
        claims = iter(self.reactions)
        for verdict in models.CorrectionRequest.Verdict:
            for kind in models.CorrectionRequest.Kind:
                models.CorrectionRequest.objects.create(
                    article=self.article, kind=kind, claim=LONG, passage="Abre em maio.", reaction=next(claims),
                    verdict=verdict, reason="Verificado.", erratum="Abre em junho.", decided_by=self.user,
                    decided_at=self.now, thanked_at=self.now,
                )  # fmt: skip
        series = [[(self.now - timedelta(hours=12 - n)).isoformat(), n * n, 3.5] for n in range(12)]
        scopes = [("outlet", {}), (f"article:{self.article.pk}", {"article": self.article})]
        scopes.append((f"account:{self.accounts[0].pk}", {"account": self.accounts[0]}))
        verdicts = {"acknowledged": models.Alert.Verdict.REAL, "over": models.Alert.Verdict.NOTHING}
        for place, state in enumerate(models.Alert.State):
            scope, about = scopes[place % 3]
            models.Alert.objects.create(
                kind=list(models.Alert.Kind)[place % 2], scope=scope, state=state, at=self.now, count=40, expected=3.25,
                score=9, series=series, seen_by=self.user, snoozed_until=self.now + timedelta(days=1),
                verdict=verdicts.get(state, ""), **about,
            )  # fmt: skip
        for n in range(48):
            at = (self.now - timedelta(hours=n)).replace(minute=0, second=0, microsecond=0)
            models.Tally.objects.create(scope="outlet", at=at, people=n % 7, critics=n % 3, messages=n % 9)
        for state, label in zip(models.TrainedModel.State, models.Label, strict=False):
            models.TrainedModel.objects.create(
                label=label, state=state, labels=240, positives=80, model_ap=0.81, rules_ap=0.7, precision=0.8,
                recall=0.7, trained_at=self.now, promoted_by=self.user, promoted_at=self.now,
            )  # fmt: skip
        rerun = models.Rerun.objects.create(version="2020.1", at=self.now, finished_at=self.now, user=self.user)
        models.RerunChange.objects.create(rerun=rerun, reaction=self.inbox[0], labels={"question": True}, before={})
        for state in models.Tip.State:
            tip = world.make_tip(f"Garça {state}", readers=[self.user])
            models.Tip.objects.filter(pk=tip.pk).update(state=state)
            models.TipAccess.objects.create(tip=tip, user=self.user, operation="opened")

    def digests(self) -> None:
        items = {
            "reactions": [reaction.pk for reaction in self.inbox],
            "concerns": [concern.pk for concern in self.concerns],
            "corrections": list(models.CorrectionRequest.objects.values_list("pk", flat=True)),
        }
        for place, state in enumerate(models.Digest.State):
            models.Digest.objects.create(
                user=self.user, since=self.now - timedelta(days=place + 3), until=self.now - timedelta(days=place + 2),
                state=state, items=items, subject="O que dizem os leitores", sent_at=self.now, problem="Recusado.",
            )  # fmt: skip
        models.Heartbeat.objects.create(name="worker:full", kind="worker", seen_at=self.now)
