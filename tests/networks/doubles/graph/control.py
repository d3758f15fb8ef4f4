"""How the Graph says no (https://developers.facebook.com/docs/graph-api/guides/error-handling, 2026-11-30)."""

from __future__ import annotations

from tests.networks.doubles.controls import Failure


def graph_failure(status: int, code: int, message: str, subcode: int = 0) -> Failure:
    """An answer with the Graph's error envelope."""
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A0"}
    return status, {"error": error | ({"error_subcode": subcode} if subcode else {})}, {}


LIMITED = graph_failure(400, 4, "(#4) Application request limit reached")
UNAUTHORISED = graph_failure(400, 190, "Error validating access token", 463)
BROKEN = graph_failure(500, 2, "An unexpected error has occurred. Please retry your request later.")
