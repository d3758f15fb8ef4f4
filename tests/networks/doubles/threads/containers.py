"""The containers of the double: made, processed, published once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from tests.networks.doubles.threads.state import (
    A_LINK,
    A_TAG,
    Container,
    Post,
    Profile,
    ThreadsError,
    Token,
    counted,
    lost,
    time_of,
)
from tests.networks.doubles.threads.tokens import Tokens


class Containers(Tokens):
    """What of a Threads server concerns containers."""

    containers: dict[str, Container]
    posts: dict[str, Post]
    polls: dict[str, int]
    quota: dict[str, int]
    used: dict[str, int]
    rejections: list[str]

    def fresh_id(self) -> str:
        """An id that nobody has."""
        raise NotImplementedError

    def _published(self, author: Profile, data: dict[str, Any], parent: Post | None) -> Post:
        raise NotImplementedError

    # containers

    def post_me_threads(self, token: Token, params: dict[str, str]) -> dict[str, Any]:
        """Make a container."""
        kind = params["media_type"]
        self._check_text(params)
        self._check_poll(kind, params)
        if kind == "TEXT" and not params.get("text") and not params.get("link_attachment"):
            raise ThreadsError(100, "The parameter text is required")
        for name in ("image_url", "video_url"):
            if kind == name.partition("_")[0].upper() and not params.get(name, "").startswith("http"):
                raise ThreadsError(100, f"The parameter {name} is required")
        if kind == "CAROUSEL":
            self._check_children(params.get("children", "").split(","))
        for name in ("reply_to_id", "quote_post_id"):
            if name in params and (params[name] not in self.posts or self.posts[params[name]].gone):
                raise lost(params[name])
        container = Container(self.fresh_id(), token.user, dict(params), self.now(), self.polls[kind])
        if self.rejections:
            container.error = self.rejections.pop(0)
        self.containers[container.id] = container
        return {"id": container.id}

    def _check_text(self, params: dict[str, str]) -> None:
        text = params.get("text", "")
        if counted(text) > 500:
            raise ThreadsError(100, "Param text must be at most 500 characters long.")
        links = set(A_LINK.findall(text)) | ({params["link_attachment"]} if params.get("link_attachment") else set())
        if len(links) > 5:
            raise ThreadsError(100, "THREADS_API__LINK_LIMIT_EXCEEDED")
        if len(params.get("alt_text", "")) > 1000:
            raise ThreadsError(100, "Param alt_text must be at most 1000 characters long.")

    def _check_poll(self, kind: str, params: dict[str, str]) -> None:
        """https://developers.facebook.com/documentation/threads/create-posts/polls (2026-11-30)."""
        if "poll_attachment" not in params:
            return
        poll = json.loads(params["poll_attachment"])
        if kind != "TEXT" or params.keys() & {"link_attachment", "text_attachment"}:
            raise ThreadsError(100, "Param poll_attachment is only for text posts without a link attachment.")
        names = ["option_a", "option_b", "option_c", "option_d"]
        if len(poll) < 2 or list(poll) != names[: len(poll)]:
            raise ThreadsError(100, "Param poll_attachment must have 2 to 4 options.")
        if not all(1 <= len(option) <= 25 for option in poll.values()):
            raise ThreadsError(100, "Param poll_attachment: an option has 1 to 25 characters.")

    def _check_children(self, children: list[str]) -> None:
        if not 2 <= len(children) <= 20:
            raise ThreadsError(100, "Param children: a carousel has 2 to 20 items.")
        for child in children:
            container = self.containers.get(child)
            if container is None or self.status(container) != "FINISHED" or "is_carousel_item" not in container.params:
                raise lost(child)

    def status(self, container: Container) -> str:
        """How far a container is."""
        if container.published:
            return "PUBLISHED"
        if self.now() - container.at > timedelta(hours=24):
            return "EXPIRED"
        if container.polls:
            return "IN_PROGRESS"
        return "ERROR" if container.error else "FINISHED"

    def post_me_threads_publish(self, token: Token, params: dict[str, str]) -> dict[str, Any]:
        """Publish a container."""
        container = self.containers.get(params["creation_id"])
        if container is None or container.forgotten or self.status(container) != "FINISHED":
            raise lost(params["creation_id"])
        kind = "reply" if container.params.get("reply_to_id") else "publish"
        if self.used[kind] >= self.quota[kind]:
            raise ThreadsError(4, "Application request limit reached", http=403)
        self.used[kind] += 1
        parent = self.posts.get(container.params.get("reply_to_id", ""))
        post = self._published(token.user, self._data_of(container.params), parent)
        container.published = post.id
        return {"id": post.id}

    def _data_of(self, params: dict[str, str]) -> dict[str, Any]:
        kind = params["media_type"]
        data: dict[str, Any] = {
            "media_type": {"TEXT": "TEXT_POST", "CAROUSEL": "CAROUSEL_ALBUM"}.get(kind, kind),
            "timestamp": time_of(self.now()),
            "reply_audience": params.get("reply_control", "everyone").upper(),
        }
        data |= {key: params[key] for key in ("text", "alt_text") if key in params}
        links = A_LINK.findall(params.get("text", ""))
        if kind == "TEXT" and (params.get("link_attachment") or links):
            data["link_attachment_url"] = params.get("link_attachment") or links[0]
        if params.get("poll_attachment"):
            data["poll_attachment"] = json.loads(params["poll_attachment"])
        if params.get("quote_post_id"):
            data |= {"is_quote_post": True, "quoted_post": {"id": params["quote_post_id"]}}
        if params.get("children"):
            data["children"] = {"data": [{"id": child} for child in params["children"].split(",")]}
        tag = A_TAG.search(params.get("text", ""))
        return data | ({"topic_tag": tag[1]} if tag else {})
