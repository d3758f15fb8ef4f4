"""Two desks with an account each, and a person who belongs to one of them: fresh things for every act that is tried."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from smeditor.models import Byline, CorrectionRequest, Delivery, Desk, Handover, Post
from tests.desk import world
from tests.newsroom import factories


class TwoDesks:
    """``own`` is the desk of the person who acts, ``other`` one that they do not belong to."""

    def __init__(self, role: str) -> None:
        self.section = factories.make_section(factories.make_site(hostname="paper.example").root_page.specific)
        self.user = world.make_user(f"person-{next(world.numbers)}", role)
        self.colleague = world.make_user(f"colleague-{next(world.numbers)}", "chief")
        self.desks = {name: Desk.objects.create(name=name, slug=name) for name in ("own", "other")}
        self.desks["own"].members.add(self.user)
        self.accounts = {name: world.make_account(f"{name}-paper", desk=desk) for name, desk in self.desks.items()}
        self.articles = {name: factories.make_article(self.section, title=f"Story {name}") for name in self.desks}
        Byline.objects.create(article=self.articles["own"], user=self.user)


class Things:
    """Makes what an act needs, at one of the two desks."""

    def __init__(self, desks: TwoDesks, where: str) -> None:
        self.user, self.colleague = desks.user, desks.colleague
        self.account, self.article, self.desk = desks.accounts[where], desks.articles[where], desks.desks[where]

    def draft(self, author: Any = None) -> Post:
        return world.make_post(
            accounts=[self.account], article=self.article, created_by=author or self.colleague, send_at=timezone.now()
        )

    def handover(self) -> Handover:
        now = timezone.now()
        return Handover.objects.create(made_by=self.colleague, made_at=now, since=now, until=now)

    def delivery(self, state: str = Delivery.State.SCHEDULED) -> Delivery:
        post = self.draft()
        Post.objects.filter(pk=post.pk).update(live=True)
        return world.make_delivery(post, self.account, state=state)

    def reaction(self) -> Any:
        return world.make_reaction(account=self.account, article=self.article)

    def correction(self) -> CorrectionRequest:
        reaction = self.reaction()
        return CorrectionRequest.objects.create(article=self.article, claim="It opens in June.", reaction=reaction)
