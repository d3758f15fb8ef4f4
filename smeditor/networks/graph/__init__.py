"""Meta's Graph API: what the networks that stand on it share. Its calls, errors, limits, consent and webhooks.

Facebook Pages, Instagram and Threads are made of it; it publishes nothing itself and knows no kind of post. The tokens of the
last two are in :mod:`smeditor.networks.graph.sixty_days`.
"""

from smeditor.networks.graph.api import GraphApi
from smeditor.networks.graph.oauth import Token, consent_url, exchange_code, inspect, long_lived
from smeditor.networks.graph.paging import Page, pages, read_page
from smeditor.networks.graph.version import DIALOG, GRAPH, VERSION, version_of
from smeditor.networks.graph.webhooks import Change, believe, changes, receive

__all__ = [
    "DIALOG",
    "GRAPH",
    "VERSION",
    "Change",
    "GraphApi",
    "Page",
    "Token",
    "believe",
    "changes",
    "consent_url",
    "exchange_code",
    "inspect",
    "long_lived",
    "pages",
    "read_page",
    "receive",
    "version_of",
]
