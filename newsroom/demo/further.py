"""Further networks of the demo: doubles on loopback, each with an account of the newspaper and readers who answer there.

Nobody can run X or Facebook at home. The doubles are those that the tests hold to the networks' official documents, so that
they are there in a checkout and not in an installed package.
"""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.urls import reverse
from django.utils import timezone

from newsroom.demo.processes import HOST, Processes, free_port
from smeditor.accounts import apps, clients, connect
from smeditor.models import Account, Delivery, Rule
from smeditor.networks.base import Network

DOUBLES = "tests.networks.doubles"
LINES = (
    ("amelie", "Et pour ceux qui n'ont pas de voiture, c'est prévu comment ?"),
    ("basile", "Merci pour cet article, enfin des chiffres clairs."),
    ("chloe", "There is a mistake in the second paragraph: the tram line is 12 km long, not 21."),
    ("damien", "Vous oubliez les habitants du quartier nord, comme toujours."),
)
"""What readers write under whatever goes out there, in turn."""


class FurtherNetworks:
    """The doubles of ``slugs``. They start beside whatever comes next; :meth:`connect` waits for them.

    Raises CommandError for a network of which there is no double.
    """

    def __init__(self, processes: Processes, slugs: list[str], port: int) -> None:
        self.processes = processes
        self.urls: dict[str, str] = {}
        self.ports: dict[str, int] = {}
        self.answered: dict[int, int] = {}
        for number, slug in enumerate(slugs):
            if not slug.isidentifier() or find_spec(f"{DOUBLES}.{slug}") is None:
                raise CommandError(
                    f"There is no double of the network {slug!r} in this checkout (tests/networks/doubles)."
                )
            self.ports[slug] = free_port(port + number)
            self.urls[slug] = f"http://{HOST}:{self.ports[slug]}"
            command = [sys.executable, "-m", DOUBLES, slug, "--port", str(self.ports[slug])]
            processes.start(slug, command)

    def connect(self, mode: str) -> None:
        """Connect an account of the newspaper on each, and give it a rule in ``mode``."""
        for slug, url in self.urls.items():
            self.processes.wait_for(slug, self.ports[slug])
            known = _ask(f"{url}/_double/connection")
            account = Account.objects.filter(network=slug).first() or Account(
                network=slug, minimum_gap=0, language="fr"
            )
            account.server_url, account.handle = known["server_url"], known.get("handle", "")
            account.remote_id, account.secret = known.get("remote_id", ""), known["secret"]
            account.save()
            self._enter_app(clients.network_class(account), account.server_url)
            problem = connect.verify(account)
            account.refresh_from_db()
            if not account.verified_at:
                raise CommandError(f"{account} could not be connected: {problem}")
            if clients.network_class(account).capabilities.sends:
                name = f"Tout sur {account.get_network_display()}"
                rule, _made = Rule.objects.get_or_create(name=name, defaults={"mode": mode, "with_image": True})
                rule.accounts.add(account)

    def _enter_app(self, network: type[Network], server_url: str) -> None:
        """Enter the keys of the newspaper's app there, where the network wants one: so that one can connect others."""
        if network.connecting.app_fields:
            address = settings.WAGTAILADMIN_BASE_URL + reverse("smeditor:account_return", args=[network.slug])
            keys = _ask(f"{server_url}/_double/app", {"redirect_uri": address})
            if keys:
                apps.store(network, server_url, keys, None, timezone.now())

    def readers_turn(self) -> int:
        """Let a reader answer the newest post on each network that was not answered often. Returns how many did."""
        answers = 0
        for slug, url in self.urls.items():
            sent = (
                Delivery.objects.filter(account__network=slug, state=Delivery.State.SENT).order_by("-sent_at").first()
            )
            if sent is None or self.answered.get(sent.pk, 0) >= len(LINES):
                continue
            by, text = LINES[self.answered.get(sent.pk, 0)]
            try:
                _ask(f"{url}/_double/reaction", {"by": by, "text": text, "post": sent.remote_id})
            except urllib.error.HTTPError:
                continue
            self.answered[sent.pk] = self.answered.get(sent.pk, 0) + 1
            answers += 1
        return answers


def _ask(url: str, body: dict[str, Any] | None = None) -> Any:
    request = urllib.request.Request(  # noqa: S310 - our own loopback
        url,
        data=json.dumps(body).encode() if body is not None else None,
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        return json.load(answer)
