"""Reading posts and people of the double: lookups, timelines, search, lists."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.networks.doubles.x.answers import NEWER, Problem, answered, listed, partial
from tests.networks.doubles.x.state import EPOCH_MS, Post, User


class Reading:
    """The part of the server that shows posts and people."""

    def me(self, request: Request, user: User) -> Response:
        self._bill("user", user.id)
        return answered({"data": user.shown(listed(request, "user.fields"), me=True)})

    def posts_by_ids(self, request: Request, user: User) -> Response:
        data, errors = [], []
        for post_id in listed(request, "ids"):
            post = self.post(post_id)
            if post is None:
                errors.append(partial(self._not_found(post_id, "ids", 200).body))
            elif post.author.protected or post.author.suspended:
                why = "has been suspended" if post.author.suspended else "is protected"
                errors.append(
                    partial(
                        Problem(
                            200,
                            f"Sorry, you are not authorized to see the Tweet with ids: [{post_id}]: its author {why}.",
                            "not-authorized-for-resource",
                            value=post_id,
                            parameter="ids",
                            resource_id=post_id,
                            resource_type="tweet",
                            section="data",
                        ).body
                    )
                )
            else:
                data.append(self._shown(post, request))
        self._bill_all("read", [post["id"] for post in data])
        return answered(({"data": data} if data else {}) | ({"errors": errors} if errors else {}))

    def _shown(self, post: Post, request: Request) -> dict[str, Any]:
        """A post with the members that were asked for, under the names of the document in force."""
        if self.names == "tweet":
            return post.shown(listed(request, "tweet.fields"), self.posts)
        older = {name: older for older, name in NEWER.items()}
        wanted = [*listed(request, "post.fields"), *listed(request, "expansions")]
        return post.shown([older.get(name, name) for name in wanted], self.posts)

    def own_posts(self, request: Request, user: User, user_id: str) -> Response:
        found = [post for post in self.posts if post.author.id == user_id and post.id not in self.hide_from_timeline]
        return self._page(request, found, owned=user_id == user.id)

    def mentions(self, request: Request, user: User, user_id: str) -> Response:
        name = self.users[user_id].username.lower()
        found = [post for post in self.posts if name in post.mentioned() and post.author.id != user_id]
        return self._page(request, found[-800:], owned=user_id == user.id)

    def search(self, request: Request, user: User) -> Response:
        query = re.fullmatch(r"conversation_id:([0-9]+)(?: -from:([0-9]+))?", request.args["query"])
        if not query:
            raise Problem(400, "There were errors processing your request: query", "invalid-request")
        week_ago = self.clock.now() - timedelta(days=7)
        if "since_id" in request.args and self._minted(request.args["since_id"]) < week_ago:
            raise Problem(400, "'since_id' must be a tweet id created after 7 days ago.", "invalid-request")
        if "start_time" in request.args and datetime.fromisoformat(request.args["start_time"]) < week_ago:
            raise Problem(400, "'start_time' must be on or after 7 days ago.", "invalid-request")
        found = [
            post
            for post in self.posts
            if post.root.versions[0] == query[1] and post.author.id != query[2] and post.at > week_ago and post.reply_to
        ]
        return self._page(request, found, next_name="next_token")

    def _minted(self, post_id: str) -> datetime:
        return datetime.fromtimestamp(((int(post_id) >> 22) + EPOCH_MS) / 1000, self.clock.now().tzinfo)

    def quotes(self, request: Request, user: User, post_id: str) -> Response:
        post = self.post(post_id)
        return self._page(request, [other for other in self.posts if other.quote is post])

    def _page(
        self, request: Request, found: list[Post], *, owned: bool = False, next_name: str = "pagination_token"
    ) -> Response:
        """The newest first, from a token on; what is deleted, protected or outside the times and ids asked for is left out."""
        args = request.args
        since = int(args.get("since_id", "0"))
        start = datetime.fromisoformat(args["start_time"]) if "start_time" in args else None
        kept = [
            post
            for post in found
            if not (post.deleted or post.author.protected or post.author.suspended)
            and int(post.id) > since
            and (start is None or post.at >= start)
        ]
        kept.sort(key=lambda post: int(post.id), reverse=True)
        offset = self._offset(args.get(next_name))
        size = int(args.get("max_results", "10"))
        page = kept[offset : offset + size]
        meta: dict[str, Any] = {"result_count": len(page)}
        if page:
            meta |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
        if len(kept) > offset + size:
            meta["next_token"] = f"t{offset + size}"
        body: dict[str, Any] = {"meta": meta}
        if page:
            body["data"] = [self._shown(post, request) for post in page]
        if page and "author_id" in listed(request, "expansions"):
            authors = {post.author.id: post.author for post in page}
            body["includes"] = {"users": [user.shown(listed(request, "user.fields")) for user in authors.values()]}
            self._bill_all("user", list(authors))
        self._bill_all("owned" if owned and self.paper_owns_app else "read", [post.id for post in page])
        return answered(body)

    def _offset(self, token: str | None) -> int:
        if token is None:
            return 0
        if not re.fullmatch(r"t[0-9]+", token):
            raise Problem(400, "The 'pagination_token' query parameter value is not valid", "invalid-request")
        return int(token[1:])

    def liking_users(self, request: Request, user: User, post_id: str) -> Response:
        post = self.post(post_id)
        return self._people(request, post.likes if post else [])

    def retweeted_by(self, request: Request, user: User, post_id: str) -> Response:
        post = self.post(post_id)
        return self._people(request, post.reposts if post else [])

    def _people(self, request: Request, people: list[User]) -> Response:
        page = people[::-1][: int(request.args.get("max_results", "100"))]
        body: dict[str, Any] = {"meta": {"result_count": len(page)}}
        if page:
            body["data"] = [person.shown(listed(request, "user.fields")) for person in page]
            self._bill_all("user", [person.id for person in page])
        return answered(body)

    def _bill_all(self, what: str, ids: list[str]) -> None:
        if ids:
            self._bill(what, *ids)
