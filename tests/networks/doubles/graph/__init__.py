"""A Graph API on loopback: what the doubles of Facebook and Instagram stand on."""

from tests.networks.doubles.graph.failures import GraphError
from tests.networks.doubles.graph.routing import Call, edge, node_operation
from tests.networks.doubles.graph.server import GraphServer
from tests.networks.doubles.graph.state import GraphApp, GraphToken, Node, Person
from tests.networks.doubles.graph.webhooks import Sender, signature

__all__ = [
    "Call",
    "GraphApp",
    "GraphError",
    "GraphServer",
    "GraphToken",
    "Node",
    "Person",
    "Sender",
    "edge",
    "node_operation",
    "signature",
]
