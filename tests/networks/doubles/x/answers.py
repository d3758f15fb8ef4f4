"""How the double answers: JSON, problem documents, lists of a query's values."""

from __future__ import annotations

import json
import re
from typing import Any

from werkzeug.wrappers import Request, Response

PROBLEMS = "https://api.twitter.com/2/problems"


class Problem(Exception):
    """An answer that is an error document."""

    def __init__(self, status: int, detail: str, kind: str = "about:blank", **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        title = {400: "Invalid Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden"}
        title |= {404: "Not Found", 429: "Too Many Requests"}
        where = kind if kind == "about:blank" else f"{PROBLEMS}/{kind}"
        self.body = {"title": title.get(status, "Error"), "detail": detail, "type": where, "status": status, **more}

    @property
    def response(self) -> Response:
        return Response(json.dumps(self.body), self.status, content_type="application/problem+json")


def answered(body: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json; charset=utf-8")


def listed(request: Request, name: str) -> list[str]:
    return [value for value in request.args.get(name, "").split(",") if value]


def partial(body: dict[str, Any]) -> dict[str, Any]:
    """A problem as it stands beside what could be read: without a status."""
    return {key: value for key, value in body.items() if key != "status"}


def weight(text: str) -> int:
    """How long X takes a text to be, roughly: it refuses only what is far too long, the rule itself has its own test."""
    return len(re.sub(r"https?://\S+", "x" * 23, text))


NEWER = {
    "edit_history_tweet_ids": "edit_history_post_ids",
    "referenced_tweets": "referenced_posts",
    "note_tweet": "note_post",
    "retweet_count": "repost_count",
    "tweet_count": "post_count",
}


def newer(data: Any) -> Any:
    """An answer in the names of the document 2.167."""
    if isinstance(data, str):
        return data.replace("https://api.twitter.com/2/problems", "https://api.x.com/2/problems")
    if isinstance(data, list):
        return [newer(item) for item in data]
    if not isinstance(data, dict):
        return data
    renamed = {NEWER.get(key, key): newer(value) for key, value in data.items()}
    if "processing_info" in renamed:
        renamed["processing_info"].pop("type", None)
    if "associated_subtitles" in renamed:
        renamed["associated_subtitles"] = renamed["associated_subtitles"][0]
    return renamed
