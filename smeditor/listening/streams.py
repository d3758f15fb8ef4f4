"""Open connections that tell at once that something came in: one for each account whose network streams.

They shorten the polling delay and do nothing else; losing all of them loses nothing. Each account's is held by one worker,
under a lease, however many there are.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from datetime import datetime, timedelta

from django.db import close_old_connections, connection
from django.db.models import Q
from django.utils import timezone

from smeditor.accounts import clients
from smeditor.exceptions import DATABASE_TROUBLE, ConfigurationError, SmeditorError
from smeditor.models import Account, Heartbeat, Source
from smeditor.networks.base import Network
from smeditor.wakeup import wake_up

logger = logging.getLogger("smeditor.listening")

EVERY = 20.0
"""Seconds between two checks of who is to be followed."""
LEASE = timedelta(seconds=70)
PAUSES = (30.0, 120.0, 600.0, 3600.0)
"""Seconds after which a stream that ended is opened again; a connection that lasted counts as the first time."""
LASTED = 300.0
AT_MOST_EVERY = 2.0
"""Seconds between two wake-ups of one account: a flood of reactions is read in one poll."""


class Stream(threading.Thread):
    """One account's open connection."""

    def __init__(self, account: Account) -> None:
        super().__init__(name=f"stream-{account.pk}", daemon=True)
        self.account = account
        self.network: Network | None = None
        self.began = time.monotonic()

    def run(self) -> None:
        """Follow the account until its connection ends."""
        try:
            self.network = clients.open_for_listening(self.account)
            self._follow(self.network)
        except SmeditorError as error:
            logger.info("stream of account %s ended: %s", self.account.pk, type(error).__name__)
        except Exception as error:  # a closed client raises what its library raises
            logger.info("stream of account %s broke: %s", self.account.pk, type(error).__qualname__)
        finally:
            self.end()
            connection.close()

    def _follow(self, network: Network) -> None:
        latest = 0.0
        for _event in network.stream():
            if time.monotonic() - latest >= AT_MOST_EVERY:
                latest = time.monotonic()
                hasten(self.account.pk, timezone.now())
                close_old_connections()

    def end(self) -> None:
        """Close the connection, from whichever thread."""
        network, self.network = self.network, None
        if network is not None:
            network.close()


def hasten(account_id: int, now: datetime) -> bool:
    """Let the account be read now. True when it was not due already."""
    late = Source.objects.filter(account=account_id, active=True, next_poll_at__gt=now)
    hastened = bool(late.update(next_poll_at=now))
    if hastened:
        wake_up("listen")
    return hastened


class Streams:
    """The streams that this process holds open."""

    def __init__(self) -> None:
        self.open: dict[int, Stream] = {}
        self.failures: dict[int, int] = {}
        self.again_at: dict[int, float] = {}
        self.holder = f"{socket.gethostname()}:{os.getpid()}"

    def run(self, stop: threading.Event) -> None:
        """Follow whoever is to be followed, until ``stop`` is set."""
        while not stop.is_set():
            try:
                self.check(timezone.now())
            except DATABASE_TROUBLE as error:
                logger.warning("streams wait for the database: %s", type(error).__name__)
            finally:
                connection.close()
            stop.wait(EVERY)
        for stream in list(self.open.values()):
            stream.end()

    def check(self, now: datetime) -> None:
        """Open what is missing, keep the leases of what is open, close what is not wanted any more."""
        self._note_ended()
        wanted = {account.pk: account for account in followed()}
        for key in set(self.open) - set(wanted):
            self.open.pop(key).end()
        for key, account in wanted.items():
            if key in self.open:
                if not self._lease(key, now):
                    self.open.pop(key).end()
            elif time.monotonic() >= self.again_at.get(key, 0.0) and self._lease(key, now):
                self.open[key] = Stream(account)
                self.open[key].start()

    def _note_ended(self) -> None:
        for key, stream in list(self.open.items()):
            if stream.is_alive():
                continue
            del self.open[key]
            lasted = time.monotonic() - stream.began > LASTED
            failures = 0 if lasted else self.failures.get(key, -1) + 1
            self.failures[key] = failures
            self.again_at[key] = time.monotonic() + PAUSES[min(failures, len(PAUSES) - 1)]

    def _lease(self, key: int, now: datetime) -> bool:
        """Take or keep the lease of an account's stream. False while another worker has it."""
        row, _made = Heartbeat.objects.get_or_create(
            name=f"stream:{key}", defaults={"kind": "lease", "seen_at": now - LEASE}
        )
        mine = Heartbeat.objects.filter(Q(seen_at__lte=now) | Q(detail={"holder": self.holder}), pk=row.pk)
        return bool(mine.update(seen_at=now + LEASE, detail={"holder": self.holder}))


def followed() -> list[Account]:
    """The accounts that are listened to and whose network streams."""
    accounts = Account.objects.filter(listens=True, state=Account.State.ACTIVE, source__active=True)
    return [account for account in accounts.select_related("source") if _streams(account)]


def _streams(account: Account) -> bool:
    try:
        return clients.network_class(account).capabilities.streams
    except ConfigurationError:
        return False
