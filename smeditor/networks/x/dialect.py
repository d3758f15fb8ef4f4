"""What X calls a post in its parameters and answers: ``tweet`` or ``post``. It is changing, and both must be understood.

The OpenAPI document 2.159, all guides and most clients say ``tweet.fields``, ``edit_history_tweet_ids``, ``referenced_tweets``,
``note_tweet``. The document 2.167 (https://github.com/xdevplatform/docs, ``openapi.json`` of 2026-08-22) and X's own client (xdk
0.10.6) say ``post.fields``, ``edit_history_post_ids``, ``referenced_posts``, ``note_post``, and have ids of others only as expansions.
No changelog names the change (read 2026-11-30). So the older names are sent until X refuses them, and both are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OLD_FIELDS, NEW_FIELDS = "tweet.fields", "post.fields"
RENAMED = {
    "edit_history_tweet_ids": "edit_history_post_ids",
    "referenced_tweets": "referenced_posts",
    "note_tweet": "note_post",
    "retweet_count": "repost_count",
}
EXPANDED = frozenset({"author_id", "edit_history_post_ids", "in_reply_to_user_id", "referenced_posts"})
"""What the newer document shows of a post only where it is expanded."""


def renamed(params: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a read in the newer names."""
    wanted = [RENAMED.get(name, name) for name in params.get(OLD_FIELDS, "").split(",") if name]
    expansions = [name for name in params.get("expansions", "").split(",") if name]
    expansions += [name for name in wanted if name in EXPANDED and name not in expansions]
    fields = [name for name in wanted if name not in EXPANDED]
    given = {NEW_FIELDS: ",".join(fields), "expansions": ",".join(expansions)}
    return {key: value for key, value in {**params, OLD_FIELDS: "", **given}.items() if value}


def member(post: Mapping[str, Any], name: str) -> Any:
    """The member ``name`` (an older one) of a post or of its counts, under whichever name X gives it."""
    value = post.get(name)
    return post.get(RENAMED.get(name, name)) if value is None else value
