"""The requests that readers can see: publishing what was prepared, editing, deleting, hiding, liking.

Sources, read 2026-11-30: https://developers.facebook.com/documentation/pages-api/posts, …/pages-api/comments-mentions,
https://developers.facebook.com/docs/graph-api/reference/comment (``is_hidden``), Meta's machine-readable description of
``PagePost`` and ``AdVideo`` (``is_published`` and ``published`` among the parameters of an update).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer, FetchRefused, Gone, NetworkError, OutcomeUnknown, Refused
from smeditor.networks.base import Prepared, ReaderOperation, Receipt, Ref
from smeditor.networks.facebook.parse import AN_ID, address, address_of, native_id
from smeditor.networks.facebook.payload import Way
from smeditor.networks.graph.errors import FORBIDDEN
from smeditor.networks.http import Answer

if TYPE_CHECKING:
    from smeditor.networks.facebook.network import Facebook

ALREADY = frozenset({"1446036"})
"""Sub-code, or code, for a comment that is hidden, or shown, already."""


def publish(network: Facebook, prepared: Prepared) -> Receipt:
    """Make the prepared message public, in one request. Raises OutcomeUnknown where the answer is not a clear yes or no."""
    try:
        way, body = Way(prepared.body["way"]), prepared.body
        request = REQUESTS[way](network, body)
    except (KeyError, ValueError, TypeError, BadAnswer) as error:
        sentence = _("What was prepared for this post cannot be read any more. Prepare it anew.")
        raise Refused(sentence, cause=repr(error)[:200]) from error
    path, form, read = request
    api = network.video_api if way is Way.FINISH else network.api
    try:
        answer = api.call("POST", path, effect=True, data=form)
    except OutcomeUnknown as error:
        return _resolved(network, prepared, error)
    try:
        ref = read(answer)
    except BadAnswer as error:
        raise OutcomeUnknown(error.sentence, cause=error.cause, status=answer.status) from error
    if way in {Way.VIDEO, Way.FINISH}:
        ref = post_of_video(network, ref)
    return Receipt(ref, answer.at, {"id": ref.uri, "way": way.value})


def _resolved(network: Facebook, prepared: Prepared, error: OutcomeUnknown) -> Receipt:
    """What an error left open, where a single answer can tell: Meta said no to publishing what lies there unpublished.

    Raises Refused where it is unpublished still, and ``error`` where nothing can be told.
    """
    identity = str(prepared.body.get("post") or prepared.body.get("video") or "")
    field = {Way.PUBLISH: "is_published", Way.VIDEO: "published"}.get(prepared.body["way"])
    if field is None or not is_forbidden(error):
        raise error
    try:
        answer = network.api.call("GET", f"/{identity}", params={"fields": f"id,{field}"})
        public = answer.object("id").get(field)
    except (NetworkError, FetchRefused):
        raise error from None
    if public is False:
        raise Refused(error.sentence, cause=error.cause, status=error.status, code=error.code) from error
    if public is not True:
        raise error
    ref = Ref(uri=identity, url=address_of(identity))
    return Receipt(post_of_video(network, ref) if field == "published" else ref, answer.at, {"id": identity})


def is_forbidden(error: NetworkError) -> bool:
    """Whether Meta says that this may not be done, with one of the codes that it gives for permissions."""
    code = error.code.partition("/")[0]
    return code.isdigit() and int(code) in FORBIDDEN


def _changed(network: Facebook, method: str, path: str, form: dict[str, str] | None = None) -> Answer:
    """Change something that may be changed again: a "may not" is a no here, for a second time would do no harm."""
    try:
        return network.api.call(method, path, effect=True, data=form)
    except OutcomeUnknown as error:
        if not is_forbidden(error):
            raise
        raise Refused(error.sentence, cause=error.cause, status=error.status, code=error.code) from error


def _publish(network: Facebook, body: dict[str, Any]) -> tuple[str, dict[str, str], Callable[[Answer], Ref]]:
    post_id = native_id(body["post"])
    return f"/{post_id}", {"is_published": "true"}, lambda answer: confirmed(answer, post_id)


def _feed(network: Facebook, body: dict[str, Any]) -> tuple[str, dict[str, str], Callable[[Answer], Ref]]:
    return f"/{network.page_id}/feed", _form(body), created


def _video(network: Facebook, body: dict[str, Any]) -> tuple[str, dict[str, str], Callable[[Answer], Ref]]:
    video_id = native_id(body["video"])
    return f"/{video_id}", {"published": "true"}, lambda answer: confirmed(answer, video_id)


def _finish(network: Facebook, body: dict[str, Any]) -> tuple[str, dict[str, str], Callable[[Answer], Ref]]:
    video_id = native_id(body["video"])
    form = {**_form(body), "published": "true"}
    return f"/{network.page_id}/videos", form, lambda answer: confirmed(answer, video_id)


def _comment(network: Facebook, body: dict[str, Any]) -> tuple[str, dict[str, str], Callable[[Answer], Ref]]:
    return f"/{native_id(body['parent'])}/comments", _form(body), created


REQUESTS = {
    Way.PUBLISH: _publish,
    Way.FEED: _feed,
    Way.VIDEO: _video,
    Way.FINISH: _finish,
    Way.COMMENT: _comment,
}


def _form(body: dict[str, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in body["form"].items() if value}


def created(answer: Answer) -> Ref:
    """The object that a request has made. Raises BadAnswer where the server names none."""
    made = answer.object("id")
    identity = native_id(made["id"])
    return Ref(uri=identity, url=address(made.get("permalink_url")) or address_of(identity))


def confirmed(answer: Answer, identity: str) -> Ref:
    """The object that a request has changed. Raises BadAnswer where the server does not say so."""
    data = answer.data
    if data is not True and (not isinstance(data, dict) or data.get("success") is not True):
        raise BadAnswer(_("The server's answer lacks what its documentation promises."), cause="no success")
    return Ref(uri=identity, url=address_of(identity))


def post_of_video(network: Facebook, ref: Ref) -> Ref:
    """The post that shows a video, under which readers write; the video itself where Facebook does not name it yet."""
    with contextlib.suppress(NetworkError, FetchRefused):
        video = network.api.call("GET", f"/{ref.uri}", params={"fields": "id,post_id"}).object("id")
        if video.get("post_id"):
            post_id = native_id(video["post_id"])
            return Ref(uri=post_id if "_" in post_id else f"{network.page_id}_{post_id}", url=ref.url)
    return ref


def edit(network: Facebook, ref: Ref, prepared: Prepared) -> Receipt:
    """Replace the text of a post or a comment; of a video that has no post yet its description."""
    text = prepared.body.get("text")
    if not isinstance(text, str) or not text:
        raise Refused(_("There is no text to put in its place."))
    identity = native_id(ref.uri)
    form = {"message": text} if "_" in identity else {"description": text}
    answer = _changed(network, "POST", f"/{identity}", form)
    _confirm(answer, identity)
    _drop(network, prepared, identity)
    return Receipt(ref, answer.at, {"id": identity, "edited": True})


def _drop(network: Facebook, prepared: Prepared, identity: str) -> None:
    """Take away the unpublished post that was prepared for a correction: nobody sees it, and nothing will come of it."""
    made = str(prepared.body.get("post") or prepared.body.get("video") or "")
    if AN_ID.fullmatch(made) and made != identity:
        with contextlib.suppress(NetworkError, FetchRefused):
            network.api.call("DELETE", f"/{made}")


def delete(network: Facebook, ref: Ref) -> None:
    """Delete a post or a comment. Meta's "does not exist" may mean "is not yours": then it is read, and still there refused."""
    identity = native_id(ref.uri)
    try:
        answer = _changed(network, "DELETE", f"/{identity}")
    except Gone as error:
        if is_there(network, identity):
            raise Refused(
                _("Facebook does not let the desk delete this."), cause=error.cause, code=error.code
            ) from error
        return
    _confirm(answer, identity)


def _confirm(answer: Answer, identity: str) -> None:
    try:
        confirmed(answer, identity)
    except BadAnswer as error:
        raise OutcomeUnknown(error.sentence, cause=error.cause, status=answer.status) from error


def is_there(network: Facebook, identity: str) -> bool:
    """Whether an object of ours can be read. Raises OutcomeUnknown where even that cannot be found out."""
    try:
        network.api.call("GET", f"/{identity}", params={"fields": "id"})
    except Gone:
        return False
    except NetworkError as error:
        raise OutcomeUnknown(error.sentence, cause=error.cause, status=error.status, code=error.code) from error
    return True


def operate(network: Facebook, identity: str, operation: ReaderOperation) -> None:
    """Hide, unhide, like or unlike a reader's comment."""
    identity = native_id(identity)
    method, path, form = {
        ReaderOperation.HIDE: ("POST", f"/{identity}", {"is_hidden": "true"}),
        ReaderOperation.UNHIDE: ("POST", f"/{identity}", {"is_hidden": "false"}),
        ReaderOperation.LIKE: ("POST", f"/{identity}/likes", None),
        ReaderOperation.UNLIKE: ("DELETE", f"/{identity}/likes", None),
    }[operation]
    try:
        # Repeating it changes nothing, so that a lost answer is no riddle: it is simply done again.
        answer = network.api.call(method, path, data=form)
    except NetworkError as error:
        code, _slash, subcode = error.code.partition("/")
        if {code, subcode} & ALREADY:
            return
        raise
    confirmed(answer, identity)
