"""Which method of a double answers which call, and the call as it was understood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.networks.doubles.graph.expansion import Wanted
from tests.networks.doubles.graph.failures import GraphError
from tests.networks.doubles.graph.state import ALL_TASKS, GraphToken, Node

Handler = Callable[..., Any]


def edge(method: str, kind: str, name: str) -> Callable[[Handler], Handler]:
    """Mark the method that answers an edge of a kind of node."""

    def marked(handler: Handler) -> Handler:
        handler.__dict__.setdefault("graph_routes", []).append((method, kind, name))
        return handler

    return marked


def node_operation(method: str, kind: str) -> Callable[[Handler], Handler]:
    """Mark the method that answers a call on a node itself: ``GET``, ``POST`` (update), ``DELETE``."""
    return edge(method, kind, {"GET": "#get", "POST": "#update", "DELETE": "#delete"}[method])


@dataclass
class Call:
    """One request as it was understood. ``params``: of their types; ``wanted``: the ``fields``; ``files``: by name."""

    method: str
    token: GraphToken
    node: Node
    name: str
    params: dict[str, Any]
    wanted: tuple[Wanted, ...] | None
    files: dict[str, bytes] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter."""
        return self.params.get(name, default)

    def require(self, *scopes: str, task: str = "") -> None:
        """Refuse where the token lacks a scope, or its person may not do that on the page."""
        missing = [scope for scope in scopes if scope not in self.token.scopes]
        if missing:
            raise GraphError(200, f"Requires {missing[0]} permission to manage the object")
        if task and task not in self.node.hidden.get("tasks_of_token", ALL_TASKS):
            raise GraphError(
                200, f"The user must be able to perform the {task} task: requires sufficient administrative permission"
            )
