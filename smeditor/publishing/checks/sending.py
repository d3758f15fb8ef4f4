"""The checks that run once more in the transaction that marks a delivery as being sent, over its frozen payload.

Only what stops a post is asked there: nobody reads a warning any more.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from smeditor.models import CheckSetting, Delivery
from smeditor.networks.base import MediaKind
from smeditor.publishing.checks import registry, running
from smeditor.publishing.checks.base import Stage, frozen_draft
from smeditor.publishing.checks.images import not_allowed, not_to_leave
from smeditor.publishing.checks.situation import Situation
from smeditor.publishing.findings import Severity


def stopping() -> QuerySet[CheckSetting]:
    """What the desks set that lets a check stop a post which is being sent."""
    codes = [check.code for check in (*registry.SHIPPED, *registry.own()) if Stage.SENDING in check.stages]
    return CheckSetting.objects.filter(severity=Severity.ERROR.value, code__in=codes)


def own_stop() -> bool:
    """Whether a newsroom's own check stops what is being sent, whatever the desks set."""
    return any(Stage.SENDING in check.stages and check.severity is Severity.ERROR for check in registry.own())


def objection(delivery: Delivery, now: datetime) -> str:
    """Why the checks let a delivery (read with its post and account) not go out now; "" when they do."""
    if delivery.operation != Delivery.Operation.PUBLISH:
        return ""
    situation = Situation(delivery.post, now)
    findings = running.run_over([frozen_draft(delivery)], situation, Stage.SENDING)
    return " ".join(finding.sentence for finding in findings if finding.severity is Severity.ERROR)


def rights_objection(delivery: Delivery) -> str:
    """Why the images and videos of a delivery may not leave the site any more; "" when they may, or it has none."""
    parts = delivery.payload.get("parts") or ()
    media = [entry for part in parts for entry in part.get("media") or ()]
    for kind, model in ((MediaKind.IMAGE, get_image_model), (MediaKind.VIDEO, get_document_model)):
        keys = [entry["id"] for entry in media if entry.get("kind") == kind.value and "id" in entry]
        if keys and not_to_leave(model().objects.filter(pk__in=keys)):
            return not_allowed(is_video=kind is MediaKind.VIDEO)
    return ""
