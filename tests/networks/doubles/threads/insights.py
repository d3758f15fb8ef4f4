"""How a post fared (``/{id}/insights``), after Meta's collection; readers of the double neither like nor repost."""

from __future__ import annotations

from typing import Any

from tests.networks.doubles.threads.containers import Containers
from tests.networks.doubles.threads.state import Token, not_there


class Insights(Containers):
    """The numbers of the double's posts."""

    def get_node_insights(self, token: Token, params: dict[str, str], node_id: str) -> dict[str, Any]:
        """How a post of ours fared; readers here neither like nor repost."""
        post = self.posts.get(node_id)
        if post is None or post.gone:
            raise not_there(node_id)
        below = sum(node_id in {other.root, other.parent} for other in self.posts.values() if not other.gone)
        counts = {"replies": below, "views": below}
        return {
            "data": [
                {
                    "name": name,
                    "period": "lifetime",
                    "values": [{"value": counts.get(name, 0)}],
                    "title": name.capitalize(),
                    "description": name,
                    "id": f"{node_id}/insights/{name}/lifetime",
                }
                for name in params["metric"].split(",")
            ]
        }
