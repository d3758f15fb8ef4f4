"""X on loopback: accounts, posts, uploads, consent, prices, limits.

What the official document says is checked (:mod:`.document`). What it does not say is ours, from these sources, read 2026-11-30:

- rate headers and limits: https://docs.x.com/x-api/fundamentals/rate-limits
- problem types and partial errors: https://docs.x.com/x-api/fundamentals/response-codes-and-errors
- the duplicate's 403: https://github.com/akrherz/iembot/issues/163; a day's limit: ``x-app-limit-24hour-remaining`` there
- no quotes and likes for self-serve apps: https://docs.x.com/changelog (2026-04-16); replies only where the author named or
  quoted the account, one cashtag: https://docs.x.com/x-api/posts/manage-tweets/integrate. That the account may answer its own
  posts (a thread) is assumed: the rule speaks of others' posts
- 402 without credits: https://github.com/tryethernal/ethernal/issues/1324
- what is charged: https://docs.x.com/x-api/getting-started/pricing
- consent and tokens: https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.networks.doubles.base import Double
from tests.networks.doubles.x.answers import Problem, answered, newer
from tests.networks.doubles.x.consent import CLIENT_ID, CLIENT_SECRET, Consents
from tests.networks.doubles.x.document import document
from tests.networks.doubles.x.posting import Posting
from tests.networks.doubles.x.reading import Reading
from tests.networks.doubles.x.state import MENTION, Clock, Post, Upload, User
from tests.networks.doubles.x.uploading import Uploading

WINDOW = timedelta(minutes=15)
LIMITS = {
    "POST /2/tweets": 100,
    "DELETE /2/tweets/:id": 50,
    "GET /2/tweets": 5000,
    "GET /2/tweets/search/recent": 300,
    "GET /2/users/:id/tweets": 900,
    "GET /2/users/:id/mentions": 300,
    "GET /2/users/me": 75,
    "PUT /2/tweets/:id/hidden": 50,
}
PRICES = {"post": "0.015", "linked": "0.200", "summoned": "0.010", "delete": "0.010", "manage": "0.005"}
PRICES |= {"like": "0.015", "metadata": "0.005", "read": "0.005", "owned": "0.001", "user": "0.010"}


class Server(Posting, Reading, Uploading, Double):
    """One network with the newsroom's account ``paper`` and whoever is added."""

    slug = "x"

    def __init__(self) -> None:
        super().__init__()
        document()  # now, for reading it takes longer than a request may
        self.clock = Clock()
        self.reset()

    def reset(self) -> None:
        """Forget everything, and start with the newsroom's account and its app."""
        self.users: dict[str, User] = {}
        self.posts: list[Post] = []
        self.uploads: dict[str, Upload] = {}
        self.used: dict[tuple[str, str], list[datetime]] = {}
        self.limits: dict[str, int] = dict(LIMITS)
        self.day_limit_reached = False
        self.operations: set[str] = set()
        self.billed = Decimal()
        self.billed_today: set[tuple[str, str]] = set()
        self.credit: Decimal | None = None
        self.enterprise = False
        self.names = "tweet"  # or "post": what posts are called in parameters and answers
        self.paper_owns_app = True
        self.polls = 1
        self.video_failure = ""
        self.hide_from_timeline: set[str] = set()
        self.paper = self.add_user("paper", "The Paper")
        self.consents = Consents(self.clock, self.paper)

    # what readers do

    def create_app(self, redirect_uri: str) -> dict[str, str]:
        self.consents.redirect_uris.add(redirect_uri)
        return {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}

    def add_user(self, username: str, name: str = "", **facts: Any) -> User:
        user = User(self.clock.new_id(), username, name or username.title(), **facts)
        self.users[user.id] = user
        return user

    def write(
        self,
        author: User,
        text: str,
        *,
        reply_to: Post | None = None,
        quote: Post | None = None,
        media: list[Upload] | None = None,
        at: datetime | None = None,
    ) -> Post:
        """Publish a post. X puts the names of those whom a reply answers before it, where it does not begin with them."""
        with self.lock:
            names = ""
            if reply_to:
                wanted = [reply_to.author.username, *MENTION.findall(reply_to.names)]
                lowered = {name.lower() for name in MENTION.findall(text)} | {author.username.lower()}
                named = [name for name in dict.fromkeys(wanted) if name.lower() not in lowered]
                names = "".join(f"@{name} " for name in named)
            post = Post(
                author, text, at or self.clock.now(), [self.clock.new_id(at)], reply_to, quote, list(media or ()), names
            )
            post.lang = "fr" if re.search("[éèêàâùçœ’«]", text) else "en"
            self.posts.append(post)
            return post

    def rewrite(self, post: Post, text: str) -> None:
        with self.lock:
            post.text, post.edited_at = text, self.clock.now()
            post.versions.append(self.clock.new_id())

    def post(self, post_id: str) -> Post | None:
        found = next((post for post in self.posts if post_id in post.versions), None)
        return None if found is None or found.deleted else found

    def token(self, **facts: Any) -> str:
        """A token of the newsroom's account, as if it had consented; ``scopes`` and ``lifetime`` as wanted."""
        return self.consents.issue(self.paper, **facts)["access_token"]

    # requests

    def check(self, request: Request, response: Response) -> None:
        """Hold a call of the API against the official document, where it is there."""
        found = document(self.names)
        if found is None or not request.path.startswith("/2/") or request.path.startswith("/2/oauth2/"):
            return
        self.operations.add(found.check(request, response))

    def answer(self, request: Request) -> Response:
        if request.path.startswith(("/i/oauth2/", "/2/oauth2/")):
            return self.consents.answer(request)
        if request.path.startswith("/_double/"):
            return self._readers(request)
        try:
            user, granted = self.consents.bearer(request)
            if user is None:
                raise Problem(401, "Unauthorized")
            name, scopes, handler, ids = self._route(request)
            headers = self._count(name, user)
        except Problem as problem:
            return problem.response
        try:
            if user.suspended:
                raise Problem(403, "Your account is suspended and is not permitted to access this feature. (64)")
            if self.credit is not None and self.billed >= self.credit:
                raise Problem(402, "Your enrolled account does not have any credits to fulfill this request.")
            if headers.get("x-rate-limit-remaining") == "-1" or (self.day_limit_reached and name == "POST /2/tweets"):
                raise Problem(429, "Too Many Requests")
            if self.names == "post" and "tweet.fields" in request.args:
                raise Problem(
                    400, "The query parameter [tweet.fields] is not one of [ids,post.fields]", "invalid-request"
                )
            if scopes - granted:
                lacking = ", ".join(sorted(scopes - granted))
                raise Problem(403, f"Your client app is not configured with the appropriate oauth2 scopes: {lacking}")
            response = handler(self, request, user, *ids)
        except Problem as problem:
            response = problem.response
        if self.names == "post":
            response.set_data(json.dumps(newer(json.loads(response.get_data()))))
        if headers.get("x-rate-limit-remaining") == "-1":
            headers["x-rate-limit-remaining"] = "0"
        if self.day_limit_reached and name == "POST /2/tweets":
            end = int((self.clock.now() + timedelta(hours=20)).timestamp())
            headers |= {"x-user-limit-24hour-limit": "17", "x-user-limit-24hour-remaining": "0"}
            headers["x-user-limit-24hour-reset"] = str(end)
        response.headers.update(headers)
        return response

    def _route(self, request: Request) -> tuple[str, set[str], Callable[..., Response], tuple[str, ...]]:
        for method, pattern, scopes, handler in ROUTES:
            match = re.fullmatch(pattern, request.path)
            if match and method == request.method:
                name = f"{method} /2{re.sub(r'/[0-9]+(?=/|$)', '/:id', request.path[2:])}"
                return name, scopes, handler, match.groups()
        raise Problem(404, "Not Found")

    def _count(self, name: str, user: User) -> dict[str, str]:
        limit, now = self.limits.get(name, 300), self.clock.now()
        recent = [at for at in self.used.get((name, user.id), []) if now - at < WINDOW]
        if len(recent) < limit:
            recent.append(now)
            left = limit - len(recent)
        else:
            left = -1
        self.used[name, user.id] = recent
        reset = int((recent[0] + WINDOW).timestamp()) if recent else int((now + WINDOW).timestamp())
        return {"x-rate-limit-limit": str(limit), "x-rate-limit-remaining": str(left), "x-rate-limit-reset": str(reset)}

    def _bill(self, what: str, *resources: str) -> None:
        """Charge as X does: a request, or each resource once a day."""
        for resource in resources or ("",):
            key = (what if what != "owned" else "read", resource)
            if not resource or key not in self.billed_today:
                self.billed += Decimal(PRICES[what])
                self.billed_today.add(key)

    # for a demo: readers who live here

    def _readers(self, request: Request) -> Response:
        """``POST /_double/<reply|mention|quote|like|repost|delete>`` with ``post``, ``user``, ``text``; ``GET /_double/posts``."""
        deed = request.path.removeprefix("/_double/")
        if request.method == "GET":
            fields = ["author_id", "conversation_id", "created_at", "public_metrics"]
            return answered({"posts": [post.shown(fields, self.posts) for post in self.posts if not post.deleted]})
        given = request.get_json()
        name = given.get("user", "reader")
        user = next((user for user in self.users.values() if user.username == name), None) or self.add_user(name)
        post = self.post(given.get("post", ""))
        text = given.get("text", "")
        if deed == "mention":
            return answered({"id": self.write(user, f"@{self.paper.username} {text}").id}, 201)
        if post is None:
            return answered({"error": "no such post"}, 404)
        if deed == "reply":
            return answered({"id": self.write(user, text, reply_to=post).id}, 201)
        if deed == "quote":
            return answered({"id": self.write(user, text, quote=post).id}, 201)
        if deed in {"like", "repost"}:
            (post.likes if deed == "like" else post.reposts).append(user)
            return answered({"id": post.id}, 201)
        if deed == "delete":
            post.deleted = True
            return answered({"id": post.id})
        return answered({"error": "no such deed"}, 404)


READ, WRITE = {"tweet.read", "users.read"}, {"tweet.read", "tweet.write", "users.read"}
ID = "([0-9]{1,19})"
ROUTES: list[tuple[str, str, set[str], Callable[..., Response]]] = [
    ("POST", "/2/tweets", WRITE, Server.create),
    ("DELETE", f"/2/tweets/{ID}", WRITE, Server.remove),
    ("GET", "/2/tweets", READ, Server.posts_by_ids),
    ("GET", "/2/tweets/search/recent", READ, Server.search),
    ("PUT", f"/2/tweets/{ID}/hidden", {"tweet.moderate.write"}, Server.hide),
    ("GET", f"/2/tweets/{ID}/quote_tweets", READ, Server.quotes),
    ("GET", f"/2/tweets/{ID}/liking_users", {*READ, "like.read"}, Server.liking_users),
    ("GET", f"/2/tweets/{ID}/retweeted_by", READ, Server.retweeted_by),
    ("GET", "/2/users/me", READ, Server.me),
    ("GET", f"/2/users/{ID}/tweets", READ, Server.own_posts),
    ("GET", f"/2/users/{ID}/mentions", READ, Server.mentions),
    ("POST", f"/2/users/{ID}/likes", {"like.write"}, Server.like),
    ("DELETE", f"/2/users/{ID}/likes/{ID}", {"like.write"}, Server.unlike),
    ("POST", "/2/media/upload/initialize", {"media.write"}, Server.initialize),
    ("POST", f"/2/media/upload/{ID}/append", {"media.write"}, Server.append),
    ("POST", f"/2/media/upload/{ID}/finalize", {"media.write"}, Server.finalize),
    ("GET", "/2/media/upload", {"media.write"}, Server.status),
    ("POST", "/2/media/metadata", {"media.write"}, Server.metadata),
    ("POST", "/2/media/subtitles", {"media.write"}, Server.subtitles),
]
