"""``python -m bench.webhooks``: the doors for what others send, knocked at by honest and by lying hands, beside an empty view.

Five hundred deliveries to each door, over HTTP, in one mixed order: signed ones, some told twice and out of order, forged,
oversized and malformed ones. Each is followed by the same request to a view that does nothing. Prints a row a door; the
last line is JSON ``{"<door>": {"p99_ms": x, "ratio": x, "accepted_wrongly": n, "lost": n}, "empty_p99_ms": x}``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import random
import statistics
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from bench.own_database import run_again

REQUESTS = 500
WARM_UP = 20
SECRET = "b0nGo5yYeKq2"  # noqa: S105 - of a server that lives for a minute


@dataclass(frozen=True)
class Knock:
    """One request to a door. ``honest``: it must be answered with success; else it must not."""

    door: str
    path: str
    body: bytes
    headers: dict[str, str]
    honest: bool


def main() -> int:
    """Run on a database of its own, which ``DATABASE_URL`` names. Returns the exit status."""
    if "DATABASE_URL" not in os.environ:
        return run_again("bench.webhooks")
    os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings.testing"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    dice = random.Random(1)
    knocks = [knock for door in (_facebook, _telegram, _webmention) for knock in door(dice)]
    dice.shuffle(knocks)
    sys.stdout.write(f"{json.dumps(_measured(knocks))}\n")
    return 0


def _application() -> Callable[..., Any]:
    """The newsroom's site, with a view that does nothing: what every door is compared with."""
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.db import connection
    from django.http import HttpResponse
    from django.urls import path
    from django.views.decorators.csrf import csrf_exempt

    from newsroom import urls

    urls.urlpatterns.insert(0, path("empty/", csrf_exempt(lambda _request: HttpResponse(b""))))
    settings.ALLOWED_HOSTS = ["*"]
    connection.settings_dict["CONN_MAX_AGE"] = None
    return WSGIHandler()


def _measured(knocks: list[Knock]) -> dict[str, Any]:
    from werkzeug.serving import WSGIRequestHandler, make_server

    class _Quiet(WSGIRequestHandler):
        def log(self, type: str, message: str, *args: Any) -> None:
            """Say nothing: writing it down takes longer than many an answer."""

    # One thread that keeps its connection to the database, as a worker of a web server does.
    server = make_server("127.0.0.1", 0, _application(), request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    seconds: dict[str, list[float]] = defaultdict(list)
    wrong: dict[str, int] = defaultdict(int)
    lost: dict[str, int] = defaultdict(int)
    with httpx.Client(base_url=f"http://127.0.0.1:{server.server_port}", trust_env=False, timeout=30) as client:
        for _time in range(WARM_UP):
            client.get("/empty/")
        for knock in knocks:
            began = time.perf_counter()
            status = client.post(knock.path, content=knock.body, headers=knock.headers).status_code
            seconds[knock.door].append(time.perf_counter() - began)
            wrong[knock.door] += not knock.honest and status < 300
            lost[knock.door] += knock.honest and status >= 300
            began = time.perf_counter()
            client.post("/empty/", content=knock.body, headers=knock.headers)
            seconds["empty"].append(time.perf_counter() - began)
    server.shutdown()
    least = _p99(seconds["empty"])
    rows: dict[str, Any] = {
        door: {
            "requests": len(times),
            "median_ms": round(1000 * statistics.median(times), 2),
            "p99_ms": round(1000 * _p99(times), 2),
            "ratio": round(_p99(times) / least, 2),
            "accepted_wrongly": wrong[door],
            "lost": lost[door],
        }
        for door, times in seconds.items()
        if door != "empty"
    }
    for door, row in rows.items():
        sys.stdout.write(f"{door:12} {row}\n")
    return rows | {"empty_p99_ms": round(1000 * least, 2)}


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


def _mixed(
    door: str, path: str, dice: random.Random, honest: Callable[[int], tuple[bytes, dict[str, str]]]
) -> Iterator[Knock]:
    """Requests of all kinds: two thirds honest, one in ten of them told again."""
    sent: list[Knock] = []
    for number in range(REQUESTS):
        body, headers = honest(number)
        match dice.choice(("honest",) * 6 + ("forged", "oversized", "malformed")):
            case "honest" if sent and dice.random() < 0.1:
                yield dice.choice(sent)
            case "honest":
                sent.append(Knock(door, path, body, headers, honest=True))
                yield sent[-1]
            case "forged":
                yield Knock(door, path, body, {**headers, **dict.fromkeys(_signatures(headers), "wrong")}, honest=False)
            case "oversized":
                yield Knock(door, path, b"x" * 1_100_000, headers, honest=False)
            case _:
                yield Knock(door, path, body[: len(body) // 2], headers, honest=False)


def _signatures(headers: dict[str, str]) -> list[str]:
    return [name for name in headers if "signature" in name or "token" in name]


def _listened(account: Any) -> None:
    """Save the account, with its source."""
    from smeditor.listening.poll import add_missing_sources

    account.save()
    add_missing_sources()


def _facebook(dice: random.Random) -> Iterator[Knock]:
    from django.utils import timezone

    from smeditor.models import Account, NetworkApp

    keys = {"client_id": "1", "client_secret": SECRET, "verify_token": "v"}
    NetworkApp.objects.create(network="facebook", server_url="", keys=keys, entered_at=timezone.now())
    _listened(Account(network="facebook", server_url="https://graph.facebook.com", handle="p", remote_id="7001"))

    def honest(number: int) -> tuple[bytes, dict[str, str]]:
        value = {"item": "comment", "verb": "add", "comment_id": f"7001_{number}", "post_id": "7001_1"}
        value |= {"from": {"id": str(number), "name": "Léa"}, "message": "Et les bus ?", "created_time": 1_790_000_000}
        change = {"field": "feed", "value": value}
        body = json.dumps({"object": "page", "entry": [{"id": "7001", "time": 1_790_000_000, "changes": [change]}]})
        signature = hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()
        kind = {"content-type": "application/json"}
        return body.encode(), {**kind, "x-hub-signature-256": f"sha256={signature}"}

    return _mixed("facebook", "/smeditor/hooks/facebook/", dice, honest)


def _telegram(dice: random.Random) -> Iterator[Knock]:
    from smeditor.listening.webhooks import SECRET as NAME
    from smeditor.models import Account

    account = Account(network="telegram", server_url="https://api.telegram.org", handle="@p", remote_id="-1001")
    account.webhook_key, account.secret = "nobody-guesses-this", {"bot_token": "1:x", NAME: SECRET}
    _listened(account)

    def honest(number: int) -> tuple[bytes, dict[str, str]]:
        message = {
            "message_id": number,
            "date": 1_790_000_000,
            "chat": {"id": -1002, "type": "supergroup"},
            "text": "?",
        }
        body = json.dumps({"update_id": number, "message": message}).encode()
        return body, {"content-type": "application/json", "x-telegram-bot-api-secret-token": SECRET}

    return _mixed("telegram", "/smeditor/hooks/telegram/nobody-guesses-this/", dice, honest)


def _webmention(dice: random.Random) -> Iterator[Knock]:
    """Nobody signs a webmention: what is forged is found out when it is verified. Here its form counts."""
    from urllib.parse import urlencode

    from django.urls import reverse
    from wagtail.models import Site

    base = Site.objects.get(is_default_site=True).root_url
    kind = {"content-type": "application/x-www-form-urlencoded"}
    for number in range(REQUESTS):
        source, target = f"https://blog{number}.example/{number}", f"{base}/"
        body = urlencode({"source": source, "target": target}).encode()
        match dice.choice(("whole",) * 6 + ("lacking", "oversized")):
            case "whole":
                yield Knock("webmention", reverse("smeditor_webmention"), body, kind, honest=True)
            case "lacking":
                yield Knock("webmention", reverse("smeditor_webmention"), b"source=nowhere", kind, honest=False)
            case _:
                yield Knock("webmention", reverse("smeditor_webmention"), b"x" * 1_100_000, kind, honest=False)


if __name__ == "__main__":
    sys.exit(main())
