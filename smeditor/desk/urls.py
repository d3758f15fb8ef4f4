"""All addresses of the desk's own views, under the admin's ``smeditor/``. The first that fits is taken."""

from django.urls import path, register_converter

from smeditor.desk.lazy import lazy_listing, lazy_view
from smeditor.text.params import IdConverter

register_converter(IdConverter, "id")

app_name = "smeditor"
urlpatterns = [
    path("accounts/<id:pk>/verify/", lazy_view("smeditor.desk.accounts.Verify"), name="account_verify"),
    path("accounts/<id:pk>/pause/", lazy_view("smeditor.desk.accounts.Pause"), name="account_pause"),
    path("accounts/<id:pk>/resume/", lazy_view("smeditor.desk.accounts.Resume"), name="account_resume"),
    path("alerts/history/", lazy_view("smeditor.desk.alert_history.History"), name="alert_history"),
    path("alerts/switch/", lazy_view("smeditor.desk.alert_history.Switch"), name="alert_switch"),
    *lazy_listing("alerts", "smeditor.desk.alerts.AlertListing"),
    path("alerts/<id:pk>/", lazy_view("smeditor.desk.alerts.AlertPage"), name="alert"),
    path("alerts/<id:pk>/seen/", lazy_view("smeditor.desk.alerts.Acknowledge"), name="alert_seen"),
    path("alerts/<id:pk>/nothing/", lazy_view("smeditor.desk.alerts.Dismiss"), name="alert_nothing"),
    path("alerts/<id:pk>/snooze/", lazy_view("smeditor.desk.alerts.Snooze"), name="alert_snooze"),
    *lazy_listing("articles", "smeditor.desk.article_list.ArticleListing"),
    path("articles/<id:pk>/", lazy_view("smeditor.desk.articles.Article"), name="article"),
    path("concerns/proposals/", lazy_view("smeditor.desk.concern_matches.ConcernMatches"), name="concern_matches"),
    path(
        "concerns/proposals/<id:pk>/accept/",
        lazy_view("smeditor.desk.concern_matches.Accept"),
        name="concern_match_accept",
    ),
    path(
        "concerns/proposals/<id:pk>/reject/",
        lazy_view("smeditor.desk.concern_matches.Reject"),
        name="concern_match_reject",
    ),
    path(
        "concerns/questions/", lazy_view("smeditor.desk.concern_questions.ConcernQuestions"), name="concern_questions"
    ),
    path(
        "concerns/questions/<id:pk>/",
        lazy_view("smeditor.desk.concern_questions.ConcernQuestions"),
        name="concern_question",
    ),
    path(
        "concerns/questions/<id:pk>/same/",
        lazy_view("smeditor.desk.concern_questions.AnswerSame"),
        name="concern_question_same",
    ),
    path(
        "concerns/questions/<id:pk>/different/",
        lazy_view("smeditor.desk.concern_questions.AnswerDifferent"),
        name="concern_question_different",
    ),
    path(
        "concerns/questions/<id:pk>/skip/",
        lazy_view("smeditor.desk.concern_questions.Skip"),
        name="concern_question_skip",
    ),
    *lazy_listing("concerns", "smeditor.desk.concerns.ConcernListing"),
    path("concerns/<id:pk>/", lazy_view("smeditor.desk.concerns.ConcernPage"), name="concern"),
    path("concerns/<id:pk>/rename/", lazy_view("smeditor.desk.concern_operations.Rename"), name="concern_rename"),
    path("concerns/<id:pk>/assign/", lazy_view("smeditor.desk.concern_operations.Assign"), name="concern_assign"),
    path("concerns/<id:pk>/merge/", lazy_view("smeditor.desk.concern_operations.Merge"), name="concern_merge"),
    path("concerns/<id:pk>/split/", lazy_view("smeditor.desk.concern_operations.Split"), name="concern_split"),
    path("concerns/<id:pk>/tighter/", lazy_view("smeditor.desk.concern_grain.Tighter"), name="concern_tighter"),
    path("concerns/<id:pk>/broader/", lazy_view("smeditor.desk.concern_grain.Broader"), name="concern_broader"),
    path("concerns/<id:pk>/move/", lazy_view("smeditor.desk.concern_operations.MoveChosen"), name="concern_move"),
    path("concerns/<id:pk>/reopen/", lazy_view("smeditor.desk.concern_operations.Reopen"), name="concern_reopen"),
    path("concerns/<id:pk>/decline/", lazy_view("smeditor.desk.concern_operations.Decline"), name="concern_decline"),
    path("concerns/undo/<id:pk>/", lazy_view("smeditor.desk.concern_operations.UndoEdit"), name="concern_undo"),
    path("inbox/<id:pk>/concern/", lazy_view("smeditor.desk.concern_operations.Take"), name="concern_take"),
    path("concerns/<id:pk>/answer/", lazy_view("smeditor.desk.concern_answer.Answer"), name="concern_answer"),
    path("concerns/<id:pk>/approve/", lazy_view("smeditor.desk.concern_answer.Approve"), name="concern_approve"),
    path(
        "concerns/<id:pk>/approve/all/",
        lazy_view("smeditor.desk.concern_answer.ApproveAll"),
        name="concern_approve_all",
    ),
    *lazy_listing("corrections", "smeditor.desk.corrections.CorrectionListing"),
    path("corrections/<id:pk>/", lazy_view("smeditor.desk.corrections.Correction"), name="correction"),
    path("deliveries/<id:pk>/delete/", lazy_view("smeditor.desk.deletion.DeleteDelivery"), name="delivery_delete"),
    path("deliveries/<id:pk>/again/", lazy_view("smeditor.desk.deletion.PostAgain"), name="delivery_again"),
    *lazy_listing("deliveries", "smeditor.desk.deliveries.DeliveryListing"),
    path("deliveries/decide/", lazy_view("smeditor.desk.deliveries.NeedsDecision"), name="late"),
    path("deliveries/<id:pk>/", lazy_view("smeditor.desk.deliveries.Proof"), name="delivery"),
    path("deliveries/<id:pk>/proof.json", lazy_view("smeditor.desk.deliveries.ProofJson"), name="delivery_json"),
    path("deliveries/<id:pk>/there/", lazy_view("smeditor.desk.delivery_decisions.ItIsThere"), name="delivery_there"),
    path(
        "deliveries/<id:pk>/not-there/",
        lazy_view("smeditor.desk.delivery_decisions.ItIsNotThere"),
        name="delivery_not_there",
    ),
    path("deliveries/<id:pk>/send/", lazy_view("smeditor.desk.delivery_decisions.SendNow"), name="delivery_send"),
    path("deliveries/<id:pk>/drop/", lazy_view("smeditor.desk.delivery_decisions.Drop"), name="delivery_drop"),
    path("deliveries/<id:pk>/move/", lazy_view("smeditor.desk.delivery_decisions.Move"), name="delivery_move"),
    path("holds/<id:pk>/lift/", lazy_view("smeditor.desk.holds.Lift"), name="hold_lift"),
    *lazy_listing("inbox", "smeditor.desk.inbox.listing.InboxViewSet"),
    *lazy_listing("legal_holds", "smeditor.desk.inbox.legal_hold.LegalHoldViewSet", "inbox/kept"),
    path("inbox/<id:pk>/legal-hold/", lazy_view("smeditor.desk.inbox.legal_hold.LegalHoldPage"), name="legal_hold"),
    path(
        "inbox/<id:pk>/legal-hold/lift/",
        lazy_view("smeditor.desk.inbox.legal_hold.LiftLegalHold"),
        name="legal_hold_lift",
    ),
    path("inbox/<id:pk>/", lazy_view("smeditor.desk.inbox.page.ReactionPage"), name="reaction"),
    path("inbox/undo/", lazy_view("smeditor.desk.inbox.actions.Undo"), name="inbox_undo"),
    path("inbox/undo-label/", lazy_view("smeditor.desk.inbox.actions.UndoLabel"), name="label_undo"),
    path("inbox/<id:pk>/label/", lazy_view("smeditor.desk.inbox.actions.Relabel"), name="reaction_label"),
    path("inbox/<id:pk>/move/", lazy_view("smeditor.desk.inbox.actions.Move"), name="reaction_move"),
    path("inbox/<id:pk>/attach/", lazy_view("smeditor.desk.inbox.actions.Attach"), name="reaction_attach"),
    path("inbox/<id:pk>/assign/", lazy_view("smeditor.desk.inbox.actions.AssignToMe"), name="reaction_assign"),
    path("trained-models/", lazy_view("smeditor.desk.trained_models.TrainedModels"), name="trained_models"),
    path("trained-models/labels.jsonl", lazy_view("smeditor.desk.trained_models.Export"), name="labels_json"),
    path("trained-models/<slug:label>/", lazy_view("smeditor.desk.trained_models.ModelPage"), name="model"),
    path(
        "trained-models/<slug:label>/rebuild/", lazy_view("smeditor.desk.trained_models.Rebuild"), name="model_rebuild"
    ),
    path(
        "trained-models/<slug:label>/promote/", lazy_view("smeditor.desk.trained_models.Promote"), name="model_promote"
    ),
    path("trained-models/<slug:label>/demote/", lazy_view("smeditor.desk.trained_models.Demote"), name="model_demote"),
    *lazy_listing("digests", "smeditor.desk.digests.DigestListing"),
    path("digests/next/", lazy_view("smeditor.desk.digests.Next"), name="digest_next"),
    path("digests/<id:pk>/", lazy_view("smeditor.desk.digests.DigestPage"), name="digest"),
    path("posts/count/", lazy_view("smeditor.desk.posts.counting.Count"), name="post_count"),
    path("posts/about/<id:pk>/", lazy_view("smeditor.desk.posts.viewset.AboutArticle"), name="post_about"),
    path("readers/erase/", lazy_view("smeditor.desk.readers.EraseReader"), name="reader_erase"),
    path("reruns/", lazy_view("smeditor.desk.reruns.Reruns"), name="reruns"),
    path("reruns/apply/", lazy_view("smeditor.desk.reruns.Apply"), name="rerun_apply"),
    path("reruns/<id:pk>/undo/", lazy_view("smeditor.desk.reruns.UndoRerun"), name="rerun_undo"),
    path("sources/<id:pk>/look/", lazy_view("smeditor.desk.sources.PollNow"), name="source_poll"),
    *lazy_listing("tips", "smeditor.desk.tips.TipViewSet"),
    path("tips/possible/", lazy_view("smeditor.desk.tips.TipQueue"), name="tip_queue"),
    path("tips/<id:pk>/", lazy_view("smeditor.desk.tips.TipPage"), name="tip"),
    path("tips/<id:pk>/name/", lazy_view("smeditor.desk.tips.NameReader"), name="tip_name"),
    path("tips/<id:pk>/state/", lazy_view("smeditor.desk.tips.SetState"), name="tip_state"),
    path("inbox/<id:pk>/tip/", lazy_view("smeditor.desk.tips.Seal"), name="tip_seal"),
    path(
        "articles/<id:pk>/voices/",
        lazy_view("smeditor.desk.participation.ArticleParticipation"),
        name="article_participation",
    ),
    path(
        "alerts/<id:pk>/voices/",
        lazy_view("smeditor.desk.participation.AlertParticipation"),
        name="alert_participation",
    ),
    path("week/", lazy_view("smeditor.desk.week.Week"), name="week"),
]
