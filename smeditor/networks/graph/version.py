"""Which Graph API is meant: its addresses and its version.

A version lives about two years (https://developers.facebook.com/docs/graph-api/changelog, read 2026-11-30): v26.0 came on
29 July 2026 and has no end yet; v25.0 ends on 29 July 2028. Calls to a version that is over are answered by the oldest
that is left; each answer names the version that it was made with in the header ``facebook-api-version``.
"""

from __future__ import annotations

import re

from smeditor.networks.credentials import App

VERSION = "v26.0"
"""Chosen on 2026-11-30. An administrator may set another for the newsroom's app (``api_version``)."""
GRAPH = "https://graph.facebook.com"
DIALOG = "https://www.facebook.com"
A_VERSION = re.compile(r"v?(\d{1,3}\.\d)")


def version_of(app: App) -> str:
    """The version that an administrator has set for the app, as ``v26.0``; else ours. What is no version is left out."""
    found = A_VERSION.fullmatch(app.keys.get("api_version", "").strip())
    return f"v{found[1]}" if found else VERSION
