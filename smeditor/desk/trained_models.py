"""What the machine learned from editors: a model for each label, what it is worth, and whether it has its word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin.ui.tables import Column, NumberColumn, StatusTagColumn, Table, TitleColumn
from wagtail.admin.widgets.button import HeaderButton
from wagtail.log_actions import log

from smeditor.desk.base import DeskPage, DeskPermissionMixin, OperationView
from smeditor.desk.inbox.cards import card_of, readable
from smeditor.desk.tables import TextColumn, as_percent
from smeditor.insight.labels import trained_models
from smeditor.insight.labels.classifier import LABELS_NEEDED, POSITIVES_NEEDED, LabelClassifier
from smeditor.models import Label, TrainedModel
from smeditor.permissions import EXPORT_REACTION, PROMOTE_MODEL, VIEW_TRAINED_MODEL
from smeditor.permissions.visibility import reactions_visible_to

COMPARED = 300
"""The newest reactions on which model and rules are compared."""
TOKENS_SHOWN = 12
"""Words that speak most for a label, and as many against it."""
TOKENS_READ = 2000
"""The words of most weight, among which those are looked for."""
HOME = (reverse_lazy("smeditor:trained_models"), _("What the desk learned"))


def percent(name: str) -> Callable[[TrainedModel], str]:
    """Shows a share from 0 to 1 once there is a model that was measured."""
    return lambda row: as_percent(getattr(row, name)) if row.trained_at and row.positives else "–"


class TrainedModels(DeskPage):
    """A line for each label, whether anything was learned about it or not."""

    any_permission_required = (VIEW_TRAINED_MODEL,)
    header_icon = "sliders"
    page_title = _("What the desk learned")
    template_name = "smeditor/admin/trained_models/trained_models.html"
    columns = [
            TitleColumn("__str__", label=_("Label"), get_url=lambda row: reverse("smeditor:model", args=[row.label])),
            StatusTagColumn("state_in_words", label=_("State"), accessor=lambda row: state_sentence(row),
                            primary=lambda row: row.state == TrainedModel.State.PROMOTED),
            NumberColumn("labels", label=_("Labels")),
            NumberColumn("positives", label=capfirst(_("of them positive"))),
            Column("precision", label=_("Precision"), accessor=percent("precision")),
            Column("recall", label=_("Recall"), accessor=percent("recall")),
            Column("model_ap", label=capfirst(_("the model ranks")), accessor=percent("model_ap")),
            Column("rules_ap", label=capfirst(_("the rules rank")), accessor=percent("rules_ap")),
        ]  # fmt: skip

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The way to new rules on history; to who may, the export of all labels."""
        buttons = [HeaderButton(_("New rules on history"), url=reverse("smeditor:reruns"), icon_name="history")]
        if self.request.user.has_perm(EXPORT_REACTION):
            buttons.append(
                HeaderButton(_("Export all labels"), url=reverse("smeditor:labels_json"), icon_name="download")
            )
        return buttons

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The table of all labels, and how many labels a model needs before it is compared."""
        known = {row.label: row for row in TrainedModel.objects.defer("weights")}
        rows = [known.get(label) or TrainedModel(label=label) for label in Label.values]
        return super().get_context_data(
            table=Table(self.columns, rows, classname="listing sme-dense"),
            labels_needed=LABELS_NEEDED,
            positives_needed=POSITIVES_NEEDED,
            **kwargs,
        )


def state_sentence(row: TrainedModel) -> str:
    """The state of a label's model; "rules only" where there is no model yet."""
    if row.state == TrainedModel.State.PROMOTED:
        return row.get_state_display()
    return row.get_state_display() if row.trained_at and row.labels else gettext("rules only")


def row_of(label: str) -> TrainedModel:
    """The model of ``label``, not saved where nothing was learned yet. Raises Http404 for what is no label."""
    if label not in Label.values:
        raise Http404
    return TrainedModel.objects.filter(label=label).select_related("promoted_by").first() or TrainedModel(label=label)


class ModelPage(DeskPage):
    """One model: what it is worth, by which words it goes, and where it and the rules differ."""

    any_permission_required = (VIEW_TRAINED_MODEL,)
    header_icon = "sliders"
    template_name = "smeditor/admin/trained_models/model.html"
    parents = (HOME,)

    @cached_property
    def row(self) -> TrainedModel:
        """The model of the label in the address. Raises Http404."""
        return row_of(self.kwargs["label"])

    def get_page_title(self) -> str:
        """The label."""
        return str(self.row).capitalize()

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """To who may, the export of this label."""
        if not self.request.user.has_perm(EXPORT_REACTION):
            return []
        url = f"{reverse('smeditor:labels_json')}?label={self.row.label}"
        return [HeaderButton(_("Export its labels"), url=url, icon_name="download")]

    def examples(self, model: LabelClassifier) -> list[dict[str, Any]]:
        """Where ``model`` and the rules differ on the newest ``COMPARED`` reactions that this user may see.

        Each with its "card", the model's "probability", what the "rules" say, and the "words" that spoke; a masked
        reaction shows none.
        """
        user = self.request.user
        rows = readable(reactions_visible_to(user)).exclude(content__text="")
        rows = rows.prefetch_related("labels").order_by("-pk")[:COMPARED]
        return [
            {"card": card_of(example.reaction, user), "probability": example.probability, "rules": example.rules,
             "words": [] if card_of(example.reaction, user).masked else example.tokens}
            for example in trained_models.differences(model, rows)
        ]  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The model with its state and what it is missing, the words it goes by, examples, and whether one may promote."""
        row = self.row
        model = trained_models.model_of(row)
        tokens = model.top_tokens(TOKENS_READ) if model else []
        return super().get_context_data(
            row=row,
            state=state_sentence(row),
            promoted=row.state == TrainedModel.State.PROMOTED,
            ready=bool(model) and not row.missing,
            missing=conditions(row) if row.trained_at else [],
            speaks_for=weights([word for word in tokens if word[1] > 0]),
            speaks_against=weights([word for word in tokens if word[1] < 0]),
            examples=self.examples(model) if model else [],
            compared=COMPARED,
            may_promote=self.request.user.has_perm(PROMOTE_MODEL),
            **kwargs,
        )


def weights(tokens: list[tuple[str, float]]) -> Table | None:
    """A table of the first ``TOKENS_SHOWN`` words with what each weighs; None where there are none."""
    columns = [
        TextColumn("word", label=_("Word"), accessor=lambda word: word[0]),
        Column("weight", label=_("Weight"), accessor=lambda word: number_format(word[1], 2)),
    ]
    return Table(columns, tokens[:TOKENS_SHOWN], classname="listing sme-narrow") if tokens else None


def conditions(row: TrainedModel) -> list[str]:
    """What is missing before the model may be promoted, in sentences."""
    sentences = {
        "labels": gettext("It needs %(n)d labels and has %(has)d.") % {"n": LABELS_NEEDED, "has": row.labels},
        "positives": gettext("It needs %(n)d labels that say “applies” and has %(has)d.")
        % {"n": POSITIVES_NEEDED, "has": row.positives},
        "better": gettext("On the newest fifth of the labels it does not rank better than the rules."),
    }
    return [sentences[name] for name in row.missing if name in sentences]


class ModelOperation(OperationView[TrainedModel]):
    """What an editor does with a label's model; it ends on the model's page."""

    any_permission_required = (PROMOTE_MODEL,)
    model = TrainedModel
    pk_url_kwarg = "label"

    def get_object(self) -> TrainedModel:
        """The label's model, whether it was trained or not. Raises PermissionDenied, Http404."""
        if not self.user_has_any_permission(self.any_permission_required):
            raise PermissionDenied
        return row_of(self.kwargs["label"])

    def get_success_url(self) -> str:
        """The page that the form names, else the model's own."""
        return self.next_url or reverse("smeditor:model", args=[self.object.label])


class Rebuild(ModelOperation):
    """Make a model anew from all labels that are there."""

    def perform_operation(self) -> None:
        """Do so at once where that is quick, else leave it to the worker."""
        if trained_models.ask(self.object.label):
            self.success_message = gettext("The model is rebuilt from all labels that are there.")
        else:
            self.success_message = gettext("There are many labels: the worker rebuilds the model at its next look.")


class Promote(ModelOperation):
    """Give a model its word, once it has shown that it is better than the rules."""

    def perform_operation(self) -> None:
        """Promote it."""
        trained_models.promote(self.object.label, self.request.user)
        self.success_message = gettext(
            "The model has its word from now on. You can put it back into the shadow at any time."
        )


class Demote(ModelOperation):
    """Take a model's word back, and all that it said."""

    def perform_operation(self) -> None:
        """Put it back into the shadow."""
        trained_models.demote(self.object.label, self.request.user)
        self.success_message = gettext("The model is in the shadow; the labels are again what the rules say.")


class Export(DeskPermissionMixin, View):
    """The labels of editors as JSON Lines, of one label or of all; what this user may not see is not in it."""

    any_permission_required = (EXPORT_REACTION,)
    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> StreamingHttpResponse:
        """The file; the export is logged for each label. ``?label=`` names one. Raises Http404 for what is no label."""
        asked = request.GET.get("label", "")
        labels = [row_of(asked).label] if asked else list(Label.values)
        rows = reactions_visible_to(request.user)
        for row in TrainedModel.objects.filter(label__in=labels).defer("weights"):
            log(instance=row, action="smeditor.labels_exported", user=request.user)
        response = StreamingHttpResponse(
            trained_models.export(labels, rows), content_type="application/x-ndjson; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="labels-{asked or "all"}.jsonl"'
        response["Cache-Control"] = "no-store"
        return response
