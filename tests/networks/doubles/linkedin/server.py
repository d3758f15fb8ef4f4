"""LinkedIn on loopback, by its pages (:mod:`.rules`); all of it is ours, for there is no machine-readable document.

Not in the pages, and seen elsewhere: 422 ``DUPLICATE_POST`` (https://github.com/ComposioHQ/composio/issues/2710), 426 with
``NONEXISTENT_VERSION``, the texts of 429. Ids carry their time in the upper bits, as LinkedIn's do.
"""

from __future__ import annotations

import html
import json
import re
import time
from typing import Any
from urllib.parse import unquote, urlencode

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from tests.networks.doubles.base import ContractBroken, Double
from tests.networks.doubles.linkedin import rules
from tests.networks.doubles.linkedin.files import Failed, Files, answered
from tests.networks.doubles.linkedin.readers import CLIENT, MEMBER, ORGANIZATION, OTHER, SECRET, TOKEN, Readers

DAY = 24 * 3600
SCOPES = "r_organization_social,w_organization_social,rw_organization_admin,r_organization_social_feed,w_organization_social_feed"
COMMENTS = re.compile(r"/rest/socialActions/([^/]+)/comments(?:/(\d+))?")
ASSETS = re.compile(r"/rest/(images|documents|videos)(?:/(.+))?")


class Server(Readers, Files, Double):
    """One page of an organisation, one member with a role on it, and readers."""

    slug = "linkedin"

    def __init__(self) -> None:
        super().__init__()
        self.reset()

    def reset(self) -> None:
        """Begin with the pages and no post."""
        self.posts: dict[str, dict[str, Any]] = {}
        self.comments: dict[str, dict[str, Any]] = {}
        self.reactions: dict[tuple[str, str], dict[str, Any]] = {}
        self.assets: dict[str, dict[str, Any]] = {}
        self.codes: dict[str, str] = {}
        self.tokens = {TOKEN}
        self.refresh_token = ""
        self.roles = {ORGANIZATION: ["ADMINISTRATOR"], OTHER: ["ANALYST"]}
        self.versions = range(202509, 202613)
        self.scopes = SCOPES
        self.processing = 0
        """How often an asset says that it is being processed before it is there."""
        self.page_size = 100
        self.next_number = 0
        self.sent: list[tuple[str, str, Any]] = []

    # HTTP

    def answer(self, request: Request) -> Response:
        path = request.path
        try:
            if path == "/oauth/v2/authorization":
                return self._consent(request)
            if path == "/oauth/v2/accessToken":
                return answered(self._token(request.form.to_dict()))
            if path.startswith("/upload/"):
                return self._put(request)
            self._allowed(request)
            return self._rest(request, unquoted(request))
        except Failed as error:
            return answered(error.body, error.status)

    def _allowed(self, request: Request) -> None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            raise Failed(401, "INVALID_ACCESS_TOKEN", "Invalid access token")
        version = request.headers.get("LinkedIn-Version", "")
        if not re.fullmatch(r"\d{6}", version):
            raise Failed(400, "VERSION_MISSING", "A version must be present")
        if int(version) not in self.versions:
            raise Failed(426, "NONEXISTENT_VERSION", f"Requested version {version} is not active")

    def check(self, request: Request, response: Response) -> None:
        """Hold the request to LinkedIn's pages."""
        if not request.path.startswith("/rest/") or response.status_code in {401, 426}:
            return
        if request.headers.get("X-Restli-Protocol-Version") != "2.0.0":
            raise ContractBroken("X-Restli-Protocol-Version is not 2.0.0")
        if "(" in request.environ.get("RAW_URI", "") and "%3A" not in request.environ["RAW_URI"]:
            raise ContractBroken("a URN in a key is not encoded")
        body = json.loads(request.get_data()) if request.get_data() else None
        rule = self._rule(request)
        if rule is not None:
            rules.check(body, rule, request.path)

    def _rule(self, request: Request) -> Any:
        path, partial = request.path, request.headers.get("X-RestLi-Method") == "PARTIAL_UPDATE"
        if request.method != "POST":
            return None
        if path.startswith("/rest/posts"):
            return rules.PATCH_POST if partial else rules.POST
        if path.startswith("/rest/socialActions/"):
            return rules.PATCH_COMMENT if partial else rules.COMMENT
        if path.startswith("/rest/reactions"):
            return rules.REACTION
        if request.args.get("action") == "finalizeUpload":
            return rules.FINALIZE
        return rules.VIDEO if path.startswith("/rest/videos") else rules.UPLOAD

    def _rest(self, request: Request, path: str) -> Response:
        method, body = request.method, json.loads(request.get_data()) if request.get_data() else {}
        self.sent.append((method, path, body))
        if path == "/rest/organizationAcls":
            return self._acls(request)
        if path.startswith("/rest/organizations/"):
            return self._organization(path.rpartition("/")[2])
        if path.startswith("/rest/networkSizes/"):
            return answered({"firstDegreeSize": 4321})
        if path.startswith("/rest/posts"):
            return self._posts(request, path.removeprefix("/rest/posts").strip("/"), body)
        if match := COMMENTS.fullmatch(path):
            return self._comments(request, match[1], match[2], body)
        if path.startswith("/rest/socialMetadata/"):
            return answered(self._metadata(path.removeprefix("/rest/socialMetadata/")))
        if path.startswith("/rest/reactions"):
            return self._reactions(request, path.removeprefix("/rest/reactions").strip("/"), body)
        if match := ASSETS.fullmatch(path):
            return self._assets(request, match[1], match[2], body)
        raise Failed(404, "RESOURCE_NOT_FOUND", path)

    def _page(self, request: Request, elements: list[dict[str, Any]]) -> Response:
        start, count = int(request.args.get("start", 0)), min(int(request.args.get("count", 10)), self.page_size)
        links = [{"rel": "next", "href": "/more", "type": "application/json"}] if start + count < len(elements) else []
        paging = {"start": start, "count": count, "links": links}
        return answered({"paging": paging, "elements": elements[start : start + count]})

    # consent

    def create_app(self, redirect_uri: str) -> dict[str, str]:
        return {"client_id": CLIENT, "client_secret": SECRET}

    def _consent(self, request: Request) -> Response:
        asked = request.args.to_dict()
        if request.method == "GET":
            fields = "".join(
                f'<input type="hidden" name="{html.escape(key)}" value="{html.escape(value)}">'
                for key, value in asked.items()
            )
            page = f"<!doctype html><title>LinkedIn (double)</title><h1>Allow {html.escape(asked.get('client_id', ''))}?</h1>"
            page += f"<p>{html.escape(asked.get('scope', ''))}</p>"
            page += f'<form method="post">{fields}<button name="decision" value="agree">Allow</button>'
            page += '<button name="decision" value="refuse">Cancel</button></form>'
            return Response(page, content_type="text/html")
        given = {**asked, **request.form.to_dict()}
        back = {"state": given.get("state", "")}
        if given.get("decision") != "agree":
            back |= {"error": "user_cancelled_authorize", "error_description": "The user cancelled the authorization"}
        else:
            code = f"code-{len(self.codes)}"
            self.codes[code] = given.get("redirect_uri", "")
            back["code"] = code
        return redirect(f"{given['redirect_uri']}?{urlencode(back)}")

    def _token(self, given: dict[str, str]) -> dict[str, Any]:
        if (given.get("client_id"), given.get("client_secret")) != (CLIENT, SECRET):
            raise Failed(401, "invalid_client", "Client authentication failed")
        if given.get("grant_type") == "refresh_token":
            if not self.refresh_token or given.get("refresh_token") != self.refresh_token:
                raise Failed(400, "invalid_request", "The provided refresh token is invalid")
        elif self.codes.pop(given.get("code", ""), None) != given.get("redirect_uri"):
            raise Failed(400, "invalid_request", "Unable to retrieve access token: appid/redirect uri/code verifier")
        token = f"{TOKEN}{len(self.tokens)}"
        self.tokens.add(token)
        found: dict[str, Any] = {"access_token": token, "expires_in": 60 * DAY, "scope": self.scopes}
        if self.refresh_token:
            found |= {"refresh_token": self.refresh_token, "refresh_token_expires_in": 365 * DAY}
        return found

    # pages

    def _acls(self, request: Request) -> Response:
        if request.args.get("q") != "roleAssignee":
            raise Failed(400, "ILLEGAL_ARGUMENT", "q")
        found = [
            {"roleAssignee": MEMBER, "state": "APPROVED", "role": role, "organization": urn}
            for urn, held in self.roles.items()
            for role in held
        ]
        return self._page(request, found)

    def _organization(self, number: str) -> Response:
        names = {"5515715": ("L’Éclair", "leclair"), "2414183": ("Devtestco", "devtestco")}
        if number not in names:
            raise Failed(404, "NOT_FOUND")
        name, vanity = names[number]
        return answered({"id": int(number), "localizedName": name, "vanityName": vanity})

    def check_actor(self, actor: str) -> None:
        if actor == MEMBER:
            return
        if not set(self.roles.get(actor, ())) & {"ADMINISTRATOR", "CONTENT_ADMIN", "DIRECT_SPONSORED_CONTENT_POSTER"}:
            raise Failed(403, "ACCESS_DENIED", f"Not enough permissions to act as {actor}")

    # posts

    def _posts(self, request: Request, key: str, body: dict[str, Any]) -> Response:
        if request.method == "POST" and not key:
            return self._create(body)
        if request.method == "GET" and not key:
            own = [post for post in self.posts.values() if post["author"] == request.args.get("author")]
            return self._page(request, sorted(own, key=lambda post: -post["createdAt"]))
        if request.method == "DELETE":
            if key in self.posts:
                self.check_actor(self.posts[key]["author"])
            self.posts.pop(key, None)
            return Response(status=204)
        post = self.posts.get(key)
        if post is None:
            raise Failed(404, "NOT_FOUND", "Post not found")
        if request.method == "GET":
            return answered(post)
        if request.headers.get("X-RestLi-Method") != "PARTIAL_UPDATE":
            raise Failed(400, "BAD_REQUEST", "X-RestLi-Method")
        self.check_actor(post["author"])
        self._limit(body["patch"]["$set"]["commentary"])
        post |= {"commentary": body["patch"]["$set"]["commentary"], "lastModifiedAt": int(time.time() * 1000)}
        return Response(status=204)

    def _limit(self, commentary: str) -> None:
        if len(rules.rendered(commentary)) > 3000:
            raise Failed(400, "FIELD_LENGTH_TOO_LONG", "commentary")

    def _create(self, body: dict[str, Any]) -> Response:
        self.check_actor(body["author"])
        self._limit(body["commentary"])
        double = next((post for post in self.posts.values() if post["commentary"] == body["commentary"]), None)
        if double and double.get("content") == body.get("content"):
            error = Failed(422, "UNPROCESSABLE_ENTITY", f"Content is a duplicate of {double['id']}")
            error.body["errorDetails"] = {"inputErrors": [{"code": "DUPLICATE_POST", "description": "Duplicate post"}]}
            raise error
        for urn in re.findall(r"urn:li:(?:image|video|document):[\w-]+", json.dumps(body.get("content", {}))):
            if self.assets.get(urn, {}).get("status") not in {"AVAILABLE", "PROCESSING"}:
                raise Failed(400, "INVALID_CONTENT", f"{urn} is not uploaded")
        now = int(time.time() * 1000)
        urn = f"urn:li:share:{self.number()}"
        self.posts[urn] = {**body, "id": urn, "createdAt": now, "publishedAt": now, "lastModifiedAt": now}
        return Response(status=201, headers={"x-restli-id": urn})

    # comments and reactions

    def _thread_of(self, target: str) -> str:
        match = re.fullmatch(r"urn:li:comment:\((urn:li:\w+:\d+),\d+\)", target)
        thread = (match[1] if match else target).replace("activity", "share")
        if thread not in self.posts:
            raise Failed(404, "NOT_FOUND", "thread")
        return thread

    def _comments(self, request: Request, target: str, number: str | None, body: dict[str, Any]) -> Response:
        thread = self._thread_of(target)
        parent = target if target.startswith("urn:li:comment:") else ""
        if number is None and request.method == "GET":
            found = [
                c for c in self.comments.values() if c["_thread"] == thread and c.get("parentComment", "") == parent
            ]
            return self._page(request, [self._shown(comment) for comment in found])
        if number is None:
            self.check_actor(body["actor"])
            if self.posts[thread].get("_closed"):
                raise Failed(403, "ACCESS_DENIED", "Comments are closed")
            comment = self.add_comment(thread, body["message"]["text"], body["actor"], body.get("parentComment", ""))
            return answered(self._shown(comment), 201, {"x-restli-id": comment["id"]})
        comment = next((c for c in self.comments.values() if c["id"] == number), None)
        if comment is None:
            raise Failed(404, "NOT_FOUND", "Comment not found")
        if request.method == "GET":
            return answered(self._shown(comment))
        self.check_actor(request.args.get("actor", MEMBER))
        if request.method == "DELETE":
            del self.comments[comment["commentUrn"]]
            return Response(status=204)
        comment["message"]["text"] = body["patch"]["message"]["$set"]["text"]
        comment["lastModified"]["time"] = int(time.time() * 1000) + 1
        return answered(self._shown(comment))

    def _shown(self, comment: dict[str, Any]) -> dict[str, Any]:
        below = sum(c.get("parentComment") == comment["commentUrn"] for c in self.comments.values())
        shown = {key: value for key, value in comment.items() if not key.startswith("_")}
        return shown | ({"commentsSummary": {"aggregatedTotalComments": below}} if below else {})

    def _metadata(self, urn: str) -> dict[str, Any]:
        thread = self._thread_of(urn)
        kinds = [reaction["reactionType"] for (_actor, entity), reaction in self.reactions.items() if entity == thread]
        comments = [comment for comment in self.comments.values() if comment["_thread"] == thread]
        return {
            "entity": urn,
            "commentsState": "OPEN",
            "reactionSummaries": {
                kind: {"reactionType": kind, "count": kinds.count(kind)} for kind in dict.fromkeys(kinds)
            },
            "commentSummary": {
                "count": len(comments),
                "topLevelCount": sum("parentComment" not in comment for comment in comments),
            },
        }

    def _reactions(self, request: Request, key: str, body: dict[str, Any]) -> Response:
        if request.method == "POST":
            actor = request.args["actor"]
            self.check_actor(actor)
            if body["root"] not in {*self.posts, *self.comments}:
                raise Failed(404, "NOT_FOUND")
            if (actor, body["root"]) in self.reactions:
                raise Failed(409, "CONFLICT", "The reaction exists")
            self.add_reaction(body["root"], body["reactionType"], actor)
            return answered(self.reactions[actor, body["root"]], 201)
        if match := re.fullmatch(r"\(entity:(.+)\)", key):
            thread = self._thread_of(match[1])
            return self._page(request, [item for (_actor, entity), item in self.reactions.items() if entity == thread])
        match = re.fullmatch(r"\(actor:(urn:li:\w+:[\w-]+),entity:(.+)\)", key)
        place = (match[1], match[2]) if match else ("", "")
        place = place if place in self.reactions else (place[0], place[1].replace("activity", "share"))
        if place not in self.reactions:
            raise Failed(404, "NOT_FOUND")
        if request.method == "GET":
            return answered(self.reactions[place])
        del self.reactions[place]
        return Response(status=204)


def unquoted(request: Request) -> str:
    return unquote(request.path)
