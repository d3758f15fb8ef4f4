"""The server: what is there at the start, the readers, and the webhooks that their doings send."""

from __future__ import annotations

import json
from html import escape
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from tests.networks.doubles.facebook.talk import Talk
from tests.networks.doubles.graph import GraphError, Node, Person, Sender
from tests.networks.doubles.graph.server import Call
from tests.networks.doubles.graph.webhooks import over_http

SCOPES = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_posts",
    "pages_read_user_content",
    "pages_manage_engagement",
    "pages_manage_metadata",
)
VERIFY_TOKEN = "meatyhamhock-2026"


class Server(Talk):
    """Facebook with one app, one person, one page; ``token`` is the page's long-lived one."""

    slug = "facebook"
    default_fields: ClassVar[dict[str, tuple[str, ...]]] = {
        **Talk.default_fields,
        "PagePost": ("id", "message", "created_time"),
        "Comment": ("id", "message", "created_time", "from"),
    }
    extra_params: ClassVar[dict[tuple[str, str, str], dict[str, str]]] = {
        # the picture itself: https://developers.facebook.com/docs/graph-api/reference/page/photos (read 2026-11-30)
        ("Page", "POST", "photos"): {"source": "file"},
    }
    # a reaction's kind: https://developers.facebook.com/docs/graph-api/reference/object/reactions (read 2026-11-30)
    extra_fields: ClassVar[dict[str, dict[str, str]]] = {**Talk.extra_fields, "Profile": {"type": "string"}}

    def reset(self) -> None:
        super().reset()
        self.video_fails = ""
        self.app = self.add_app()
        self.sender = Sender(self.app.secret, VERIFY_TOKEN, "page")
        self.person = self.add_person("Ada Rédactrice")
        self.page = self.add_page("La Gazette", username="lagazette", followers_count=1234, fan_count=1200)
        self.give_role(self.person, self.page)
        self.token = self.page_token(self.page, self.app, SCOPES, self.person)
        self.reader = self.add_reader("Léo Lecteur")

    def add_reader(self, name: str) -> Person:
        """Somebody who reads."""
        return self.add_person(name)

    def authorise(self, call: Call) -> None:
        """A page's token acts for its page alone; a person's token publishes nothing."""
        if call.token.kind == "APP" and call.node.kind != "Application":
            raise GraphError(210, "A page access token is required to request this resource.")
        if call.token.kind == "PAGE" and call.node.owner not in {"", call.token.profile_id} and call.method != "GET":
            raise GraphError(200, "Permissions error")
        if call.token.kind == "USER" and call.node.owner and (call.method != "GET" or call.name != "#get"):
            raise GraphError(210, "A page access token is required to request this resource.")

    def create_app(self, redirect_uri: str) -> dict[str, str]:
        self.app.redirect_uris = (*self.app.redirect_uris, redirect_uri)
        return {"client_id": self.app.id, "client_secret": self.app.secret, "verify_token": VERIFY_TOKEN}

    # readers

    def _author(self, person: Person | None) -> dict[str, str]:
        person = person or self.reader
        return {"id": person.id, "name": person.name}

    def comment(self, under: str, message: str, person: Person | None = None) -> str:
        """Somebody comments on a post, or answers a comment; returns the comment's id."""
        node = self.nodes[under]
        if "parent" in node.data and node.kind == "Comment":
            node = node.data["parent"]
        comment = self.new_comment(node, message, self._author(person))
        self._notified("feed", self._comment_value(comment, "add"))
        return comment.id

    def edit_comment(self, comment_id: str, message: str) -> None:
        """Its author changes a comment."""
        self.nodes[comment_id].data["message"] = message
        self._notified("feed", self._comment_value(self.nodes[comment_id], "edited"))

    def remove(self, native_id: str) -> None:
        """The author takes away what they wrote."""
        node = self.nodes[native_id]
        node.hidden["gone"] = True
        if node.kind == "Comment":
            self._notified("feed", self._comment_value(node, "remove"))
        else:
            value = {"item": "post", "verb": "remove", "post_id": node.id, "from": node.data["from"]}
            self._notified("feed", {**value, "created_time": int(self.now().timestamp())})

    def add_reaction(self, post_id: str, kind: str = "LIKE", person: Person | None = None) -> None:
        """Somebody reacts to a post, or changes their mind."""
        author = self._author(person)
        reactions = self.nodes[post_id].hidden["reactions"]
        verb = "edit" if author["id"] in reactions else "add"
        reactions[author["id"]] = kind
        self._notified("feed", self._reaction_value(post_id, author, kind, verb))

    def take_reaction(self, post_id: str, person: Person | None = None) -> None:
        """Somebody takes a reaction back."""
        author = self._author(person)
        kind = self.nodes[post_id].hidden["reactions"].pop(author["id"])
        self._notified("feed", self._reaction_value(post_id, author, kind, "remove"))

    def mention(self, message: str, person: Person | None = None) -> str:
        """Somebody names the page in a post of their own; returns the post's id."""
        author = self._author(person)
        post_id = f"{author['id']}_{self.fresh_id()}"
        data = {
            "id": post_id,
            "message": message,
            "created_time": self.stamp(),
            "from": author,
            "is_published": True,
            "permalink_url": f"https://www.facebook.com/{post_id.replace('_', '/posts/')}",
        }
        hidden = {"tags": (self.page.id,), "attachments": [], "reactions": {}, "comments": []}
        self.nodes[post_id] = Node(post_id, "PagePost", data, self.page.id, hidden)
        value = {"item": "post", "verb": "add", "post_id": post_id, "sender_name": author["name"]}
        self._notified("mention", {**value, "created_time": int(self.now().timestamp())})
        return post_id

    def visit(self, message: str, person: Person | None = None) -> str:
        """Somebody writes on the page; returns the post's id."""
        post = self.new_post(self.page, author=self._author(person), message=message)
        post.hidden["wall"] = self.page.id
        value = {"item": "status", "verb": "add", "post_id": post.id, "message": message, "from": post.data["from"]}
        self._notified("feed", {**value, "created_time": int(self.now().timestamp())})
        return post.id

    def _comment_value(self, comment: Node, verb: str) -> dict[str, Any]:
        post = self.nodes[comment.hidden["post"]]
        parent = comment.data.get("parent")
        value = {
            "item": "comment",
            "verb": verb,
            "comment_id": comment.id,
            "post_id": post.id,
            "parent_id": parent.id if parent else post.id,
            "created_time": int(self.now().timestamp()),
            "from": comment.data["from"],
            "post": {"id": post.id, "is_published": True, "permalink_url": post.data["permalink_url"]},
        }
        return value if verb == "remove" else value | {"message": comment.data["message"]}

    def _reaction_value(self, post_id: str, author: dict[str, str], kind: str, verb: str) -> dict[str, Any]:
        return {
            "item": "reaction",
            "verb": verb,
            "reaction_type": kind.lower(),
            "post_id": post_id,
            "parent_id": post_id,
            "from": author,
            "created_time": int(self.now().timestamp()),
        }

    def _notified(self, field: str, value: dict[str, Any]) -> None:
        if field in self.page.hidden.get("subscribed", ()):
            self.sender.send((self.page.id, field, value))

    # a demo

    def control(self, request: Request, parts: list[str]) -> Response:
        """Where readers live in a demo: a small page with forms at ``/_double/``, and what they post to."""
        written = {**request.args.to_dict(), **request.form.to_dict()}
        person = self.people.get(written.get("person", ""))
        match (request.method, *parts):
            case ("GET",):
                return Response(self._wall(), content_type="text/html; charset=utf-8")
            case ("POST", "comment"):
                return self._done(self.comment(written["under"], written["message"], person))
            case ("POST", "react"):
                self.add_reaction(written["post"], written.get("kind", "LIKE"), person)
                return self._done(written["post"])
            case ("POST", "mention"):
                return self._done(self.mention(written["message"], person))
            case ("POST", "remove"):
                self.remove(written["id"])
                return self._done(written["id"])
            case ("POST", "reader"):
                return self._done(self.add_reader(written["name"]).id)
            case ("POST", "webhook"):
                deliver = over_http(written["address"])
                challenge = self.sender.challenge("1158201444", written.get("verify_token", VERIFY_TOKEN))
                if deliver(challenge) != b"1158201444":
                    return Response("the address did not answer the challenge", status=400)
                self.sender.deliver = deliver
                return self._done(written["address"])
        return super().control(request, parts)

    def _done(self, native_id: str) -> Response:
        return Response(json.dumps({"id": native_id}), content_type="application/json")

    def _wall(self) -> str:
        posts = "".join(self._shown_post(post) for post in self.posts_of(self.page))
        return (
            f'<!doctype html><meta charset="utf-8"><title>{escape(self.page.data["name"])}</title><body>{posts}</body>'
        )

    def _shown_post(self, post: Node) -> str:
        comments = "".join(
            f"<li>{escape(comment.data['from']['name'])}: {escape(comment.data['message'])}</li>"
            for comment in self.comments_under(post, stream=True)
            if not comment.data["is_hidden"]
        )
        form = (
            f'<form method="post" action="comment"><input type="hidden" name="under" value="{escape(post.id)}">'
            '<input name="message"><button>Comment</button></form>'
        )
        return f"<article><p>{escape(post.data.get('message', ''))}</p><ul>{comments}</ul>{form}</article>"
