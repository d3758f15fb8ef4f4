"""Creating, correcting, deleting, hiding and liking posts of the double."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.networks.doubles.x.answers import Problem, answered, weight
from tests.networks.doubles.x.state import Post, Upload, User


class Posting:
    """The part of the server that changes posts."""

    def create(self, request: Request, user: User) -> Response:
        body = request.get_json()
        text, ids = body.get("text", ""), body.get("media", {}).get("media_ids", [])
        if not text and not ids:
            raise Problem(400, "Post text or media is required.", "invalid-request")
        if weight(text) > (280 if user.subscription_type == "None" else 25_000):
            raise Problem(
                403, "Your Tweet text is too long. For more information on how Twitter determines text length see …"
            )
        poll = self._poll(body)
        media = [self._attached(media_id, user) for media_id in ids]
        if len(media) > 1 and any(upload.category != "tweet_image" for upload in media):
            raise Problem(400, "Only images can be attached together.", "invalid-request")
        if "edit_options" in body:
            if poll:
                raise Problem(400, "A Post with a poll can not be edited.", "invalid-request")
            return self._edited(user, body["edit_options"]["previous_post_id"], text, media)
        reply_to = self._referenced(body.get("reply", {}).get("in_reply_to_tweet_id"))
        quote = self._referenced(body.get("quote_tweet_id"))
        self._allow(user, text, reply_to, quote)
        day_ago = self.clock.now() - timedelta(hours=24)
        twins = [post for post in self.posts if post.author is user and post.at > day_ago and not post.deleted]
        if any(post.text == text and not media and post.reply_to is reply_to for post in twins):
            raise Problem(403, "You are not allowed to create a Tweet with duplicate content.")
        post = self.write(user, text, reply_to=reply_to, quote=quote, media=media)
        post.poll = poll
        self._bill("linked" if re.search(r"https?://", text) else "post")
        return answered({"data": {"id": post.id, "text": post.stored()[0], "edit_history_tweet_ids": [post.id]}}, 201)

    def _poll(self, body: dict[str, Any]) -> dict[str, Any]:
        """The poll of a request. What its parts may be, the document says; what stands beside it, its words
        (``TweetCreateRequest.poll``: "mutually exclusive from Media, Quote Tweet Id, and Card URI")."""
        poll = body.get("poll") or {}
        if poll and body.keys() & {"media", "quote_tweet_id", "card_uri"}:
            raise Problem(
                400, "A poll is mutually exclusive from Media, Quote Tweet Id, and Card URI.", "invalid-request"
            )
        if poll and not body.get("text"):
            raise Problem(400, "Post text is required.", "invalid-request")
        return poll

    def _edited(self, user: User, previous: str, text: str, media: list[Upload]) -> Response:
        post = self.post(previous)
        if user.subscription_type == "None":
            raise Problem(403, "You are not permitted to edit a Post.")
        current = post is not None and post.author is user and post.id == previous and len(post.versions) <= 5
        if post is None or post.poll or not current or self.clock.now() - post.at > timedelta(minutes=30):
            raise Problem(403, "This Post can not be edited any more.")
        self.rewrite(post, text)
        post.media = media
        self._bill("linked" if re.search(r"https?://", text) else "post")
        return answered({"data": {"id": post.id, "text": post.stored()[0]}}, 201)

    def _attached(self, media_id: str, user: User) -> Upload:
        upload = self.uploads.get(media_id)
        ready = upload is not None and upload.finalized and not upload.polls_left and not upload.failure
        if upload is None or upload.owner is not user or not ready or upload.forgotten:
            raise Problem(400, "Your media IDs are invalid.", "invalid-request")
        return upload

    def _referenced(self, post_id: str | None) -> Post | None:
        if post_id is None:
            return None
        found = self.post(post_id)
        if found is None:
            raise Problem(403, "You attempted to reply to a Tweet that is deleted or not visible to you.")
        return found

    def _allow(self, user: User, text: str, reply_to: Post | None, quote: Post | None) -> None:
        if self.enterprise:
            return
        if quote:
            detail = "Quoting a Post is not permitted for your current access level."
            raise Problem(403, detail, "client-forbidden", reason="client-not-enrolled")
        if len(re.findall(r"(?:^|\s)\$[A-Za-z]{1,6}\b", text)) > 1:
            raise Problem(403, "Posts are limited to a maximum of 1 cashtag.")
        if reply_to and reply_to.author is not user:
            summoned = user.username.lower() in reply_to.mentioned()
            if not summoned and not (reply_to.quote and reply_to.quote.author is user):
                raise Problem(
                    403,
                    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged "
                    "by the author of the post you are replying to.",
                )

    def remove(self, request: Request, user: User, post_id: str) -> Response:
        post = self.post(post_id)
        if post is None:
            raise self._not_found(post_id, "id")
        if post.author is not user:
            raise Problem(403, "You are not authorized to delete this Tweet.")
        post.deleted = True
        self._bill("delete")
        return answered({"data": {"deleted": True}})

    def hide(self, request: Request, user: User, post_id: str) -> Response:
        post = self.post(post_id)
        if post is None:
            raise self._not_found(post_id, "tweet_id")
        if post.root.author is not user or post.reply_to is None:
            raise Problem(403, "You can only hide replies to your own Posts.")
        post.hidden = bool(request.get_json()["hidden"])
        self._bill("manage")
        return answered({"data": {"hidden": post.hidden}})

    def like(self, request: Request, user: User, user_id: str) -> Response:
        self._only_enterprise(user, user_id)
        post = self.post(request.get_json()["tweet_id"])
        if post is None:
            raise self._not_found(request.get_json()["tweet_id"], "tweet_id")
        if user not in post.likes:
            post.likes.append(user)
        self._bill("like")
        return answered({"data": {"liked": True}})

    def unlike(self, request: Request, user: User, user_id: str, post_id: str) -> Response:
        self._only_enterprise(user, user_id)
        post = self.post(post_id)
        if post is None:
            raise self._not_found(post_id, "tweet_id")
        post.likes = [other for other in post.likes if other is not user]
        self._bill("delete")
        return answered({"data": {"liked": False}})

    def _only_enterprise(self, user: User, user_id: str) -> None:
        if user_id != user.id:
            raise Problem(403, "You can only act for the authenticated user.")
        if not self.enterprise:
            detail = "This endpoint is not available for your current access level."
            raise Problem(403, detail, "client-forbidden", reason="client-not-enrolled")

    def _not_found(self, post_id: str, parameter: str, status: int = 404) -> Problem:
        return Problem(
            status,
            f"Could not find tweet with {parameter}: [{post_id}].",
            "resource-not-found",
            value=post_id,
            parameter=parameter,
            resource_id=post_id,
            resource_type="tweet",
        )
