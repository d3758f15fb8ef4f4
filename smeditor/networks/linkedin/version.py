"""Which version of LinkedIn's API is spoken, when it ends, and where the API and the consent screen are.

https://learn.microsoft.com/en-us/linkedin/marketing/versioning (2026-11-30): a version a month, each supported for a year at
least; every call names one in ``LinkedIn-Version``, and one that is over is answered with 426. August 2025 was switched
off on 17 August 2026 (https://learn.microsoft.com/en-us/linkedin/marketing/integrations/migrations, 2026-11-30).
"""

from __future__ import annotations

import re
from datetime import date

from smeditor.networks.credentials import App

VERSION = "202608"
"""Chosen on 2026-11-30. An administrator may set another for the newsroom's app (``api_version``)."""
API = "https://api.linkedin.com"
SITE = "https://www.linkedin.com"
A_VERSION = re.compile(r"(20[2-9]\d)(0[1-9]|1[0-2])")


def version_of(app: App) -> str:
    """The version that an administrator has set for the app, else ours. What is no version is left out."""
    given = app.keys.get("api_version", "").strip()
    return given if A_VERSION.fullmatch(given) else VERSION


def end_of(version: str) -> date:
    """The first day on which LinkedIn may switch a version off: a year after the month that it is named after."""
    match = A_VERSION.fullmatch(version) or A_VERSION.fullmatch(VERSION)
    assert match is not None  # noqa: S101 - VERSION is one
    return date(int(match[1]) + 1, int(match[2]), 1)


def site_of(server_url: str) -> str:
    """Where the consent screen and the tokens are: LinkedIn's own site, or the very server that stands in for both."""
    return SITE if server_url.rstrip("/") == API else server_url.rstrip("/")
