"""A stateful Threads: containers that take their time, posts, replies, mentions, quotas, consent, tokens.

Every request and every answer is held against Meta's collection (:mod:`.collection`). What it does not say is ours: the
envelope and the codes of errors (public bug reports, named where they stand), how long a container takes, that a
container can be published once, the limits of texts and links
(https://developers.facebook.com/documentation/threads/posts, 2026-11-30).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

from werkzeug.wrappers import Request, Response

from smeditor.networks.inbound import WebhookRequest
from tests.networks.doubles.base import ContractBroken
from tests.networks.doubles.graph.webhooks import Sender
from tests.networks.doubles.threads import collection
from tests.networks.doubles.threads.insights import Insights
from tests.networks.doubles.threads.state import (
    A_NAME,
    APP_ID,
    APP_SECRET,
    NEEDS,
    VERIFY_TOKEN,
    Container,
    Post,
    Profile,
    ThreadsError,
    Token,
    as_json,
    fields_of,
    not_there,
    time_of,
)


class Server(Insights):
    """Threads. The newsroom's profile is ``us``."""

    slug = "threads"

    def __init__(self) -> None:
        super().__init__()
        self.reset()

    def reset(self) -> None:
        """Forget everything but the address."""
        self.requests.clear()
        self.breaches.clear()
        self.faults.clear()
        self.counter = 17_900_000_000_000_000
        self.clock_ahead = timedelta()
        self.profiles: dict[str, Profile] = {}
        self.tokens: dict[str, Token] = {}
        self.codes: dict[str, tuple[frozenset[str], str]] = {}
        self.redirect_uris = ()
        self.containers: dict[str, Container] = {}
        self.posts: dict[str, Post] = {}
        self.polls = {"TEXT": 0, "IMAGE": 0, "VIDEO": 1, "CAROUSEL": 0}
        self.quota = {"publish": 250, "reply": 1000, "delete": 100}
        self.used = {"publish": 0, "reply": 0, "delete": 0}
        self.page_size = 25
        self.usage: dict[str, Any] = {}
        self.rejections: list[str] = []
        self.failures: list[tuple[Callable[[str, str], bool], ThreadsError, bool]] = []
        self.sender = Sender(APP_SECRET, VERIFY_TOKEN, "threads")
        self.us = self.add_profile("gazette", "Gazette des rivages")
        self.reader = self.add_profile("lectrice_du_port", "Une lectrice")

    # what tests and demos set up

    def now(self) -> datetime:
        """The double's time, aware UTC, in whole seconds as Threads gives it."""
        return (datetime.now(UTC) + self.clock_ahead).replace(microsecond=0)

    def fresh_id(self) -> str:
        """An id that nobody has."""
        self.counter += 7
        return str(self.counter)

    def add_profile(self, username: str, name: str = "") -> Profile:
        """Somebody new."""
        self.profiles[username] = Profile(self.fresh_id(), username, name)
        return self.profiles[username]

    def reject_next(self, error_message: str) -> None:
        """Let the next container fail with this word, once it was processed."""
        self.rejections.append(error_message)

    def fail(self, matches: Callable[[str, str], bool], error: ThreadsError, *, carried_out: bool = False) -> None:
        """Answer the next request for which ``matches(method, path)`` is true with ``error``, done or not done."""
        self.failures.append((matches, error, carried_out))

    # what readers do

    def write(
        self, username: str, text: str, *, parent: str = "", quotes: str = "", age: timedelta = timedelta(), **more: Any
    ) -> Post:
        """Let somebody publish a post, a reply to ``parent``, or a quote."""
        with self.lock:
            author = self.profiles.get(username) or self.add_profile(username)
            above = self.posts.get(parent)
            data = {"media_type": "TEXT_POST", "text": text, "timestamp": time_of(self.now() - age), **more}
            if quotes:
                data |= {"is_quote_post": True, "quoted_post": {"id": quotes}}
            post = self._published(author, data, above)
        self._tell(post)
        return post

    def edit(self, post_id: str, text: str) -> None:
        """Let an author edit within the quarter of an hour that Threads gives them."""
        with self.lock:
            self.posts[post_id].data["text"] = text

    def remove(self, post_id: str) -> None:
        """Let an author delete a post."""
        with self.lock:
            self.posts[post_id].gone = True

    def _tell(self, post: Post) -> None:
        root = self.posts.get(post.root)
        if root and root.author is self.us and post.author is not self.us:
            self.sender_payload("replies", post)
        elif self._names_us(post) and post.author is not self.us:
            self.sender_payload("mentions", post)

    def sender_payload(self, name: str, post: Post) -> WebhookRequest:
        """The webhook that tells of a post, as the documentation's example has it; it is kept in ``sender.waiting``.

        https://developers.facebook.com/documentation/threads/webhooks (2026-11-30).
        """
        value: dict[str, Any] = {key: post.data[key] for key in ("text", "media_type", "timestamp") if key in post.data}
        value |= {"id": post.id, "username": post.author.username, "permalink": post.data["permalink"]}
        value["shortcode"] = post.data["shortcode"]
        root = self.posts.get(post.root)
        if name == "replies" and root:
            value["replied_to"] = {"id": post.parent}
            value["root_post"] = {"id": root.id, "owner_id": root.author.id, "username": root.author.username}
        payload = {
            "app_id": APP_ID,
            "topic": "moderate" if name == "replies" else "interaction",
            "target_id": post.id if name == "replies" else self.us.id,
            "time": int(self.now().timestamp()),
            "subscription_id": "234567",
            "has_uid_field": False,
            "values": {"value": value, "field": name},
        }
        request = self.sender.signed(payload)
        if self.sender.deliver:
            self.sender.deliver(request)
        else:
            self.sender.waiting.append(request)
        return request

    # one request

    def answer(self, request: Request) -> Response:
        path = re.sub(r"^/v\d+\.\d+(?=/)", "", request.path)
        if path.startswith("/_double/"):
            return self._readers(request, path.removeprefix("/_double/"))
        if path == "/oauth/authorize":
            return self._consent(request)
        params = {**request.args.to_dict(), **request.form.to_dict()}
        method = request.method
        try:
            failure = next((entry for entry in self.failures if entry[0](method, path)), None)
            if failure:
                self.failures.remove(failure)
                if failure[2]:
                    self._routed(request, method, path, params)
                raise failure[1]
            data = self._routed(request, method, path, params)
        except ThreadsError as error:
            return error.response()
        except ContractBroken as error:
            self.breaches.append(f"{method} {path}: {error}")
            return ThreadsError(100, f"The double refuses: {error}").response()
        response = as_json(data)
        if self.usage:
            response.headers["X-App-Usage"] = json.dumps(self.usage)
        return response

    def check(self, request: Request, response: Response) -> None:
        """Each message is held against the collection where it is understood (:meth:`_routed`), by name and value."""

    def _routed(self, request: Request, method: str, path: str, params: dict[str, str]) -> Any:
        if "access_token" in request.args or any(value in request.url for value in self.tokens if "debug" not in path):
            self.breaches.append(f"{method} {path}: a token in the address")
        found = collection.matching(method, path, params)
        data = self._answered(request, method, path, params)
        collection.check_answer(method, path, found, data)
        return data

    def _answered(self, request: Request, method: str, path: str, params: dict[str, str]) -> Any:
        if (method, path) == ("POST", "/oauth/access_token"):
            return self._code_exchange(params)
        token = self._token_of(request)
        if path == "/access_token":
            return self._long_lived(token, params)
        if path == "/refresh_access_token":
            return self._refreshed(token)
        if path == "/debug_token":
            return {"data": self._debugged(params["input_token"])}
        needed = NEEDS.get((method, collection.known_path(path)))
        if needed and needed not in token.scopes:
            raise ThreadsError(10, f"Application does not have permission for this action ({needed})", http=403)
        parts = path.strip("/").split("/")
        me = parts[0] == "me"
        name = "_".join([method.lower(), "me" if me else "node", *parts[1:]])
        handler = getattr(self, name, None)
        if handler is None:
            raise ThreadsError(2500, f"Unknown path components: {path}")
        return handler(token, params) if me else handler(token, params, parts[0])

    # the account

    def get_me(self, token: Token, params: dict[str, str]) -> dict[str, Any]:
        """``/me``."""
        whole = {
            "id": token.user.id,
            "username": token.user.username,
            "name": token.user.name,
            "threads_profile_picture_url": f"https://scontent.example/{token.user.username}.jpg",
            "threads_biography": "Le journal des rivages",
        }
        return fields_of(whole, params)

    def get_me_threads_publishing_limit(self, token: Token, params: dict[str, str]) -> dict[str, Any]:
        """The quotas. Those of replies need their permission (documentation of reply management)."""
        names = {"publish": ("quota_usage", "config"), "reply": ("reply_quota_usage", "reply_config")}
        names["delete"] = ("delete_quota_usage", "delete_config")
        wanted = collection.field_names(params.get("fields", ""))
        if "reply_quota_usage" in wanted and "threads_manage_replies" not in token.scopes:
            raise ThreadsError(10, "Application does not have permission for this action", http=403)
        row: dict[str, Any] = {}
        for kind, (usage, config) in names.items():
            row |= {usage: self.used[kind], config: {"quota_total": self.quota[kind], "quota_duration": 86400}}
        return {"data": [{key: value for key, value in row.items() if key in wanted}]}

    def _published(self, author: Profile, data: dict[str, Any], parent: Post | None) -> Post:
        post_id = self.fresh_id()
        shortcode = base64.urlsafe_b64encode(post_id.encode()).decode()[:11]
        root = (parent.root or parent.id) if parent else ""
        data = {
            "media_product_type": "THREADS",
            "is_quote_post": False,
            "shortcode": shortcode,
            "permalink": f"https://www.threads.com/@{author.username}/post/{shortcode}",
            **data,
        }
        self.posts[post_id] = Post(post_id, author, data, parent.id if parent else "", root)
        return self.posts[post_id]

    # posts

    def get_node(self, token: Token, params: dict[str, str], node_id: str) -> dict[str, Any]:
        """A container, or a post that we may see."""
        container = self.containers.get(node_id)
        if container is not None and not container.forgotten:
            found = {"id": node_id, "status": self.status(container)}
            container.polls = max(container.polls - 1, 0)
            if found["status"] == "ERROR":
                found["error_message"] = container.error
            return fields_of(found, params)
        post = self.posts.get(node_id)
        if post is None or post.gone or (post.author.private and post.author is not token.user):
            raise not_there(node_id)
        if "status" in collection.field_names(params.get("fields", "")):
            raise ThreadsError(100, "Tried accessing nonexisting field (status)")  # exileum/meta-mcp#143
        return fields_of(self._shown(post), params)

    def delete_node(self, token: Token, params: dict[str, str], node_id: str) -> dict[str, Any]:
        """Delete a post of ours."""
        post = self.posts.get(node_id)
        if post is None or post.gone:
            raise not_there(node_id)
        if post.author is not token.user:
            raise ThreadsError(10, "Application does not have permission for this action", http=403)
        if self.used["delete"] >= self.quota["delete"]:
            raise ThreadsError(613, "Calls to this api have exceeded the rate limit.")
        self.used["delete"] += 1
        post.gone = True
        return {"success": True, "deleted_id": node_id}

    def _shown(self, post: Post) -> dict[str, Any]:
        below = [other for other in self.posts.values() if other.parent == post.id and not other.gone]
        found = {"id": post.id, "username": post.author.username, "has_replies": bool(below), **post.data}
        if post.author is self.us:
            found["owner"] = {"id": post.author.id}
        if post.parent:
            found |= {
                "is_reply": True,
                "is_reply_owned_by_me": post.author is self.us,
                "replied_to": {"id": post.parent},
                "root_post": {"id": post.root},
                "hide_status": post.hide_status,
            }
        else:
            found["is_reply"] = False
        return found

    def _visible(self) -> list[Post]:
        return [post for post in self.posts.values() if not post.gone and not post.author.private]

    def get_me_threads(self, token: Token, params: dict[str, str]) -> dict[str, Any]:
        """Our own posts, newest first."""
        return self._page([post for post in self._visible() if post.author is token.user and not post.parent], params)

    def get_me_replies(self, token: Token, params: dict[str, str]) -> dict[str, Any]:
        """Our own replies, newest first."""
        return self._page([post for post in self._visible() if post.author is token.user and post.parent], params)

    def get_me_mentions(self, token: Token, params: dict[str, str]) -> dict[str, Any]:
        """Posts that name us, newest first."""
        named = [post for post in self._visible() if post.author is not token.user and self._names_us(post)]
        return self._page(named, params)

    def _names_us(self, post: Post) -> bool:
        return self.us.username in {name.lower() for name in A_NAME.findall(post.data.get("text", ""))}

    def get_node_conversation(self, token: Token, params: dict[str, str], node_id: str) -> dict[str, Any]:
        """All replies below a post of ours, however deep."""
        post = self.posts.get(node_id)
        if post is None or post.gone:
            raise not_there(node_id)
        below = [other for other in self._visible() if node_id in {other.root, other.parent}]
        return self._page(below, params, newest_first=params.get("reverse", "true") != "false")

    def get_node_replies(self, token: Token, params: dict[str, str], node_id: str) -> dict[str, Any]:
        """The replies to a post itself."""
        below = [other for other in self._visible() if other.parent == node_id]
        return self._page(below, params, newest_first=params.get("reverse", "true") != "false")

    def post_node_manage_reply(self, token: Token, params: dict[str, str], node_id: str) -> dict[str, Any]:
        """Hide a reply or show it again."""
        post = self.posts.get(node_id)
        if post is None or post.gone:
            raise not_there(node_id)
        root = self.posts.get(post.root)
        if root is None or root.author is not token.user:
            raise ThreadsError(10, "Application does not have permission for this action", http=403)
        if post.parent != post.root:
            raise ThreadsError(100, "Replies nested deeper than the top-level reply cannot be hidden in isolation.")
        post.hide_status = "HIDDEN" if params["hide"] == "true" else "UNHUSHED"
        return {"success": True}

    def _page(self, posts: list[Post], params: dict[str, str], *, newest_first: bool = True) -> dict[str, Any]:
        ordered = sorted(posts, key=lambda post: (post.data["timestamp"], int(post.id)), reverse=newest_first)
        limit = min(int(params.get("limit", self.page_size)), 100, self.page_size)
        ids = [post.id for post in ordered]
        after = base64.urlsafe_b64decode(params["after"]).decode() if params.get("after") else ""
        start = ids.index(after) + 1 if after in ids else len(ids) if after else 0
        part = ordered[start : start + limit]
        found: dict[str, Any] = {"data": [fields_of(self._shown(post), params) for post in part]}
        if part:
            first, last = (base64.urlsafe_b64encode(post.id.encode()).decode() for post in (part[0], part[-1]))
            found["paging"] = {"cursors": {"before": first, "after": last}}
        return found

    # a demo's readers

    def _readers(self, request: Request, name: str) -> Response:
        """A small page with forms at ``/_double/``, and what they post to: ``reply``, ``mention``, ``quote``, ``edit``, ``delete``."""
        given = request.form.to_dict() or request.get_json(silent=True) or {}
        username, text, post = (str(given.get(key, "")) for key in ("username", "text", "post"))
        username = username or self.reader.username
        if not name:
            return Response(self._wall(), content_type="text/html; charset=utf-8")
        if name == "mention":
            return as_json({"id": self.write(username, f"@{self.us.username} {text}").id})
        if post not in self.posts:
            return Response("not found", status=404)
        if name == "reply":
            return as_json({"id": self.write(username, text, parent=post).id})
        if name == "quote":
            return as_json({"id": self.write(username, f"@{self.us.username} {text}", quotes=post).id})
        if name in {"delete", "edit"}:
            self.remove(post) if name == "delete" else self.edit(post, text)
            return as_json({"id": post})
        return Response("not found", status=404)

    def _wall(self) -> str:
        rows = "".join(
            f"<li>@{escape(post.author.username)}: {escape(post.data.get('text', ''))}"
            f'<form method=post action=/_double/reply><input type=hidden name=post value="{post.id}">'
            "<input name=username><input name=text><button>Reply</button></form></li>"
            for post in self._visible()
        )
        return f"<!doctype html><meta charset=utf-8><title>Threads</title><ul>{rows}</ul>"
