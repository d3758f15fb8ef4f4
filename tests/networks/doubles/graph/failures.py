"""The error envelope, which Meta's specs do not hold.

Ours, after https://developers.facebook.com/docs/graph-api/guides/error-handling and
https://developers.facebook.com/docs/graph-api/overview/rate-limiting (read 2026-11-30).
"""

from __future__ import annotations

import json
from typing import Any

from werkzeug.wrappers import Response

STATUS = {
    190: 400,
    102: 400,
    10: 403,
    200: 403,
    803: 404,
    1: 500,
    2: 500,
    4: 403,
    17: 400,
    32: 403,
    613: 403,
    80001: 400,
}
"""The HTTP status that comes with a code; 400 with every other one. As met in public bug reports, not documented."""


class GraphError(Exception):
    """A refusal of the double."""

    def __init__(self, code: int, message: str, subcode: int = 0, **more: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.subcode, self.more = code, message, subcode, more
        self.status = more.pop("status", STATUS.get(code, 400))
        self.headers: dict[str, str] = more.pop("headers", {})

    def response(self) -> Response:
        """The refusal as Meta writes it."""
        error = {"message": f"(#{self.code}) {self.message}", "type": "OAuthException", "code": self.code, **self.more}
        if self.subcode:
            error["error_subcode"] = self.subcode
        error["fbtrace_id"] = "AbCdEfGhIjK"
        return Response(
            json.dumps({"error": error}), status=self.status, content_type="application/json", headers=self.headers
        )


def not_there(node_id: str, method: str = "get") -> GraphError:
    """What Meta answers for an id that it does not know, or does not show."""
    message = (
        f"Unsupported {method.lower()} request. Object with ID '{node_id}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation."
    )
    return GraphError(100, message, 33)


def expired(subcode: int = 463) -> GraphError:
    """A token that is over, revoked, or whose person has changed their password (460)."""
    return GraphError(190, "Error validating access token: Session has expired.", subcode)
