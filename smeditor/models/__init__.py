"""The models of the desk. A file imports nothing from the packages above; dependency runs in the order of this list."""

from smeditor.models.desks import Desk, Role, RoleGroup
from smeditor.models.bylines import Byline
from smeditor.models.accounts import Account, RateLimit, Slot
from smeditor.models.connections import NetworkApp, PendingConnection
from smeditor.models.rules import NewsClass, PublishedArticle, Rule, RuleRun
from smeditor.models.approval import (
    Approval,
    ApprovalReminder,
    Authorship,
    DeskEditorApprovalTask,
    FourEyesApprovalTask,
)
from smeditor.models.posts import Post, Variant
from smeditor.models.post_media import PostMedia
from smeditor.models.drift import ArticleDrift
from smeditor.models.deliveries import Attempt, Delivery, Part
from smeditor.models.library import LibraryEntry, LibraryUse
from smeditor.models.results import DeliveryResult, Measurement
from smeditor.models.post_corrections import Erratum, PostCorrection
from smeditor.models.checks import CheckResult, CheckSetting, CheckSeverity, LinkCheck
from smeditor.models.watchwords import WatchWord, WordList
from smeditor.models.holds import Heartbeat, Hold
from smeditor.models.clashes import HoldProposal, SensitiveEvent, TopicClash
from smeditor.models.handovers import Handover
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
from smeditor.models.mentions import OutgoingMention, ReceivedMention
from smeditor.models.reader_operations import ReactionOperation
from smeditor.models.spending import Spending
from smeditor.models.text_vectors import TextVector
from smeditor.models.webhooks import WebhookEvent
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
    "ApprovalReminder",
    "ArticleDrift",
    "ArticleGrain",
    "AttachedBy",
    "Attempt",
    "Authorship",
    "Byline",
    "CheckResult",
    "CheckSetting",
    "CheckSeverity",
    "Concern",
    "ConcernEdit",
    "ConcernLink",
    "ConcernMatch",
    "ConcernMember",
    "ConcernQuestion",
    "Conversation",
    "CorrectionRequest",
    "Delivery",
    "DeliveryResult",
    "Desk",
    "DeskEditorApprovalTask",
    "Digest",
    "DigestPreference",
    "Erratum",
    "FourEyesApprovalTask",
    "Handover",
    "Heartbeat",
    "Hold",
    "HoldProposal",
    "Label",
    "LibraryEntry",
    "LibraryUse",
    "LinkCheck",
    "Measurement",
    "NetworkApp",
    "NewsClass",
    "OutgoingMention",
    "Part",
    "PendingConnection",
    "Post",
    "PostCorrection",
    "PostMedia",
    "PublishedArticle",
    "RateLimit",
    "Reaction",
    "ReactionFingerprint",
    "ReactionKey",
    "ReactionLabel",
    "ReactionOperation",
    "ReactionText",
    "Reader",
    "ReceivedMention",
    "Rerun",
    "RerunChange",
    "Role",
    "RoleGroup",
    "Rule",
    "RuleRun",
    "SavedReply",
    "SensitiveEvent",
    "Slot",
    "Source",
    "Spending",
    "Tally",
    "TextVector",
    "Tip",
    "TipAccess",
    "Tombstone",
    "TopicClash",
    "TrainedModel",
    "Variant",
    "WatchWord",
    "WebhookEvent",
    "WordList",
]  # fmt: skip
