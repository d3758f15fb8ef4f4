"""What people write under posts: comments, their answers, reactions, mentions; and what the page does with them.

Behaviour after https://developers.facebook.com/documentation/pages-api/comments-mentions (read 2026-11-30) and
…/docs/graph-api/reference/comment. Ours: that an answer to an answer is refused, the error of
a comment that is hidden already, and that without ``pages_read_user_content`` nobody is named.
"""

from __future__ import annotations

from typing import Any

from tests.networks.doubles.facebook.posts import Posts
from tests.networks.doubles.graph import Call, GraphError, Node, edge, node_operation
from tests.networks.doubles.graph.state import Listing


class Talk(Posts):
    """The listening half of the double."""

    def comments_under(self, node: Node, *, stream: bool) -> list[Node]:
        """The comments under a post, or the answers under a comment, oldest first; ``stream``: answers among them."""
        found: list[Node] = []
        for comment_id in node.hidden["comments"]:
            comment = self.nodes[comment_id]
            if not comment.hidden.get("gone"):
                found.append(comment)
                found += self.comments_under(comment, stream=True) if stream else []
        return sorted(found, key=lambda comment: comment.hidden["number"]) if stream else found

    def new_comment(self, under: Node, message: str, author: dict[str, str], **hidden: Any) -> Node:
        """A comment, or the answer to one."""
        parent = under if under.kind == "Comment" else None
        post = self.nodes[parent.hidden["post"]] if parent else under
        number = self.fresh_id()
        comment_id = f"{post.id.rpartition('_')[2]}_{number}"
        data: dict[str, Any] = {
            "id": comment_id,
            "message": message,
            "created_time": self.stamp(),
            "from": author,
            "object": {"id": post.id},
            "is_hidden": False,
            "can_hide": author["id"] != under.owner,
            "can_comment": parent is None,
            "like_count": 0,
            "user_likes": False,
            "permalink_url": f"https://www.facebook.com/{under.owner}/posts/{post.id.rpartition('_')[2]}?comment_id={number}",
        }
        if parent:
            data["parent"] = parent
        hidden = {"comments": [], "reactions": {}, "post": post.id, "number": number, **hidden}
        self.nodes[comment_id] = Node(comment_id, "Comment", data, under.owner, hidden)
        under.hidden["comments"].append(comment_id)
        return self.nodes[comment_id]

    def _listed(self, call: Call) -> Listing:
        call.require("pages_read_engagement")
        stream = call.get("filter", "toplevel") == "stream"
        found = self.comments_under(call.node, stream=stream)
        if call.get("order", "chronological") == "reverse_chronological":
            found.reverse()
        for comment in found:
            comment.data["comment_count"] = len(self.comments_under(comment, stream=False))
        summary = {"order": call.get("order", "chronological"), "total_count": len(found), "can_comment": True}
        return Listing(found, summary)

    def view(self, call: Call, node: Node, wanted: Any) -> dict[str, Any]:
        shown = super().view(call, node, wanted)
        if node.kind in {"Comment", "PagePost"} and "pages_read_user_content" not in call.token.scopes:
            author = node.data.get("from", {}).get("id")
            if author != node.owner:
                shown.pop("from", None)
        return shown

    def _commented(self, call: Call, under: Node) -> dict[str, str]:
        call.require("pages_manage_engagement", task="MODERATE")
        message, photo = call.get("message", ""), call.get("attachment_id", "")
        if not message and not photo:
            raise GraphError(100, "Either message or an attachment is required")
        if len(message) > 8000:
            raise GraphError(100, "The comment is too long")
        if under.kind == "Comment" and "parent" in under.data:
            raise GraphError(100, "An answer cannot be answered: write beneath the comment")
        page = self.nodes[under.owner]
        comment = self.new_comment(under, message, {"id": page.id, "name": page.data["name"]}, app=call.token.app_id)
        if photo:
            if photo not in self.nodes or self.nodes[photo].kind != "Photo":
                raise GraphError(100, "Invalid attachment_id")
            comment.data["attachment"] = {"type": "photo", "target": {"id": photo}}
        return {"id": comment.id}

    @edge("GET", "PagePost", "comments")
    def get_post_comments(self, call: Call) -> Any:
        return self._listed(call)

    @edge("GET", "Comment", "comments")
    def get_answers(self, call: Call) -> Any:
        return self._listed(call)

    @edge("GET", "AdVideo", "comments")
    def get_video_comments(self, call: Call) -> Any:
        call.require("pages_read_engagement")
        post_id = call.node.hidden.get("post")
        return (
            self._listed(Call("GET", call.token, self.nodes[post_id], "comments", call.params, call.wanted))
            if post_id
            else Listing([])
        )

    @edge("POST", "PagePost", "comments")
    def post_comment(self, call: Call) -> Any:
        return self._commented(call, call.node)

    @edge("POST", "Comment", "comments")
    def post_answer(self, call: Call) -> Any:
        return self._commented(call, call.node)

    @node_operation("GET", "Comment")
    def get_comment(self, call: Call) -> Node:
        call.require("pages_read_engagement")
        return call.node

    @node_operation("POST", "Comment")
    def update_comment(self, call: Call) -> Any:
        call.require("pages_manage_engagement", task="MODERATE")
        comment = call.node
        if call.get("message") is not None:
            if comment.hidden.get("app") != call.token.app_id:
                raise GraphError(200, "You can only edit comments that were created by your app")
            comment.data["message"] = call.get("message")
        hidden = call.get("is_hidden")
        if hidden is not None:
            if comment.data["from"]["id"] == comment.owner:
                raise GraphError(200, "This comment can't be hidden")
            if comment.data["is_hidden"] == hidden:
                raise GraphError(1446036, "This comment is already hidden" if hidden else "This comment is not hidden")
            comment.data["is_hidden"] = hidden
        return {"success": True}

    @node_operation("DELETE", "Comment")
    def delete_comment(self, call: Call) -> Any:
        call.require("pages_manage_engagement", task="MODERATE")
        call.node.hidden["gone"] = True
        return {"success": True}

    def _like(self, call: Call, *, likes: bool) -> Any:
        call.require("pages_manage_engagement", task="MODERATE")
        reactions = call.node.hidden["reactions"]
        if likes:
            reactions[call.node.owner] = "LIKE"
        else:
            reactions.pop(call.node.owner, None)
        call.node.data["user_likes"] = likes
        return {"success": True}

    @edge("POST", "Comment", "likes")
    def like_comment(self, call: Call) -> Any:
        return self._like(call, likes=True)

    @edge("DELETE", "Comment", "likes")
    def unlike_comment(self, call: Call) -> Any:
        return self._like(call, likes=False)

    @edge("POST", "PagePost", "likes")
    def like_post(self, call: Call) -> Any:
        return self._like(call, likes=True)

    @edge("DELETE", "PagePost", "likes")
    def unlike_post(self, call: Call) -> Any:
        return self._like(call, likes=False)

    @edge("GET", "PagePost", "reactions")
    def get_reactions(self, call: Call) -> Any:
        call.require("pages_read_engagement")
        reactions = call.node.hidden["reactions"]
        named = "pages_read_user_content" in call.token.scopes
        people = [
            {"id": person_id, "name": self.name_of(person_id), "type": kind}
            for person_id, kind in reversed(reactions.items())
            if named
        ]
        names = {part.name for part in call.wanted or ()} or {"id", "name", "type"}
        shown = [{key: value for key, value in person.items() if key in names | {"id"}} for person in people]
        return Listing(shown, {"total_count": len(reactions), "viewer_reaction": "NONE"})

    def name_of(self, person_id: str) -> str:
        """The name of a person or a page."""
        return str(self.nodes[person_id].data.get("name", ""))

    @edge("GET", "Page", "tagged")
    def get_tagged(self, call: Call) -> Any:
        call.require("pages_read_engagement", "pages_read_user_content")
        return Listing(
            [
                node
                for node in reversed(self.nodes.values())
                if call.node.id in node.hidden.get("tags", ()) and not node.hidden.get("gone")
            ]
        )

    @edge("GET", "Page", "visitor_posts")
    def get_visitor_posts(self, call: Call) -> Any:
        call.require("pages_read_engagement", "pages_read_user_content")
        return Listing(
            [
                node
                for node in reversed(self.nodes.values())
                if node.hidden.get("wall") == call.node.id and not node.hidden.get("gone")
            ]
        )

    @edge("POST", "Page", "subscribed_apps")
    def post_subscribed_apps(self, call: Call) -> Any:
        call.require("pages_manage_metadata")
        call.node.hidden["subscribed"] = tuple(call.get("subscribed_fields"))
        return {"success": True}

    @edge("GET", "Page", "subscribed_apps")
    def get_subscribed_apps(self, call: Call) -> Any:
        fields = call.node.hidden.get("subscribed", ())
        return Listing(
            [Node(call.token.app_id, "Application", {"id": call.token.app_id, "name": "Newsroom"})] if fields else []
        )

    @edge("DELETE", "Page", "subscribed_apps")
    def delete_subscribed_apps(self, call: Call) -> Any:
        call.require("pages_manage_metadata")
        call.node.hidden["subscribed"] = ()
        return {"success": True}
