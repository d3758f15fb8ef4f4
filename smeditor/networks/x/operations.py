"""What is done to a post that is there: correcting our own, hiding and liking readers'.

https://docs.x.com/x-api/posts/hide-reply, …/users/like-post, …/users/unlike-post, …/fundamentals/edit-posts; who may like:
https://docs.x.com/changelog (2026-04-16). Read 2026-11-30.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer, Gone, OutcomeUnknown, Refused, UnsupportedFeature
from smeditor.networks.capabilities import ReaderOperation
from smeditor.networks.http import Answer, objects
from smeditor.networks.messages import Prepared, Receipt, Ref
from smeditor.networks.x import parse, prices
from smeditor.networks.x.connecting import HIDE_SCOPE, LIKE_SCOPE
from smeditor.networks.x.errors import NOT_FOUND, problem_type
from smeditor.networks.x.payload import post_id

if TYPE_CHECKING:
    from smeditor.networks.x.network import X

HIDING = {ReaderOperation.HIDE: True, ReaderOperation.UNHIDE: False}
PRICES = {
    ReaderOperation.HIDE: prices.MANAGE,
    ReaderOperation.UNHIDE: prices.MANAGE,
    ReaderOperation.LIKE: prices.LIKE,
    ReaderOperation.UNLIKE: prices.UNLIKE,
}
DONE_ALREADY = re.compile(r"\balready (?:liked|favorited)\b|\(139\)|HTTP 403 139\b", re.IGNORECASE)
"""A like that is there already: the sentence, and the number of an older layer."""


def operate(network: X, native_id: str, operation: ReaderOperation) -> None:
    """Hide, unhide, like or unlike the reader's post ``native_id``. Repeating it changes nothing.

    Raises Gone for a post that is not there, Refused or UnsupportedFeature where X or the account does not permit it.
    """
    post = post_id(Ref(native_id))
    scope = HIDE_SCOPE if operation in HIDING else LIKE_SCOPE
    if not network.granted(scope):
        raise UnsupportedFeature(_("The account did not permit this at X. Connect it again and agree to all."))
    network.costs.ask(PRICES[operation], network.label)
    try:
        answer = _ask(network, post, operation)
    except Refused as error:
        if operation not in HIDING and DONE_ALREADY.search(error.cause):
            return
        if operation not in HIDING and error.status == 403:
            sentence = _("X takes likes only from apps with an Enterprise contract.")
            raise UnsupportedFeature(sentence, cause=error.cause, status=error.status, code=error.code) from error
        raise
    network.costs.add(operation.value, PRICES[operation])
    confirm(answer, "hidden" if operation in HIDING else "liked", effect=False, wanted=operation in WANTED)


WANTED = {ReaderOperation.HIDE, ReaderOperation.LIKE}


def _ask(network: X, post: str, operation: ReaderOperation) -> Answer:
    if operation in HIDING:
        body = {"hidden": HIDING[operation]}
        return network.call("PUT", f"/2/tweets/{post}/hidden", json=body, bucket="hiding")
    path = f"/2/users/{network.me_id()}/likes"
    if operation is ReaderOperation.LIKE:
        return network.call("POST", path, json={"tweet_id": post}, bucket="liking")
    return network.call("DELETE", f"{path}/{post}", bucket="liking")


def confirm(answer: Answer, name: str, *, effect: bool, wanted: bool = True) -> None:
    """Raise where an answer does not say that ``name`` is as ``wanted``: Gone, Refused, or OutcomeUnknown for a lie."""
    data = answer.data if isinstance(answer.data, dict) else {}
    outcome = data.get("data")
    if isinstance(outcome, Mapping) and outcome.get(name) is wanted:
        return
    if any(problem_type(problem) == NOT_FOUND for problem in objects(data.get("errors"))):
        if effect:
            return
        raise Gone(_("%(host)s says that this does not exist any more.") % {"host": "X"}, status=answer.status)
    if isinstance(outcome, Mapping) and isinstance(outcome.get(name), bool):
        raise Refused(_("X did not do it, and does not say why."), status=answer.status)
    if effect:
        raise OutcomeUnknown(_("The server's answer lacks what its documentation promises."), status=answer.status)
    raise BadAnswer(_("The server's answer lacks what its documentation promises."), status=answer.status)


def edit(network: X, ref: Ref, prepared: Prepared, publish: Callable[[Mapping[str, Any]], Receipt]) -> Receipt:
    """Publish a new version of our post ``ref``, whose id stays. Its media are kept where the new version brings none."""
    if network.known_subscription() is False:
        raise UnsupportedFeature(_("X lets only accounts with X Premium correct a post: delete it and post it again."))
    if "poll" in prepared.body:  # "What can't be edited": https://docs.x.com/x-api/fundamentals/edit-posts, 2026-11-30
        raise Refused(_("X lets nobody correct a post with a poll: say it in a reply."))
    current = _current(network, post_id(ref))
    body: dict[str, Any] = {key: value for key, value in prepared.body.items() if key in {"text", "media"}}
    kept = _media_ids(current)
    if "media" not in body and kept:
        body["media"] = {"media_ids": kept}
    body["edit_options"] = {"previous_post_id": parse.history(current)[-1]}
    try:
        receipt = publish(body)
    except Refused as error:
        sentence = _(
            "X did not take the correction. It takes them within thirty minutes, five times, and only from accounts with "
            "X Premium: delete the post and post it again."
        )
        raise Refused(sentence, cause=error.cause, status=error.status, code=error.code) from error
    version = receipt.ref.cid or receipt.ref.uri
    return replace(receipt, ref=Ref(ref.uri, parse.post_url(network.handle(), version), version))


def _current(network: X, post: str) -> dict[str, Any]:
    """Our post as it is now. Raises Gone where X says that it is not there."""
    data = network.posts([post], "attachments,edit_history_tweet_ids")
    for found in objects(data.get("data")):
        if parse.id_or_nothing(found.get("id")) and post in {found["id"], *parse.history(found)}:
            return found
    if any(problem_type(problem) == NOT_FOUND for problem in objects(data.get("errors"))):
        raise Gone(_("%(host)s says that this does not exist any more.") % {"host": "X"})
    raise BadAnswer(_("The server's answer lacks what its documentation promises."), cause="GET /2/tweets")


def _media_ids(post: Mapping[str, Any]) -> list[str]:
    """The media of a post by the ids under which they were uploaded: what stands behind the kind in ``media_keys``."""
    attachments = post.get("attachments")
    keys = attachments.get("media_keys") if isinstance(attachments, dict) else None
    found = [str(key).partition("_")[2] for key in keys] if isinstance(keys, list) else []
    return [media_id for media_id in found if parse.id_or_nothing(media_id)][:4]
