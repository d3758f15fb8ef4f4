"""The models of the desk. A file imports nothing from the packages above; dependency runs in the order of this list."""

from smeditor.models.desks import Desk, Role, RoleGroup
from smeditor.models.bylines import Byline
from smeditor.models.accounts import Account, RateLimit, Slot
from smeditor.models.rules import NewsClass, PublishedArticle, Rule, RuleRun
from smeditor.models.approval import Approval, Authorship, FourEyesApprovalTask
from smeditor.models.posts import Post, Variant
from smeditor.models.deliveries import Attempt, Delivery, Part
from smeditor.models.holds import Heartbeat, Hold
from smeditor.models.sources import Source
from smeditor.models.readers import Reader
from smeditor.models.conversations import Conversation
from smeditor.models.reactions import (
    AttachedBy,
    Label,
    Reaction,
    ReactionFingerprint,
    ReactionLabel,
    ReactionKey,
    ReactionText,
    Tombstone,
)
from smeditor.models.text_vectors import TextVector
from smeditor.models.concern_questions import ConcernQuestion
from smeditor.models.concerns import ArticleGrain, Concern, ConcernMatch, ConcernEdit, ConcernLink, ConcernMember
from smeditor.models.trained_models import TrainedModel, Rerun, RerunChange
from smeditor.models.tips import Tip, TipAccess
from smeditor.models.replies import SavedReply
from smeditor.models.corrections import CorrectionRequest
from smeditor.models.alerts import Alert, AlertSwitch, Tally
from smeditor.models.digests import Digest, DigestPreference

__all__ = [
    "Account",
    "Alert",
    "AlertSwitch",
    "Approval",
    "ArticleGrain",
    "AttachedBy",
    "Attempt",
    "Authorship",
    "Byline",
    "Concern",
    "ConcernEdit",
    "ConcernLink",
    "ConcernMatch",
    "ConcernMember",
    "ConcernQuestion",
    "Conversation",
    "CorrectionRequest",
    "Delivery",
    "Desk",
    "Digest",
    "DigestPreference",
    "FourEyesApprovalTask",
    "Heartbeat",
    "Hold",
    "Label",
    "NewsClass",
    "Part",
    "Post",
    "PublishedArticle",
    "RateLimit",
    "Reaction",
    "ReactionFingerprint",
    "ReactionKey",
    "ReactionLabel",
    "ReactionText",
    "Reader",
    "Rerun",
    "RerunChange",
    "Role",
    "RoleGroup",
    "Rule",
    "RuleRun",
    "SavedReply",
    "Slot",
    "Source",
    "Tally",
    "TextVector",
    "Tip",
    "TipAccess",
    "Tombstone",
    "TrainedModel",
    "Variant",
]  # fmt: skip
