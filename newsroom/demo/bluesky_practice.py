"""The demo on the real Bluesky network (PDS, AppView, PLC on loopback); readers post through ``atproto``."""

from __future__ import annotations

import time
from pathlib import Path

from atproto import Client, models
from atproto_client.exceptions import AtProtocolError
from django.core.management.base import CommandError

from newsroom.demo import bluesky_network
from newsroom.demo.cast import Line, Member

SLUG = "bluesky"


class BlueskyPractice:
    """A Bluesky network with the members' accounts; it starts in :meth:`wait`."""

    slug = SLUG

    def __init__(self, folder: Path, port: int, members: list[Member]) -> None:
        self.folder, self.port = folder, port
        self.members = {member.username: member for member in members}
        self.clients: dict[str, Client] = {}
        self.network: bluesky_network.BlueskyNetwork | None = None
        self.url = f"http://localhost:{port}"

    def wait(self) -> None:
        """Start the network and open the accounts. Raises CommandError where it cannot be started."""
        try:
            self.network = bluesky_network.start(self.folder, self.port)
        except bluesky_network.BlueskyUnavailable as error:
            raise CommandError(f"The Bluesky network cannot be started here: {error}. Try: make demo") from error
        self.url = self.network.pds_url
        for member in self.members.values():
            email = f"{member.username}@readers.example"
            bluesky_network.create_account(self.url, self.handle(member), email, member.password)

    def handle(self, member: Member) -> str:
        """The member's handle on this network."""
        return f"{member.username.replace('_', '-')}.test"

    def secret(self, member: Member) -> dict[str, str]:
        """What the desk is given to act as this member."""
        return {"identifier": self.handle(member), "app_password": member.password}

    def client(self, username: str) -> Client:
        """The member's own client. The AppView learns of a new account a moment later: wait for it."""
        if username not in self.clients:
            member = self.members[username]
            client = Client(base_url=f"{self.url}/xrpc")
            for attempt in range(40):
                try:
                    client.login(self.handle(member), member.password)
                    break
                except AtProtocolError:
                    if attempt == 39:
                        raise
                    time.sleep(0.25)
            self.clients[username] = client
        return self.clients[username]

    def find_post(self, account: str, path: str) -> str | None:
        """The AT-URI of the post of ``account`` that links to an article."""
        handle = self.handle(self.members[account])
        for item in self.client("amelie").get_author_feed(handle).feed:
            if path in item.post.record.model_dump_json():
                return item.post.uri
        return None

    def perform(self, line: Line, post: str | None, earlier: str | None) -> str:
        """Carry out one line; returns the AT-URI of what was written, or "" for a like or a repost."""
        me = self.client(line.by)
        target = earlier or post
        inbound = me.get_posts([target]).posts[0] if target else None
        if line.operation == "like" and inbound:
            me.like(inbound.uri, inbound.cid)
            return ""
        if line.operation == "boost" and inbound:
            me.repost(inbound.uri, inbound.cid)
            return ""
        if line.operation == "mention" or inbound is None:
            return me.send_post(self._mention(line)).uri
        ref = models.create_strong_ref(inbound)
        if line.operation == "quote":
            return me.send_post(line.text, embed=models.AppBskyEmbedRecord.Main(record=ref)).uri
        root = inbound.record.reply.root if inbound.record.reply else ref
        reply = models.AppBskyFeedPost.ReplyRef(parent=ref, root=root)
        return me.send_post(line.text, reply_to=reply).uri

    def _mention(self, line: Line):
        from atproto import client_utils

        member = self.members[line.account]
        did = self.client("amelie").resolve_handle(self.handle(member)).did
        return client_utils.TextBuilder().mention(f"@{self.handle(member)}", did).text(f" {line.text}")

    def heard(self, username: str, excerpt: str) -> bool:
        """Whether a member was told of a reply whose text holds ``excerpt``."""
        answers = self.client(username).app.bsky.notification.list_notifications().notifications
        return any(excerpt in getattr(entry.record, "text", "") for entry in answers if entry.reason == "reply")

    def stop(self) -> None:
        """End the network and all its servers."""
        if self.network:
            self.network.stop()
