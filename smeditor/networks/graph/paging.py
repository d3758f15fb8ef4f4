"""Walking a list of the Graph API by its cursors.

Documented at https://developers.facebook.com/docs/graph-api/results: ``paging.cursors.after`` leads on while there is a
``paging.next``; that address itself holds the token and is not used. A page may be empty and not be the last one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from smeditor.exceptions import BadAnswer
from smeditor.networks.graph.api import GraphApi
from smeditor.networks.http import Answer, objects

LONGEST_CURSOR = 2000


@dataclass(frozen=True)
class Page:
    """One page of a list. ``after``: the cursor of the next one, empty where this is the last."""

    items: tuple[dict[str, Any], ...]
    after: str = ""
    summary: dict[str, Any] = field(default_factory=dict)


def read_page(answer: Answer) -> Page:
    """Read one page. Raises BadAnswer where the server gives no list."""
    return page_of(answer.object("data"))


def page_of(data: Mapping[str, Any]) -> Page:
    """Read a page that stands in an answer, as an expanded field does. Raises BadAnswer where there is no list."""
    if not isinstance(data.get("data"), list):
        raise BadAnswer(cause="data is not a list")
    paging, summary = data.get("paging"), data.get("summary")
    after = ""
    if isinstance(paging, dict) and paging.get("next"):
        cursors = paging.get("cursors")
        found = cursors.get("after") if isinstance(cursors, dict) else None
        if not isinstance(found, str) or not 0 < len(found) <= LONGEST_CURSOR:
            raise BadAnswer(cause="a further page without a cursor")
        after = found
    return Page(tuple(objects(data["data"])), after, summary if isinstance(summary, dict) else {})


def pages(api: GraphApi, path: str, params: Mapping[str, Any], most: int, **kwargs: Any) -> Iterator[Page]:
    """The pages of the list at ``path``, at most ``most`` of them; the last that is given has an ``after`` if there is more.

    Raises BadAnswer where the server leads in a circle.
    """
    after, met = "", set[str]()
    for _number in range(most):
        page = read_page(api.call("GET", path, params={**params, **({"after": after} if after else {})}, **kwargs))
        yield page
        if not page.after:
            return
        if page.after in met:
            raise BadAnswer(cause="the list's cursors lead in a circle")
        met.add(page.after)
        after = page.after
