"""What the calls to networks that charge for them have cost."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.accounts import Account


class Spending(models.Model):
    """The calls of one kind that were made for one account in one month, and their price in US dollars."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="spending", db_index=False)
    month = models.DateField()
    """The first day of the month, in UTC, by which networks make their bills."""
    operation = models.CharField(max_length=40)
    count = models.PositiveBigIntegerField(default=0)
    amount = models.DecimalField(max_digits=12, decimal_places=4, default=0)

    class Meta:
        verbose_name = _("spending")
        constraints = [models.UniqueConstraint(fields=["account", "month", "operation"], name="smeditor_spending_once")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.month:%Y-%m} {self.operation}: {self.amount}"
