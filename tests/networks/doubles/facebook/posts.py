"""What pages publish: posts, photos, videos.

Behaviour after https://developers.facebook.com/documentation/pages-api/posts, …/docs/graph-api/reference/page/photos and
…/page/videos (read 2026-11-30). Ours, for the specs do not say it: the answers of an upload's phases, the states of a
video, what is refused.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from tests.networks.doubles.graph import Call, GraphError, GraphServer, Node, edge, node_operation
from tests.networks.doubles.graph.state import Listing

PIECE = 256 * 1024
"""How much of a video the double asks for at a time."""
NOT_A_PAGE = (
    "If posting to a page, requires both pages_read_engagement and pages_manage_posts as an admin with sufficient "
    "administrative permission"
)


class Posts(GraphServer):
    """The publishing half of the double."""

    processing_polls = 2
    """How often a video is still being processed when it is asked for."""
    video_fails = ""
    """What the processing of the next video complains of."""

    def stamp(self) -> str:
        """The time as Meta writes it."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%S+0000")

    def new_post(
        self, page: Node, *, published: bool = True, author: dict[str, str] | None = None, **data: Any
    ) -> Node:
        """A post on a page. ``author``: somebody else than the page."""
        post_id = f"{page.id}_{self.fresh_id()}"
        stamp = self.stamp()
        data = {
            "id": post_id,
            "created_time": stamp,
            "updated_time": stamp,
            "from": author or {"id": page.id, "name": page.data["name"]},
            "is_published": published,
            "permalink_url": f"https://www.facebook.com/{page.id}/posts/{post_id.partition('_')[2]}",
            "is_hidden": False,
            **data,
        }
        node = Node(post_id, "PagePost", data, page.id, {"attachments": [], "reactions": {}, "comments": []})
        self.nodes[post_id] = node
        return node

    def posts_of(self, page: Node) -> list[Node]:
        """The posts that stand on a page's own wall by itself, newest first."""
        return [
            node
            for node in reversed(self.nodes.values())
            if node.kind == "PagePost"
            and node.owner == page.id
            and node.data["is_published"]
            and not node.hidden.get("gone")
            and node.data["from"]["id"] == page.id
        ]

    @edge("POST", "Page", "feed")
    def post_feed(self, call: Call) -> Any:
        if call.token.kind != "PAGE":
            raise GraphError(200, NOT_A_PAGE)
        call.require("pages_manage_posts", "pages_read_engagement", task="CREATE_CONTENT")
        message, link = call.get("message", ""), call.get("link", "")
        media = call.get("attached_media") or []
        if not message and not link and not media:
            raise GraphError(100, "You must provide a message, link, place, or media.", 1349125)
        if len(message) > 63_206:
            raise GraphError(100, "Param message must be a string of at most 63206 characters.")
        published = call.get("published", True)
        self.require_type(call, published=published)
        last = next(iter(self.posts_of(call.node)), None)
        if published and last and message and last.data.get("message") == message:
            raise GraphError(506, "Duplicate status message")
        attachments = [self._attached(item, call.node) for item in media]
        if link and not attachments:
            if not link.startswith(("http://", "https://")):
                raise GraphError(1500, "The url you supplied is invalid")
            shim = f"https://l.facebook.com/l.php?{urlencode({'u': link, 'h': 'AT0'})}"
            share = {"media_type": "link", "type": "share", "url": shim, "unshimmed_url": link, "target": {"url": shim}}
            attachments = [share]
        post = self.new_post(call.node, published=published, **({"message": message} if message else {}))
        post.data["application"] = Node(call.token.app_id, "Application", {"id": call.token.app_id})
        post.hidden |= {"attachments": attachments, "app": call.token.app_id}
        for attachment in attachments:
            if "photo" in attachment:
                attachment["photo"].hidden["post"] = post.id
        return {"id": post.id}

    def require_type(self, call: Call, *, published: bool) -> None:
        """What is unpublished and of no type is for advertising: …/reference/page/videos (read 2026-11-30)."""
        if not published and call.get("unpublished_content_type", "ADS_POST") == "ADS_POST":
            call.require("pages_manage_ads", task="ADVERTISE")

    def _attached(self, item: Any, page: Node) -> dict[str, Any]:
        photo_id = str(item.get("media_fbid", "")) if isinstance(item, dict) else ""
        photo = self.nodes.get(photo_id)
        published = photo and self.nodes.get(photo.hidden.get("post", ""))
        forgotten = photo is None or photo.kind != "Photo" or photo.owner != page.id or photo.hidden.get("gone")
        if forgotten or (published and published.data["is_published"]):
            raise GraphError(100, "Invalid parameter: attached_media", 1487390)
        return {
            "media_type": "photo",
            "type": "photo",
            "target": {"id": photo.id},
            "url": photo.data["link"],
            "photo": photo,
        }

    @edge("POST", "Page", "photos")
    def post_photos(self, call: Call) -> Any:
        call.require("pages_manage_posts", task="CREATE_CONTENT")
        image = call.files.get("source", b"")
        if not image.startswith((b"\x89PNG", b"\xff\xd8")):
            raise GraphError(324, "Missing or invalid image file")
        if call.get("temporary") and call.get("published", True):
            raise GraphError(100, "A temporary photo cannot be published")
        photo_id = self.fresh_id()
        data = {
            "id": photo_id,
            "link": f"https://www.facebook.com/photo/?fbid={photo_id}",
            "created_time": self.stamp(),
            "alt_text_custom": call.get("alt_text_custom"),
        }
        self.nodes[photo_id] = Node(photo_id, "Photo", data, call.node.id, {"bytes": image})
        return {"id": photo_id}

    @edge("POST", "Page", "videos")
    def post_videos(self, call: Call) -> Any:
        call.require("pages_manage_posts", task="CREATE_CONTENT")
        match call.get("upload_phase"):
            case "start":
                return self._start(call)
            case "transfer":
                return self._transfer(call)
            case "finish":
                return self._finish(call)
        raise GraphError(100, "The double takes videos in pieces only.")

    def _start(self, call: Call) -> dict[str, str]:
        size = call.get("file_size", 0)
        if not size:
            raise GraphError(100, "file_size is required")
        video_id, session = self.fresh_id(), self.fresh_id()
        data = {
            "id": video_id,
            "published": False,
            "created_time": self.stamp(),
            "permalink_url": f"/watch/?v={video_id}",
        }
        hidden = {"session": session, "size": size, "bytes": b"", "polls": self.processing_polls, "comments": []}
        self.nodes[video_id] = Node(video_id, "AdVideo", data, call.node.id, hidden)
        return {"video_id": video_id, "upload_session_id": session, **self._wanted_piece(self.nodes[video_id])}

    def _wanted_piece(self, video: Node) -> dict[str, str]:
        start = len(video.hidden["bytes"])
        return {"start_offset": str(start), "end_offset": str(min(start + PIECE, video.hidden["size"]))}

    def _session(self, call: Call) -> Node:
        session = call.get("upload_session_id", "")
        found = next((node for node in self.nodes.values() if node.hidden.get("session") == session), None)
        if found is None or found.owner != call.node.id or found.hidden.get("expired"):
            raise GraphError(6000, "There was a problem uploading your video file. Please try again.", 1363030)
        return found

    def _transfer(self, call: Call) -> dict[str, str]:
        video = self._session(call)
        start, piece = int(call.get("start_offset", 0)), call.files.get("video_file_chunk", b"")
        if start != len(video.hidden["bytes"]):
            raise GraphError(
                6001, "The offset is not the one that is due.", 1363037, error_data=self._wanted_piece(video)
            )
        if not piece or start + len(piece) > video.hidden["size"]:
            raise GraphError(100, "The piece has a wrong size.")
        video.hidden["bytes"] += piece
        return self._wanted_piece(video)

    def _finish(self, call: Call) -> dict[str, Any]:
        video = self._session(call)
        if len(video.hidden["bytes"]) != video.hidden["size"]:
            raise GraphError(6000, "Not all of the file was uploaded.", 1363031)
        self.require_type(call, published=call.get("published", True))
        video.hidden |= {"finished": True, "app": call.token.app_id, "fails": self.video_fails}
        self.video_fails = ""
        video.data["description"] = call.get("description", "")
        if call.get("published", True):
            self._show(video)
        return {"success": True}

    def _show(self, video: Node) -> Node:
        """Publish a video: a post about it appears, once."""
        video.data["published"] = True
        if "post" not in video.hidden:
            page = self.nodes[video.owner]
            post = self.new_post(page, message=video.data["description"])
            target = {"id": video.id, "url": f"https://www.facebook.com/watch/?v={video.id}"}
            attachment = {"media_type": "video", "type": "video_inline", "target": target, "url": target["url"]}
            post.hidden |= {"attachments": [attachment], "app": video.hidden["app"]}
            video.hidden["post"] = post.id
            video.data["post_id"] = post.id.partition("_")[2]
        return self.nodes[video.hidden["post"]]

    @node_operation("GET", "AdVideo")
    def get_video(self, call: Call) -> Node:
        hidden = call.node.hidden
        state = "uploading" if not hidden.get("finished") else "processing" if hidden["polls"] > 0 else "ready"
        phase: dict[str, Any] = {"status": "in_progress"}
        if hidden.get("finished") and call.wanted and any(part.name == "status" for part in call.wanted):
            hidden["polls"] -= 1
        if hidden.get("fails") and state == "ready":
            state, phase = "error", {"status": "error", "errors": [{"code": 1363026, "message": hidden["fails"]}]}
        call.node.data["status"] = {"video_status": state, "processing_phase": phase}
        return call.node

    @node_operation("POST", "AdVideo")
    def update_video(self, call: Call) -> Any:
        call.require("pages_manage_posts", task="CREATE_CONTENT")
        if not call.node.hidden.get("finished"):
            raise GraphError(100, "The video is not there yet.")
        if call.get("description") is not None:
            call.node.data["description"] = call.get("description")
        if call.get("published"):
            self._show(call.node)
        return {"success": True}

    @node_operation("DELETE", "AdVideo")
    def delete_video(self, call: Call) -> Any:
        call.require("pages_manage_posts", task="CREATE_CONTENT")
        call.node.hidden["gone"] = True
        if "post" in call.node.hidden:
            self.nodes[call.node.hidden["post"]].hidden["gone"] = True
        return {"success": True}

    @edge("GET", "Page", "published_posts")
    def get_published_posts(self, call: Call) -> Any:
        call.require("pages_read_engagement")
        return Listing(self.posts_of(call.node))

    @node_operation("GET", "PagePost")
    def get_post(self, call: Call) -> Node:
        call.require("pages_read_engagement")
        return call.node

    @node_operation("POST", "PagePost")
    def update_post(self, call: Call) -> Any:
        call.require("pages_manage_posts", task="CREATE_CONTENT")
        if call.node.hidden.get("app") != call.token.app_id:
            raise GraphError(200, "You can only edit posts that were created by your app")
        if call.get("message") is not None:
            call.node.data["message"] = call.get("message")
        if call.get("is_published") is False and call.node.data["is_published"]:
            raise GraphError(100, "A published post cannot be unpublished")
        if call.get("is_published"):
            call.node.data["is_published"] = True  # again and again: it stays one post
        call.node.data["updated_time"] = self.stamp()
        return {"success": True}

    @node_operation("DELETE", "PagePost")
    def delete_post(self, call: Call) -> Any:
        call.require("pages_manage_posts", task="CREATE_CONTENT")
        call.node.hidden["gone"] = True
        return {"success": True}

    @edge("GET", "PagePost", "attachments")
    def get_attachments(self, call: Call) -> Any:
        shown = [
            {key: value for key, value in item.items() if key != "photo"} for item in call.node.hidden["attachments"]
        ]
        names = {part.name for part in call.wanted or ()}
        return Listing([{key: value for key, value in item.items() if not names or key in names} for item in shown])
