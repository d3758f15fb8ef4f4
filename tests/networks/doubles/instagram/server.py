"""A stateful Instagram: containers that take their time, posts, comments, tags, a quota, consent, webhooks.

Nodes, edges, parameters and fields are held against Meta's description (``IGUserForIGOnlyAPI``, ``IGMediaForIGOnlyAPI``,
``IGComment``) by the shared Graph double. Ours, with their sources: containers
(https://developers.facebook.com/documentation/instagram-platform/content-publishing), the codes of refusals
(…/instagram-graph-api/reference/error-codes), webhooks (…/instagram-platform/webhooks/examples); all 2026-11-30.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from tests.networks.doubles.graph import GraphError, Node, Sender, edge, node_operation
from tests.networks.doubles.graph.server import Call
from tests.networks.doubles.graph.state import Listing
from tests.networks.doubles.instagram.consent import Consent

USER, MEDIA, COMMENT, CONTAINER = "IGUserForIGOnlyAPI", "IGMediaForIGOnlyAPI", "IGComment", "IGContainer"
SCOPES = (
    "instagram_business_basic",
    "instagram_business_content_publish",
    "instagram_business_manage_comments",
)
VERIFY_TOKEN = "a-word-of-our-own"
A_TAG, A_NAME = re.compile(r"#\w+"), re.compile(r"@([A-Za-z0-9_.]+)")


@dataclass
class Processing:
    """How a container gets on. ``polls``: so many readings it is still being processed."""

    at: datetime
    polls: int = 0
    error: str = ""
    published: str = ""


class Server(Consent):
    """Instagram with one app and one professional account."""

    slug = "instagram"
    default_fields: ClassVar[dict[str, tuple[str, ...]]] = {
        USER: ("id",),
        MEDIA: ("id",),
        COMMENT: ("id", "text", "timestamp"),
        CONTAINER: ("id",),
    }
    # The description of the way in with Instagram's own login writes the edge as ``mediapublish``; the documentation and
    # the description of the other way in (IGUser) write ``media_publish``.
    extra_edges: ClassVar[set[tuple[str, str, str]]] = {(USER, "POST", "media_publish")}
    extra_params: ClassVar[dict[tuple[str, str, str], dict[str, str]]] = {
        (USER, "POST", "media_publish"): {"creation_id": "unsigned int"}
    }

    def reset(self) -> None:
        super().reset()
        self.grants = {}
        self.app = self.add_app("271828182845904")
        self.sender = Sender(self.app.secret, VERIFY_TOKEN, "instagram")
        self.account = self.add_account("gazette", "La Gazette")
        self.processing: dict[str, Processing] = {}
        self.rejections: list[str] = []
        self.polls = {"IMAGE": 0, "VIDEO": 1, "REELS": 1, "CAROUSEL": 0}
        self.quota = 50
        self.published: list[datetime] = []
        self.page_size = 50
        self.subscribed: list[str] = []
        self.comments: list[Node] = []
        self.tagged: list[Node] = []
        self.media: list[Node] = []

    def create_app(self, redirect_uri: str) -> dict[str, str]:
        self.app.redirect_uris = (*self.app.redirect_uris, redirect_uri)
        return {"client_id": self.app.id, "client_secret": self.app.secret, "verify_token": VERIFY_TOKEN}

    def check(self, request: Request, response: Response) -> None:
        """Each message is held against the description where it is understood."""

    def add_account(self, username: str, name: str, account_type: str = "BUSINESS") -> Node:
        """A professional account."""
        node_id = self.fresh_id()
        data = {
            "id": node_id,
            "user_id": int("1784" + node_id[4:]),
            "username": username,
            "name": name,
            "account_type": account_type,
            "followers_count": 1234,
            "media_count": 0,
        }
        self.nodes[node_id] = Node(node_id, USER, data, owner=node_id)
        return self.nodes[node_id]

    def time(self, age: timedelta = timedelta()) -> str:
        """A moment as Instagram writes it."""
        return (self.now() - age).strftime("%Y-%m-%dT%H:%M:%S+0000")

    def reject_next(self, status: str) -> None:
        """Let the next container fail with this ``status``, once it was processed."""
        self.rejections.append(status)

    # what readers do

    def comment(
        self, under: str, username: str, text: str, *, age: timedelta = timedelta(), sender_id: str = ""
    ) -> Node:
        """Let somebody comment on a post of ours, or answer a comment (which then stands below the topmost)."""
        with self.lock:
            above = self.nodes[under]
            top = self.nodes.get(above.data.get("parent_id", ""), above)
            node = self._comment(top, username, text, age, sender_id or str(1_000_000 + sum(username.encode())))
        media = node.hidden["media"]
        value = {
            "id": node.id,
            "from": node.data["from"],
            "text": text,
            "media": {"id": media, "media_product_type": "FEED"},
        }
        if "parent_id" in node.data:
            value["parent_id"] = node.data["parent_id"]
        self.sender.send((str(self.account.data["user_id"]), "comments", value))
        return node

    def _comment(self, above: Node, username: str, text: str, age: timedelta, sender_id: str) -> Node:
        node_id = self.fresh_id()
        data: dict[str, Any] = {
            "id": node_id,
            "text": text,
            "timestamp": self.time(age),
            "username": username,
            "from": {"id": sender_id, "username": username},
            "hidden": False,
            "like_count": 0,
        }
        media = above.id if above.kind == MEDIA else above.hidden["media"]
        if above.kind == COMMENT:
            data["parent_id"] = above.id
        node = Node(node_id, COMMENT, data, self.account.id, {"media": media})
        self.nodes[node_id] = node
        self.comments.append(node)
        self.nodes[media].data["comments_count"] += 1
        return node

    def tag(self, username: str, caption: str, *, age: timedelta = timedelta()) -> Node:
        """Let somebody publish a photo in which the account is tagged."""
        with self.lock:
            node = self._media({"caption": caption, "media_type": "IMAGE"}, username, age)
            self.tagged.append(node)
            return node

    def remove(self, node_id: str) -> None:
        """Let somebody delete a comment or a post."""
        with self.lock:
            self.nodes[node_id].hidden["gone"] = True

    def _media(self, data: dict[str, Any], username: str, age: timedelta = timedelta()) -> Node:
        node_id = self.fresh_id()
        shortcode = f"C{node_id[-9:]}"
        data = {
            "id": node_id,
            "username": username,
            "timestamp": self.time(age),
            "shortcode": shortcode,
            "permalink": f"https://www.instagram.com/p/{shortcode}/",
            "media_product_type": "FEED",
            "like_count": 0,
            "comments_count": 0,
            **data,
        }
        self.nodes[node_id] = Node(node_id, MEDIA, data, self.account.id)
        return self.nodes[node_id]

    # what a token may do

    def authorise(self, call: Call) -> None:
        """The account's token acts for the account alone."""
        call.require("instagram_business_basic")
        if call.name in {"media_publish"} or (call.method, call.name) == ("POST", "media"):
            call.require("instagram_business_content_publish")
        if call.node.kind == COMMENT or call.name in {"comments", "replies"}:
            call.require("instagram_business_manage_comments")

    # the account

    @edge("GET", USER, "content_publishing_limit")
    def get_limit(self, call: Call) -> Any:
        """The quota of posts."""
        return {"data": [{"quota_usage": self.used(), "config": {"quota_total": self.quota, "quota_duration": 86400}}]}

    @edge("GET", USER, "media")
    def get_media(self, call: Call) -> Any:
        """Our own posts, newest first."""
        return Listing([node for node in reversed(self.media) if not node.hidden.get("gone")])

    @edge("GET", USER, "tags")
    def get_tags(self, call: Call) -> Any:
        """Posts in which the account was tagged, newest first."""
        there = [node for node in self.tagged if not node.hidden.get("gone")]
        return Listing(sorted(there, key=lambda node: (node.data["timestamp"], node.id), reverse=True))

    @edge("POST", USER, "subscribed_apps")
    def subscribe(self, call: Call) -> Any:
        """Let the app's webhooks tell of the account."""
        self.subscribed = list(call.get("subscribed_fields"))
        return {"success": True}

    @edge("DELETE", USER, "subscribed_apps")
    def unsubscribe(self, call: Call) -> Any:
        """Let them tell no more."""
        self.subscribed = []
        return {"success": True}

    # containers

    @edge("POST", USER, "media")
    def make(self, call: Call) -> Any:
        """Make a container."""
        kind = str(call.get("media_type") or "IMAGE")
        caption = str(call.get("caption", ""))
        if len(caption) > 2200:
            raise GraphError(36004, "The caption was too long.", 2207010, error_user_msg="At most 2,200 characters.")
        if len(A_NAME.findall(caption)) > 20:
            raise GraphError(100, "Cannot use more than 20 tags in caption.", 2207040)
        if kind == "CAROUSEL":
            children = call.get("children") or []
            # Meta's description makes a list of the form's words with commas; where it is not there, they came as they are.
            call.params["children"] = children.split(",") if isinstance(children, str) else children
            self._check_children(call.params["children"])
        elif kind in {"VIDEO", "REELS"}:
            if not str(call.get("video_url", "")).startswith("http"):
                raise GraphError(100, "The parameter video_url is required")
        elif not str(call.get("image_url", "")).split("?")[0].endswith(".jpg"):
            raise GraphError(36001, "The image format is not supported.", 2207005)
        if call.get("alt_text") and kind != "IMAGE":
            raise GraphError(100, "alt_text is only supported for images")
        node_id = self.fresh_id()
        self.nodes[node_id] = Node(node_id, CONTAINER, {"id": node_id}, self.account.id, {"params": dict(call.params)})
        error = self.rejections.pop(0) if self.rejections else ""
        self.processing[node_id] = Processing(self.now(), self.polls[kind], error)
        return {"id": node_id}

    def _check_children(self, children: list[str]) -> None:
        if not 2 <= len(children) <= 10:
            raise GraphError(100, "Carousel validation failed: 2 to 10 items.", 2207028)
        for child in children:
            if child not in self.processing or self.state(child) != "FINISHED":
                raise GraphError(9007, "Media ID is not available", 2207027)
            if not self.nodes[child].hidden["params"].get("is_carousel_item"):
                raise GraphError(100, "Carousel validation failed: not an item.", 2207028)

    def state(self, container_id: str) -> str:
        """How far a container is."""
        found = self.processing[container_id]
        if found.published:
            return "PUBLISHED"
        if self.now() - found.at > timedelta(hours=24):
            return "EXPIRED"
        return "IN_PROGRESS" if found.polls else "ERROR" if found.error else "FINISHED"

    @node_operation("GET", CONTAINER)
    def get_container(self, call: Call) -> Any:
        """A container's state."""
        state, found = self.state(call.node.id), self.processing[call.node.id]
        found.polls = max(found.polls - 1, 0)
        status = f"Error: {found.error}" if state == "ERROR" else f"{state.capitalize()}: Media has a state."
        wanted = {part.name for part in call.wanted or ()}
        return {key: value for key, value in {"status_code": state, "status": status}.items() if key in wanted} | {
            "id": call.node.id
        }

    def used(self) -> int:
        """How many posts were published within the 24 hours that the quota looks back."""
        return sum(self.now() - moment < timedelta(hours=24) for moment in self.published)

    @edge("POST", USER, "media_publish")
    def publish(self, call: Call) -> Any:
        """Publish a container."""
        container_id = str(call.get("creation_id"))
        node = self.nodes.get(container_id)
        if node is None or node.kind != CONTAINER or node.hidden.get("gone"):
            raise GraphError(24, "The media builder with this creation id does not exist.", 2207008)
        state = self.state(container_id)
        if state == "EXPIRED":
            raise GraphError(-2, "The media you are trying to access has expired.", 2207020)
        if state != "FINISHED":
            raise GraphError(9007, "Media ID is not available", 2207027)
        if self.used() >= self.quota:
            raise GraphError(9, "You reached maximum number of posts that is allowed to be published.", 2207042)
        self.published.append(self.now())
        params = node.hidden["params"]
        kind = {"CAROUSEL": "CAROUSEL_ALBUM", "REELS": "VIDEO"}.get(str(params.get("media_type")), "IMAGE")
        data = {key: params[key] for key in ("caption", "alt_text") if key in params}
        media = self._media({"media_type": kind, **data}, self.account.data["username"])
        media.hidden["params"] = params
        self.media.append(media)
        self.processing[container_id].published = media.id
        return {"id": media.id}

    # comments

    @edge("GET", MEDIA, "comments")
    def get_comments(self, call: Call) -> Any:
        """The comments on a post itself, newest first."""
        there = [node for node in self._shown_under(call.node.id) if "parent_id" not in node.data]
        return Listing(list(reversed(there)))

    @edge("GET", COMMENT, "replies")
    def get_replies(self, call: Call) -> Any:
        """The replies to a comment."""
        return Listing([node for node in self._comments_there() if node.data.get("parent_id") == call.node.id])

    def _comments_there(self) -> list[Node]:
        return [node for node in self.comments if not node.hidden.get("gone")]

    def _shown_under(self, media_id: str) -> list[Node]:
        return [node for node in self._comments_there() if node.hidden["media"] == media_id]

    @edge("POST", MEDIA, "comments")
    def post_comment(self, call: Call) -> Any:
        """A comment of our own below a post."""
        return self._own(call.node, str(call.get("message", "")))

    @edge("POST", COMMENT, "replies")
    def post_reply(self, call: Call) -> Any:
        """An answer of ours to a comment."""
        if call.node.data["hidden"]:
            raise GraphError(100, "You cannot reply to hidden comments.")
        return self._own(call.node, str(call.get("message", "")))

    def _own(self, above: Node, text: str) -> Any:
        if not text:
            raise GraphError(100, "The parameter message is required")
        top = self.nodes.get(above.data.get("parent_id", ""), above) if above.kind == COMMENT else above
        me = self.account.data
        return {"id": self._comment(top, me["username"], text, timedelta(), str(me["user_id"])).id}

    @node_operation("POST", COMMENT)
    def hide(self, call: Call) -> Any:
        """Hide a comment or show it again."""
        call.node.data["hidden"] = call.get("hide")
        return {"success": True}

    # what the description leaves open

    def _check_answer(self, shown: Any, kind: str) -> None:
        """The description of this way in calls comments ``Comment`` and posts ``Media``, which elsewhere are others."""
        super()._check_answer(shown, {"Comment": COMMENT, "Media": MEDIA}.get(kind, kind))

    def _paged(self, call: Call, listing: Listing, wanted: Any, params: dict[str, Any]) -> dict[str, Any]:
        limit = min(int(params.get("limit", 25)), self.page_size)
        return super()._paged(call, listing, wanted, {**params, "limit": limit})

    # a demo's readers

    def control(self, request: Request, parts: list[str]) -> Response:
        """A small page with forms at ``/_double/``, and what they post to: ``comment``, ``tag``, ``delete``."""
        written = request.form.to_dict() or (request.get_json(silent=True) or {})
        name, text, under = (str(written.get(key, "")) for key in ("username", "text", "under"))
        if parts == ["comment"] and under in self.nodes:
            return _json({"id": self.comment(under, name or "lectrice", text).id})
        if parts == ["tag"]:
            return _json({"id": self.tag(name or "lectrice", text).id})
        if parts == ["delete"] and under in self.nodes:
            self.remove(under)
            return _json({"id": under})
        if parts:
            return Response("not found", status=404)
        return Response(self._wall(), content_type="text/html; charset=utf-8")

    def _wall(self) -> str:
        rows = [
            f"<li>{escape(str(node.data.get('caption', '')))} <form method=post action=/_double/comment>"
            f'<input type=hidden name=under value="{node.id}"><input name=username><input name=text>'
            f"<button>Comment</button></form><ul>"
            + "".join(
                f"<li>{escape(found.data['username'])}: {escape(found.data['text'])}</li>"
                for found in self._shown_under(node.id)
            )
            + "</ul></li>"
            for node in self.media
        ]
        return f"<!doctype html><meta charset=utf-8><title>Instagram</title><ul>{''.join(rows)}</ul>"


def _json(data: Any) -> Response:
    return Response(json.dumps(data), content_type="application/json; charset=UTF-8")
