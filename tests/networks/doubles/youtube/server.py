"""The double's answers: the API's methods, Google's consent screen and token endpoint, the day's quota.

What the discovery document does not say is ours: error bodies and reasons
(https://developers.google.com/youtube/v3/docs/errors), costs
(https://developers.google.com/youtube/v3/determine_quota_cost), the sign-in
(https://developers.google.com/identity/protocols/oauth2/web-server); all read 2026-11-30.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from datetime import timedelta
from html import escape
from typing import Any
from urllib.parse import urlencode

from werkzeug.wrappers import Request, Response

from tests.networks.doubles.base import Double
from tests.networks.doubles.youtube import document
from tests.networks.doubles.youtube.state import NAMES, OURS, State

SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"
API = "/youtube/v3"
PAGE = 100
CLIENT, SECRET = "client-1", "app-secret-1"
TOKEN, REFRESH = "token-1", "refresh-1"
SCREEN = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in with Google</title>
<body><h1>Choose a channel</h1><form method="post"><p>{app} wants to manage your comments</p>
<label><input type="checkbox" name="scope" value="{scope}" checked> comments</label>
<button name="decision" value="agree">Continue</button> <button name="decision" value="refuse">Cancel</button>
</form></body></html>"""


class Refusal(Exception):
    """An error of the API."""

    def __init__(self, status: int, reason: str, message: str = "") -> None:
        super().__init__(reason)
        self.response = answer_json(error_body(status, reason, message or reason), status)


def error_body(status: int, reason: str, message: str = "") -> dict[str, Any]:
    """Google's error envelope."""
    item = {"message": message, "domain": "youtube", "reason": reason}
    return {"error": {"code": status, "message": message, "errors": [item]}}


def answer_json(data: Any, status: int = 200) -> Response:
    """``data`` as the API sends it."""
    return Response(json.dumps(data), status, content_type="application/json; charset=UTF-8")


class Server(Double):
    """YouTube with one newsroom's channel. ``state`` is what readers act on."""

    slug = "youtube"

    def __init__(self) -> None:
        super().__init__()
        self.state = State()
        self.tokens: dict[str, str] = {TOKEN: SCOPE}
        self.refresh_tokens: dict[str, str] = {REFRESH: SCOPE}
        self.codes: dict[str, dict[str, str]] = {}
        self.redirect_uris: tuple[str, ...] = ()
        self.units = 10_000
        self.searches = 100
        self.channels = [OURS]
        self.page_size = PAGE
        self.spent: list[tuple[str, int]] = []

    def create_app(self, redirect_uri: str) -> dict[str, str]:
        self.redirect_uris = (*self.redirect_uris, redirect_uri)
        return {"client_id": CLIENT, "client_secret": SECRET}

    def check(self, request: Request, response: Response) -> None:
        """Hold the API's methods to the discovery document; Google's sign-in is not in it."""
        if request.path.startswith(API):
            document.check(request, response)

    def answer(self, request: Request) -> Response:
        try:
            if request.path.startswith(API):
                return self._api(request)
            return self._sign_in(request)
        except Refusal as refusal:
            return refusal.response

    # the API

    def _api(self, request: Request) -> Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            raise Refusal(401, "authError", "Invalid Credentials")
        if SCOPE not in self.tokens[token].split():
            raise Refusal(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
        name = f"{request.method} {request.path.removeprefix(API)}"
        self._spend(name)
        methods = {
            "GET /channels": self._channels,
            "GET /commentThreads": self._threads,
            "GET /comments": self._comments,
            "POST /comments": self._insert,
            "PUT /comments": self._update,
            "DELETE /comments": self._delete,
            "POST /comments/setModerationStatus": self._moderate,
            "GET /videos": self._videos,
            "GET /search": self._search,
        }
        if name not in methods:
            raise Refusal(404, "notFound")
        return methods[name](request)

    def _spend(self, name: str) -> None:
        if name == "GET /search":
            self.searches -= 1
            left = self.searches
        else:
            self.units -= 1 if name.startswith("GET") else 50
            left = self.units
        self.spent.append((name, left))
        if left < 0:
            raise Refusal(403, "quotaExceeded", "The request cannot be completed because you have exceeded your quota.")

    def _channels(self, request: Request) -> Response:
        items = [
            {
                "kind": "youtube#channel",
                "etag": "e",
                "id": channel,
                "snippet": {"title": "The Paper", "customUrl": NAMES.get(channel, "@x"), "description": ""},
                "statistics": {"subscriberCount": "1200", "hiddenSubscriberCount": False},
            }
            for channel in self.channels
        ]
        listing = {"kind": "youtube#channelListResponse", "etag": "e"}
        return answer_json({**listing, "items": items} if items else listing)

    def _threads(self, request: Request) -> Response:
        args, state = request.args, self.state
        parts = set(args["part"].split(","))
        status = args.get("moderationStatus", "published")
        firsts = [row for row in state.comments.values() if row.thread == row.comment_id and row.status == status]
        if "videoId" in args:
            video = state.videos.get(args["videoId"])
            if video is None:
                raise Refusal(404, "videoNotFound")
            if video.comments_off:
                raise Refusal(403, "commentsDisabled", "The video has disabled comments.")
            firsts = [row for row in firsts if row.video_id == video.video_id]
        else:
            channel = args["allThreadsRelatedToChannelId"]
            firsts = [row for row in firsts if state.videos[row.video_id].channel == channel]
        firsts.sort(key=lambda row: row.published_at, reverse=True)
        shown, following = self._page(firsts, args)
        items = [state.as_thread(first, parts) for first in shown]
        return self._list("commentThread", items, following)

    def _comments(self, request: Request) -> Response:
        args, state = request.args, self.state
        if "parentId" in args:
            if args["parentId"] not in state.comments:
                raise Refusal(404, "commentNotFound")
            shown, following = self._page(state.replies(args["parentId"]), args)
            return self._list("comment", [state.as_comment(row, with_status=True) for row in shown], following)
        wanted = [state.comments[name] for name in args["id"].split(",") if name in state.comments]
        return self._list("comment", [state.as_comment(row) for row in wanted if row.status == "published"], "")

    def _insert(self, request: Request) -> Response:
        snippet = json.loads(request.get_data())["snippet"]
        parent = self.state.comments.get(snippet["parentId"])
        if parent is None or parent.thread != parent.comment_id:
            raise Refusal(404, "parentCommentNotFound")
        if len(snippet["textOriginal"]) > 10_000:
            raise Refusal(400, "commentTextTooLong", "The comment text is too long.")
        made = self.state.reply(parent.comment_id, snippet["textOriginal"], OURS)
        return answer_json(self.state.as_comment(self.state.comments[made]))

    def _update(self, request: Request) -> Response:
        body = json.loads(request.get_data())
        comment = self._own(body["id"])
        self.state.rewrite(comment.comment_id, body["snippet"]["textOriginal"])
        return answer_json(self.state.as_comment(comment))

    def _delete(self, request: Request) -> Response:
        self.state.remove(self._own(request.args["id"]).comment_id)
        return Response(status=204)

    def _own(self, comment_id: str) -> Any:
        comment = self.state.comments.get(comment_id)
        if comment is None:
            raise Refusal(404, "commentNotFound")
        if comment.author != OURS:
            raise Refusal(403, "forbidden", "The comment is somebody else's.")
        return comment

    def _moderate(self, request: Request) -> Response:
        comment = self.state.comments.get(request.args["id"])
        if comment is None:
            raise Refusal(404, "commentNotFound")
        if self.state.videos[comment.video_id].channel != OURS:
            raise Refusal(403, "forbidden", "The request is not properly authorized to change the comment.")
        comment.status = request.args["moderationStatus"]
        return Response(status=204)

    def _videos(self, request: Request) -> Response:
        found = [self.state.videos[name] for name in request.args["id"].split(",") if name in self.state.videos]
        items = [
            {
                "kind": "youtube#video",
                "etag": "e",
                "id": video.video_id,
                "snippet": {"title": "A video", "description": video.description, "channelId": video.channel},
            }
            for video in found
        ]
        return self._list("video", items, "")

    def _search(self, request: Request) -> Response:
        word = request.args["q"].strip('"')
        found = [video for video in self.state.videos.values() if word in video.description]
        items = [
            {"kind": "youtube#searchResult", "etag": "e", "id": {"kind": "youtube#video", "videoId": video.video_id}}
            for video in found
        ]
        listing = {"kind": "youtube#searchListResponse", "etag": "e", "regionCode": "FR", "items": items}
        return answer_json(listing)

    def _page(self, rows: list[Any], args: Any) -> tuple[list[Any], str]:
        start = int(args.get("pageToken") or 0)
        size = min(int(args.get("maxResults", 20)), self.page_size)
        return rows[start : start + size], str(start + size) if start + size < len(rows) else ""

    def _list(self, name: str, items: list[Any], following: str) -> Response:
        listing: dict[str, Any] = {"kind": f"youtube#{name}ListResponse", "etag": "e", "items": items}
        listing["pageInfo"] = {"totalResults": len(items), "resultsPerPage": self.page_size}
        if following:
            listing["nextPageToken"] = following
        return answer_json(listing)

    # Google's sign-in

    def _sign_in(self, request: Request) -> Response:
        if request.path == "/o/oauth2/v2/auth":
            return self._screen(request)
        if request.path == "/token":
            return self._token(request)
        if request.path == "/revoke":
            token = request.form["token"]
            known = self.refresh_tokens.pop(token, None) or self.tokens.pop(token, None)
            return answer_json({}) if known else answer_json({"error": "invalid_token"}, 400)
        if request.path.startswith("/_double/comment"):
            made = self.state.comment(request.form["video"], request.form["text"])
            return answer_json({"id": made})
        return Response("Not here", 404)

    def _screen(self, request: Request) -> Response:
        """The consent screen: GET shows the form, POST sends the person back."""
        asked = request.args
        if asked.get("client_id") != CLIENT:
            return Response("Error 401: invalid_client", 401)
        if self.redirect_uris and asked.get("redirect_uri") not in self.redirect_uris:
            return Response("Error 400: redirect_uri_mismatch", 400)
        if request.method == "GET":
            page = SCREEN.format(app=escape(asked["client_id"]), scope=SCOPE)
            return Response(page, content_type="text/html; charset=utf-8")
        if request.form.get("decision") != "agree":
            back = {"error": "access_denied", "state": asked["state"]}
        else:
            code = secrets.token_urlsafe(20)
            granted = request.form.get("scope", "")
            self.codes[code] = {**asked.to_dict(), "granted": granted}
            back = {"code": code, "state": asked["state"], "scope": granted}
        return Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{urlencode(back)}"})

    def _token(self, request: Request) -> Response:
        form = request.form
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return answer_json({"error": "invalid_client", "error_description": "Unauthorized"}, 401)
        if form["grant_type"] == "authorization_code":
            code = self.codes.pop(form["code"], None)
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            if code is None or code["code_challenge"] != challenge or code["redirect_uri"] != form["redirect_uri"]:
                return answer_json({"error": "invalid_grant", "error_description": "Bad Request"}, 400)
            refresh = secrets.token_urlsafe(24)
            self.refresh_tokens[refresh] = code["granted"]
            extra = {"refresh_token": refresh} if code.get("access_type") == "offline" else {}
            return self._issue(code["granted"], **extra)
        granted = self.refresh_tokens.get(form["refresh_token"])
        if granted is None:
            body = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
            return answer_json(body, 400)
        return self._issue(granted)

    def _issue(self, granted: str, **extra: str) -> Response:
        token = secrets.token_urlsafe(24)
        self.tokens[token] = granted
        life = int(timedelta(hours=1).total_seconds()) - 1
        return answer_json(
            {"access_token": token, "expires_in": life, "scope": granted, "token_type": "Bearer", **extra}
        )
