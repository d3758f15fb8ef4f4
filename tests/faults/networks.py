"""The fault harness's own two networks over real HTTP, through the guarded client and the shared reading of statuses.

Bluesky and Mastodon are not here: the fault harness sends through the desk's own adapters.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from smeditor.exceptions import OutcomeUnknown, RateLimited
from smeditor.networks.base import Capabilities, Message, Prepared, Profile, ReadBack, Receipt, Ref
from smeditor.networks.http import JsonApi
from tests.publishing.harness.networks import FaultHarness


class OverHttp(FaultHarness):
    kind: ClassVar[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.api = JsonApi(self.credentials.server_url, self.client, label=self.label, rates=self.rates)

    def verify(self) -> Profile:
        handle = self.credentials.handle
        return Profile(handle, handle, handle, self.credentials.server_url, 7)

    def prepare(self, message: Message, so_far: Mapping[str, Any]) -> Prepared:
        return Prepared(body={"text": message.text})

    def send(self, prepared: Prepared, identity: str, sent_at: datetime) -> Receipt:
        try:
            answer = self.api.call(
                "POST", f"/{self.kind}/posts", json=prepared.body, headers={"X-Key": identity}, effect=True
            )
        except RateLimited as error:
            # The pause of the real clock would be half a minute of the fault harness's: seconds are minutes here.
            error.until = sent_at + timedelta(seconds=10)
            raise
        if not answer.object().get("uri"):
            raise OutcomeUnknown("no uri")
        return Receipt(ref=Ref(uri=answer.data["uri"]), at=sent_at)

    def read_back(self, prepared: Prepared, identity: str, since: datetime) -> ReadBack:
        query = {"key": identity, "text": prepared.body["text"]}
        uri = self.api.call("GET", f"/{self.kind}/posts", params=query).object().get("uri")
        return ReadBack(found=Ref(uri=uri)) if uri else ReadBack(absent=True)


class Plain(OverHttp):
    slug = "lab_plain"
    kind = "plain"
    capabilities = Capabilities(read_back=True)


class Blind(OverHttp):
    slug = "lab_blind"
    kind = "blind"
    capabilities = Capabilities(read_back=False)
