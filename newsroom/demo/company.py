"""A day with a person: the newspaper is open, and its desk fills while they look, until Ctrl-C."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NoReturn

from django.conf import settings

from newsroom.demo.day import Day
from newsroom.demo.load import DemoNewsroom
from newsroom.demo.progress import Progress
from smeditor.models import Account, Concern, Delivery, Post, Reaction, Rule


def welcome(newsroom: DemoNewsroom, network: str, progress: Progress) -> None:
    """Say where everything is and who may enter, before the desk is full. ``network`` is the practice network's address."""
    url = settings.WAGTAILADMIN_BASE_URL
    lines = [
        "",
        f"  Newspaper   {url}/",
        f"  Desk        {url}/admin/",
        f"  Network     {network}   (a practice server; the readers post there)",
        f"  Mail        {Path(settings.VAR_DIR) / 'mail'}",
        "",
        "  Log in with the password " + newsroom.password + " as:",
    ]
    for user in newsroom.users.values():
        groups = ", ".join(user.groups.values_list("name", flat=True)) or "engineer"
        lines.append(f"    {user.username:<8} {user.get_full_name():<16} {groups}")
    lines += [
        "",
        "  The desk fills while you look. Posts wait for your approval; the more go out, the more readers answer.",
        "  Ctrl-C stops everything; the newsroom is kept for next time.",
        "",
    ]
    progress.say("\n".join(lines))


def stay(day: Day, progress: Progress) -> NoReturn:
    """Connect the accounts, publish today's articles, and let the readers answer whatever goes out.

    Raises CommandError when a process dies.
    """
    progress.show("Connecting the newspaper's accounts …")
    day.connect(mode=Rule.Mode.ASK, auto=("vigie_planete", "vigie_en"))
    progress.show("Publishing today's articles …")
    day.publish()
    while True:
        day.processes.check()
        day.readers_turn()
        if day.further:
            day.further.readers_turn()
        progress.show(filling(day))
        time.sleep(1)


def filling(day: Day) -> str:
    """How full the desk is, in one line."""
    posts = Post.objects.filter(kind=Post.Kind.STORY)
    parts = [
        f"{Account.objects.count()} accounts",
        f"{posts.count()} posts, {posts.filter(live=False).count()} of them wait for approval",
        f"{Delivery.objects.filter(state=Delivery.State.SENT).count()} sent",
        f"{len(day.done)} of {len(day.cast.lines)} readers' turns",
        f"{Reaction.objects.count()} reactions",
        f"{Concern.objects.exclude(state=Concern.State.FORMING).count()} concerns",
    ]
    return "Desk: " + " · ".join(parts)
