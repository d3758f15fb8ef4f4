"""What many tests begin with is made once, and lies in a savepoint under each test that asks for it.

Making a newspaper or a desk takes longer than most tests, and hundreds begin with the same. A fixture says what lies under
it::

    SITE = Layer(factories.make_site)
    SECTION = Layer(lambda site: factories.make_section(site.root_page), above=SITE)

    @pytest.fixture
    @SECTION.lies_under
    def section(db):
        return SECTION.copy()

Each test still begins with exactly the rows that its fixtures name and its own are rolled back. Only the layers that the
next test does not ask for are taken away before it, and those that it lacks are made.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from itertools import count
from typing import Any, TypeVar

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Model
from django.test import override_settings

Fixture = TypeVar("Fixture", bound=Callable[..., Any])
_numbers = count()
_stack: list[Layer] = []
"""The layers that are there now, the lowest first."""


class Layer:
    """Rows that ``make`` writes, once for as many tests as follow each other and ask for them."""

    def __init__(self, make: Callable[..., Any], *, above: Layer | None = None, **settings: Any) -> None:
        """``make`` gets a copy of what the layer ``above`` which it lies made, and runs under ``settings``."""
        self.make, self.above, self.settings = make, above, settings
        self.number = next(_numbers)
        self.made: Any = None
        self.atomic: transaction.Atomic | None = None

    def lies_under(self, fixture: Fixture) -> Fixture:
        """Mark a fixture's function, below ``@pytest.fixture``."""
        fixture.layer = self  # type: ignore[attr-defined]
        return fixture

    def with_those_below(self) -> list[Layer]:
        """This layer and all that it stands on."""
        return [*(self.above.with_those_below() if self.above else []), self]

    def copy(self) -> Any:
        """What was made, read anew from the database; made here and now for a test under which it does not lie."""
        return fresh(self.made) if self in _stack else self._run()

    def put_down(self) -> None:
        """Make it in a savepoint of its own."""
        self.atomic = transaction.atomic()
        self.atomic._from_testcase = True  # as Django's TestCase does: durable blocks of the code under test may follow
        self.atomic.__enter__()
        _stack.append(self)
        self.made = self._run()
        connection.run_on_commit.clear()  # nothing of it is ever committed

    def take_away(self) -> None:
        """Roll it back; it must be the uppermost."""
        assert _stack.pop() is self
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        self.made = self.atomic = None

    def _run(self) -> Any:
        with override_settings(**self.settings):
            return self.make(*([self.above.copy()] if self.above else []))


def fresh(value: Any) -> Any:
    """Return ``value`` with every model instance in it read anew, so that no test sees what another changed in memory."""
    if isinstance(value, Model):
        return type(value)._base_manager.get(pk=value.pk)
    if isinstance(value, list | tuple):
        return type(value)(fresh(part) for part in value)
    if isinstance(value, dict):
        return {key: fresh(part) for key, part in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: fresh(getattr(value, field.name)) for field in fields(value)})
    if type(value).__module__.startswith("tests."):
        twin = copy.copy(value)
        vars(twin).update({name: fresh(part) for name, part in vars(value).items()})
        return twin
    return value


def wanted_by(item: pytest.Item) -> list[Layer]:
    """The layers of the fixtures that a test asks for, each above those that it stands on."""
    definitions = item._fixtureinfo.name2fixturedefs
    asked = [getattr(definitions[name][-1].func, "layer", None) for name in item.fixturenames if name in definitions]
    return sorted({part for layer in asked if layer for part in layer.with_those_below()}, key=lambda part: part.number)


def arrange(wanted: list[Layer]) -> None:
    """Leave exactly the ``wanted`` layers in the database."""
    kept = 0
    while kept < min(len(wanted), len(_stack)) and wanted[kept] is _stack[kept]:
        kept += 1
    for layer in reversed(_stack[kept:]):
        layer.take_away()
    for layer in wanted[kept:]:
        layer.put_down()
    if _stack:
        cache.clear()  # it may hold what an earlier test made of the same rows, as Wagtail's root paths
