"""What calls cost on a network that asks money for them, and the ceiling above which the desk makes none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from smeditor.exceptions import RateLimited


@dataclass(frozen=True)
class Cost:
    """One call that was made: what it was, in the adapter's own word, and its price in US dollars."""

    operation: str
    amount: Decimal


class Costs(list[Cost]):
    """What this caller's calls have cost since they were saved last.

    ``budget``: what this caller may still spend, in US dollars; None: without a ceiling. ``until``: when the month that
    the ceiling is for ends (aware UTC). Reading is given less than sending, so that it stops first.
    """

    budget: Decimal | None = None
    until: datetime | None = None

    def spent(self) -> Decimal:
        """The sum, in US dollars."""
        return sum((cost.amount for cost in self), Decimal())

    def ask(self, amount: Decimal, label: str) -> None:
        """Raise RateLimited, until the month ends, where a call for ``amount`` would go beyond the ceiling."""
        if self.budget is None or self.until is None or self.spent() + amount <= self.budget:
            return
        sentence = _("The month's ceiling for what %(network)s charges is reached. An administrator can raise it.")
        raise RateLimited(sentence % {"network": label}, until=self.until, cause="ceiling", code="ceiling")

    def add(self, operation: str, amount: Decimal) -> None:
        """Note a call that was made."""
        self.append(Cost(operation, amount))
