"""What LinkedIn's pages allow in a request, written down by us: there is no machine-readable document.

Source, all read on 2026-11-30 under https://learn.microsoft.com/en-us/linkedin/marketing/: versioning;
community-management/shares/{posts,comments,reactions,social-metadata,images,documents,videos,multiimage-post}-api and
little-text-format; community-management/organizations/{organization-lookup-api,organization-access-control-by-role}.
A field that stands in none of them is refused, as LinkedIn refuses unknown fields.
"""

from __future__ import annotations

import re
from typing import Any

from tests.networks.doubles.base import ContractBroken

URN = re.compile(r"urn:li:[A-Za-z]+:.+")
POST = {
    "author": "urn!", "commentary": "text!", "visibility": ("PUBLIC", "CONNECTIONS", "LOGGED_IN"),
    "distribution": {"feedDistribution": ("MAIN_FEED", "NONE"), "targetEntities": "list",
                     "thirdPartyDistributionChannels": "list"},
    "lifecycleState": ("PUBLISHED", "DRAFT"), "isReshareDisabledByAuthor": "bool",
    "content": {
        "media": {"id": "urn!", "title": "text", "altText": "text"},
        "multiImage": {"images": [{"id": "urn!", "altText": "text"}]},
        "article": {"source": "text!", "thumbnail": "urn", "title": "text!", "description": "text"},
    },
    "reshareContext": {"parent": "urn!"},
}  # fmt: skip
COMMENT = {
    "actor": "urn!",
    "object": "urn!",
    "message": {"text": "text!", "attributes": "list"},
    "parentComment": "urn",
}
REACTION = {"root": "urn!", "reactionType": ("LIKE", "PRAISE", "EMPATHY", "INTEREST", "APPRECIATION", "ENTERTAINMENT")}
UPLOAD = {"initializeUploadRequest": {"owner": "urn!"}}
VIDEO = {
    "initializeUploadRequest": {
        "owner": "urn!", "fileSizeBytes": "int!", "uploadCaptions": "bool", "uploadThumbnail": "bool"
    }
}  # fmt: skip
FINALIZE = {"finalizeUploadRequest": {"video": "urn!", "uploadToken": "text", "uploadedPartIds": "list"}}
PATCH_POST = {"patch": {"$set": {"commentary": "text!"}}}
PATCH_COMMENT = {"patch": {"message": {"$set": {"text": "text!"}}}}
PLAIN = {"urn": str, "text": str, "int": int, "bool": bool, "list": list}


def check(value: Any, rule: Any, what: str) -> None:
    """Raise ContractBroken unless ``value`` is as ``rule`` says; a name with ``!`` is required."""
    if isinstance(rule, tuple):
        if value not in rule:
            raise ContractBroken(f"{what}: {value!r} is none of {rule}")
    elif isinstance(rule, str):
        name = rule.removesuffix("!")
        if not isinstance(value, PLAIN[name]) or (name == "urn" and not URN.fullmatch(value)):
            raise ContractBroken(f"{what}: {value!r:.80} is no {name}")
    elif isinstance(rule, list):
        if not isinstance(value, list) or not value:
            raise ContractBroken(f"{what} is no list of something")
        for item in value:
            check(item, rule[0], what)
    else:
        _check_object(value, rule, what)


def _check_object(value: Any, rule: dict[str, Any], what: str) -> None:
    if not isinstance(value, dict):
        raise ContractBroken(f"{what} is no object")
    unknown = value.keys() - rule.keys()
    missing = [
        name for name, inner in rule.items() if isinstance(inner, str) and inner.endswith("!") and name not in value
    ]
    if unknown or missing:
        raise ContractBroken(f"{what}: unknown {sorted(unknown)}, missing {missing}")
    for name, inner in value.items():
        check(inner, rule[name], f"{what}.{name}")


LITTLE = re.compile(
    r"\\[|{}@\[\]()<>#\\*_~]|\{hashtag\|\\#\|(?:\\.|[^|{}\\])+\}|@\[[^\]]+\]\(urn:li:[^)]+\)|[^|{}@\[\]()<>#\\*_~]"
)


def rendered(commentary: str) -> str:
    """What readers see of a commentary. At the first reserved character that stands alone LinkedIn cuts it, and says nothing
    (https://github.com/n8n-io/n8n/issues/10179, PipedreamHQ/pipedream #17353)."""
    shown, at = "", 0
    while at < len(commentary):
        match = LITTLE.match(commentary, at)
        if match is None:
            return shown
        piece = match.group()
        if piece.startswith("{hashtag|"):
            shown += "#" + rendered(piece[len(r"{hashtag|\#|") : -1])
        elif piece.startswith("@["):
            shown += piece[2 : piece.index("]")]
        else:
            shown += piece.removeprefix("\\") if len(piece) == 2 else piece
        at = match.end()
    return shown
