"""What there is: apps, people, pages, tokens, and what shall go wrong next."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.networks.doubles.base import Double
from tests.networks.doubles.graph.failures import GraphError
from tests.networks.doubles.graph.state import ALL_TASKS, Code, GraphApp, GraphToken, Node, Person, fresh_token

APP_SECRET = "0123456789abcdef" * 2


class World(Double):
    """The double's memory, and what tests and demos put into it."""

    def __init__(self) -> None:
        super().__init__()
        self.reset()

    def reset(self) -> None:
        """Forget everything but the address."""
        self.nodes: dict[str, Node] = {}
        self.apps: dict[str, GraphApp] = {}
        self.people: dict[str, Person] = {}
        self.tokens: dict[str, GraphToken] = {}
        self.codes: dict[str, Code] = {}
        self.usage: dict[str, Any] = {}
        self.failures: list[tuple[Callable[[str, str], bool], GraphError, bool]] = []
        self.counter = 100_000
        self.clock_ahead = timedelta()
        self.breaches.clear()
        self.requests.clear()
        self.faults.clear()

    # what tests and demos set up

    def now(self) -> datetime:
        """The double's time, aware UTC, in whole seconds as Meta gives it."""
        return (datetime.now(UTC) + self.clock_ahead).replace(microsecond=0)

    def fresh_id(self) -> str:
        """An id that nobody has."""
        self.counter += 1
        return f"1{self.counter:014d}"

    def add_app(self, app_id: str = "424242424242", secret: str = APP_SECRET, **more: Any) -> GraphApp:
        """Create the newsroom's app."""
        self.apps[app_id] = GraphApp(app_id, secret, **more)
        return self.apps[app_id]

    def add_person(self, name: str = "Ada Redactrice", **tasks: Iterable[str]) -> Person:
        """Somebody with a Facebook account. ``tasks``: by page id, through :meth:`give_role` more easily."""
        person = Person(self.fresh_id(), name)
        self.people[person.id] = person
        self.nodes[person.id] = Node(person.id, "User", {"id": person.id, "name": name})
        return person

    def add_page(self, name: str = "Gazette", **data: Any) -> Node:
        """A page."""
        page_id = self.fresh_id()
        data = {
            "id": page_id,
            "name": name,
            "link": f"https://www.facebook.com/{page_id}",
            "is_published": True,
            **data,
        }
        self.nodes[page_id] = Node(page_id, "Page", data, owner=page_id)
        return self.nodes[page_id]

    def give_role(self, person: Person, page: Node, tasks: Iterable[str] = ALL_TASKS) -> None:
        """Let a person do things on a page."""
        person.tasks[page.id] = tuple(tasks)

    def user_token(self, person: Person, app: GraphApp, scopes: Iterable[str], **more: Any) -> GraphToken:
        """A token of a person."""
        return self._issued(GraphToken(fresh_token(), "USER", app.id, person.id, scopes=frozenset(scopes), **more))

    def page_token(
        self, page: Node, app: GraphApp, scopes: Iterable[str], person: Person | None = None, **more: Any
    ) -> GraphToken:
        """A page's token, as a long-lived one without an end."""
        user_id = person.id if person else ""
        token = GraphToken(fresh_token(), "PAGE", app.id, user_id, page.id, frozenset(scopes), long_lived=True, **more)
        return self._issued(token)

    def _issued(self, token: GraphToken) -> GraphToken:
        self.tokens[token.value] = token
        return token

    def revoke(self, token: str, subcode: int = 463) -> None:
        """Make a token worthless: 463 expired, 460 password changed, 458 app removed, 492 role lost."""
        self.tokens[token].valid = False
        self.tokens[token].subcode = subcode

    def fail(self, matches: Callable[[str, str], bool], error: GraphError, *, carried_out: bool = False) -> None:
        """Answer the next request for which ``matches(method, path)`` is true with ``error``, done or not done."""
        self.failures.append((matches, error, carried_out))

    def use_up(self, **headers: Any) -> None:
        """Send these usage headers with every answer: ``X_App_Usage={"call_count": 28, …}``."""
        self.usage = {name.replace("_", "-"): value for name, value in headers.items()}
