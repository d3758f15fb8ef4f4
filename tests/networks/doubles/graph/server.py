"""The Graph API itself: routes, tokens, consent, fields, paging, limits; every request and answer held against Meta's specs.

A network subclasses :class:`GraphServer`, puts nodes into it and writes a method for each edge that does something::

    @edge("POST", "Page", "feed")
    def post_feed(self, call: Call) -> Any: ...

What the specs do not say is ours, with its source: the envelope of errors (:mod:`.failures`), the consent (:mod:`.consent`),
webhooks, rate headers, and the fields and parameters in ``extra_*``.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any, ClassVar
from urllib.parse import urlencode

from werkzeug.wrappers import Request, Response

from tests.networks.doubles.base import ContractBroken
from tests.networks.doubles.graph import specs
from tests.networks.doubles.graph.expansion import Unreadable, Wanted, parse
from tests.networks.doubles.graph.failures import GraphError, not_there
from tests.networks.doubles.graph.login import Login
from tests.networks.doubles.graph.routing import Call as Call
from tests.networks.doubles.graph.routing import edge as edge
from tests.networks.doubles.graph.routing import node_operation as node_operation
from tests.networks.doubles.graph.state import ALL_TASKS, GraphToken, Listing, Node
from tests.networks.doubles.graph.world import APP_SECRET as APP_SECRET

A_VERSION = re.compile(r"v\d{1,3}\.\d")
NEWEST = "v27.0"


class GraphServer(Login):
    """A Graph API. ``breaches`` names each message that Meta's own description does not allow."""

    slug = "graph"
    oldest = "v22.0"
    """Versions before it are over: their calls are answered by this one."""
    default_fields: ClassVar[dict[str, tuple[str, ...]]] = {"Page": ("id", "name"), "User": ("id", "name")}
    # ``tasks`` and what an upload answers stand in the reference pages (…/user/accounts), not in the specs.
    extra_fields: ClassVar[dict[str, dict[str, str]]] = {"Page": {"tasks": "list<string>"}}
    extra_params: ClassVar[dict[tuple[str, str, str], dict[str, str]]] = {}
    extra_edges: ClassVar[set[tuple[str, str, str]]] = set()
    _routes: ClassVar[dict[tuple[str, str, str], str]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._routes = {}
        for parent in reversed(cls.__mro__):
            for name, member in vars(parent).items():
                for route in getattr(member, "graph_routes", ()):
                    cls._routes[route] = name

    # one request

    def answer(self, request: Request) -> Response:
        try:
            failure = next((entry for entry in self.failures if entry[0](request.method, request.path)), None)
            if failure is not None:
                self.failures.remove(failure)
                if failure[2]:
                    self._routed(request)
                raise failure[1]
            response = self._routed(request)
        except GraphError as error:
            response = error.response()
        except Unreadable as error:
            response = GraphError(2500, f"Syntax error in fields: {error}").response()
        except ContractBroken as error:
            self.breaches.append(f"{request.method} {request.path}: {error}")
            response = GraphError(100, str(error)).response()
        for name, value in self.usage.items():
            response.headers.setdefault(name, value if isinstance(value, str) else json.dumps(value))
        return response

    def check(self, request: Request, response: Response) -> None:
        """Every API answer is a JSON object, or an envelope. Its fields were held against the specs while it was made."""
        if "/dialog/" in request.path or request.path.startswith("/_double"):
            return
        data = json.loads(response.get_data())
        if not isinstance(data, dict):
            raise ContractBroken(f"an answer that is {type(data).__name__}")
        if response.status_code >= 400:
            error = data.get("error", {})
            if not {"message", "type", "code", "fbtrace_id"} <= set(error):
                raise ContractBroken(f"an envelope with {sorted(error)}")

    def _routed(self, request: Request) -> Response:
        parts = [part for part in request.path.split("/") if part]
        if parts[:1] == ["_double"]:
            return self.control(request, parts[1:])
        if not parts or not A_VERSION.fullmatch(parts[0]):
            raise GraphError(2500, f"Unknown path components: /{'/'.join(parts)}")
        asked, parts = parts[0], parts[1:]
        if _number(asked) > _number(NEWEST):
            raise GraphError(2500, f"Unknown path components: /{asked}")
        version = max(asked, self.oldest, key=_number)
        response = self._answered(request, parts)
        response.headers["facebook-api-version"] = version
        return response

    def _answered(self, request: Request, parts: list[str]) -> Response:
        written = _written(request)
        method = str(written.get("method", request.method)).upper()
        if parts == ["dialog", "oauth"]:
            return self.dialog(request)
        if parts == ["oauth", "access_token"]:
            return _json(self.token_exchange(written))
        token = self._token_of(request, written, leak_allowed=parts == ["debug_token"])
        if parts == ["debug_token"]:
            return _json({"data": self.debugged(token, str(written.get("input_token", "")))})
        if not parts and "ids" in written:
            ids = str(written["ids"]).split(",")[:50]
            return _json(
                {
                    node_id: self._node_call(request, "GET", token, self._known(node_id), "#get", written)
                    for node_id in ids
                }
            )
        if not 1 <= len(parts) <= 2:
            raise GraphError(2500, f"Unknown path components: /{'/'.join(parts)}")
        node = self._known(token.profile_id or token.user_id if parts[0] == "me" else parts[0], method)
        name = parts[1] if len(parts) == 2 else {"GET": "#get", "POST": "#update", "DELETE": "#delete"}.get(method, "")
        return _json(self._node_call(request, method, token, node, name, written))

    def _known(self, node_id: str, method: str = "GET") -> Node:
        if not re.fullmatch(r"[\w:]+", node_id):
            raise GraphError(803, "Some of the aliases you requested do not exist: " + node_id)
        node = self.nodes.get(node_id)
        if node is None or node.hidden.get("gone"):
            raise not_there(node_id, method)
        return node

    # nodes and edges

    def _node_call(
        self, request: Request, method: str, token: GraphToken, node: Node, name: str, written: dict[str, Any]
    ) -> Any:
        handler = self._routes.get((method, node.kind, name))
        described = specs.operation(node.kind, method, name)
        extra = (node.kind, method, name) in self.extra_edges
        if specs.node(node.kind) is not None and described is None and not extra:
            raise ContractBroken(f"{node.kind} has no {method} {name}")
        if handler is None and name != "#get":
            raise GraphError(
                100, f"Unsupported {method.lower()} request: the double does not know {node.kind}/{name}.", status=501
            )
        person = self.people.get(token.user_id)
        page_id = token.profile_id or node.owner
        tasks = person.tasks.get(page_id, ()) if person and page_id else ALL_TASKS
        node.hidden["tasks_of_token"] = tasks
        params, files = self._checked_params(node.kind, method, name, described, written)
        wanted = parse(str(written["fields"])) if written.get("fields") else None
        call = Call(method, token, node, name, params, wanted, files)
        self.authorise(call)
        result = getattr(self, handler)(call) if handler else node
        shown = self._shown(call, result, wanted)
        if method == "GET":
            self._check_answer(shown, described["return"] if described and name != "#get" else node.kind)
        return shown

    def authorise(self, call: Call) -> None:
        """Refuse what the token may not see or do at all. A network says what that is."""

    def _checked_params(
        self, kind: str, method: str, name: str, described: dict[str, Any] | None, written: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, bytes]]:
        types = {entry["name"]: entry["type"] for entry in (described or {}).get("params", ())}
        types |= self.extra_params.get((kind, method, name), {})
        params: dict[str, Any] = {}
        files: dict[str, bytes] = {}
        for key, value in written.items():
            upload = isinstance(value, bytes)
            if key in types:
                try:
                    params[key] = specs.coerced(specs.UPLOAD if upload else value, types[key])
                except specs.Wrong as wrong:
                    raise ContractBroken(f"{kind} {method} {name}: {key}: {wrong}") from wrong
            elif key not in specs.GENERAL and (described is not None or specs.there()):
                raise ContractBroken(f"{kind} {method} {name} has no parameter {key}")
            else:
                params[key] = value if key in specs.GENERAL else specs.guessed(key, value)
            if upload:
                files[key] = value
        missing = [
            entry["name"]
            for entry in (described or {}).get("params", ())
            if entry["required"] and entry["name"] not in params
        ]
        if missing:
            raise ContractBroken(f"{kind} {method} {name} lacks {missing[0]}")
        return params, files

    def _shown(self, call: Call, result: Any, wanted: tuple[Wanted, ...] | None) -> Any:
        if isinstance(result, Node):
            return self.view(call, result, wanted)
        if isinstance(result, Listing):
            return self._paged(call, result, wanted, call.params)
        return result

    def view(self, call: Call, node: Node, wanted: tuple[Wanted, ...] | None) -> dict[str, Any]:
        """A node as an answer shows it: the wanted fields that it has, and its id."""
        wanted = wanted or tuple(Wanted(name) for name in self.default_fields.get(node.kind, ("id",)))
        known = specs.fields(node.kind)
        extras = self.extra_fields.get(node.kind, {})
        found: dict[str, Any] = {}
        for part in wanted:
            if part.name in node.data and (known is None or part.name in known or part.name in extras):
                found[part.name] = self._value(call, node.data[part.name], part)
            elif (handler := self._routes.get(("GET", node.kind, part.name))) is not None:
                inner = Call("GET", call.token, node, part.name, self._modified(node.kind, part), part.inner)
                found[part.name] = self._shown(inner, getattr(self, handler)(inner), part.inner)
            elif known is not None and part.name not in known and part.name not in extras:
                raise ContractBroken(f"Tried accessing nonexisting field ({part.name}) on node type ({node.kind})")
        return {key: value for key, value in found.items() if value is not None} | {"id": node.id}

    def _modified(self, kind: str, part: Wanted) -> dict[str, Any]:
        described = specs.operation(kind, "GET", part.name)
        params, _files = self._checked_params(kind, "GET", part.name, described, dict(part.modifiers))
        return params

    def _value(self, call: Call, value: Any, part: Wanted) -> Any:
        if isinstance(value, Node):
            return self.view(call, value, part.inner)
        if isinstance(value, list):
            return [self._value(call, item, part) for item in value]
        if isinstance(value, dict) and part.inner is not None:
            return {
                inner.name: self._value(call, value[inner.name], inner) for inner in part.inner if inner.name in value
            }
        return value

    def _paged(
        self, call: Call, listing: Listing, wanted: tuple[Wanted, ...] | None, params: dict[str, Any]
    ) -> dict[str, Any]:
        limit = min(int(params.get("limit", 25)), 100)
        after = str(params.get("after", ""))
        keys = [_key(item, place) for place, item in enumerate(listing.items)]
        start = 0
        if after:
            try:
                wanted_key = base64.urlsafe_b64decode(after).decode()
            except ValueError:
                raise GraphError(100, "Invalid cursors values", 1) from None
            start = keys.index(wanted_key) + 1 if wanted_key in keys else len(keys)
        part, part_keys = listing.items[start : start + limit], keys[start : start + limit]
        data = [self.view(call, item, wanted) if isinstance(item, Node) else item for item in part]
        found: dict[str, Any] = {"data": data}
        if part:
            first, last = _cursor(part_keys[0]), _cursor(part_keys[-1])
            found["paging"] = {"cursors": {"before": first, "after": last}}
            if start + limit < len(keys):
                # Meta's own next address holds the token: whoever follows it puts it where addresses are logged.
                query = urlencode({"access_token": call.token.value, "limit": limit, "after": last})
                found["paging"]["next"] = f"{self.url}/{NEWEST}/{call.node.id}/{call.name}?{query}"
        if listing.summary is not None and str(params.get("summary", "")).lower() not in {"", "0", "false"}:
            found["summary"] = listing.summary
        return found

    def _check_answer(self, shown: Any, kind: str) -> None:
        if not isinstance(shown, dict):
            raise ContractBroken(f"a {kind} that is no object")
        if set(shown) <= {"data", "paging", "summary"} and isinstance(shown.get("data"), list):
            for item in shown["data"]:
                self._check_node(item, kind)
        else:
            self._check_node(shown, kind)

    def _check_node(self, item: dict[str, Any], kind: str) -> None:
        known = specs.fields(kind)
        if known is None:
            return
        types = {**known, **self.extra_fields.get(kind, {}), "id": "string"}
        for name, value in item.items():
            if name in types:
                try:
                    specs.conforming(value, types[name])
                except specs.Wrong as wrong:
                    raise ContractBroken(f"{kind}.{name}: {wrong}") from wrong
            elif name not in specs.edges(kind):
                raise ContractBroken(f"{kind} has no field {name}")

    def control(self, request: Request, parts: list[str]) -> Response:
        """What lies under ``/_double/``: where readers act in a demo. A network overrides it."""
        return Response("not found", status=404)


def _written(request: Request) -> dict[str, Any]:
    """Query, form and JSON body as one; files as bytes."""
    written: dict[str, Any] = request.args.to_dict()
    if request.mimetype == "application/json" and request.get_data():
        body = request.get_json(silent=True)
        written |= body if isinstance(body, dict) else {}
    written |= request.form.to_dict()
    return written | {name: upload.read() for name, upload in request.files.items()}


def _json(data: Any) -> Response:
    return Response(json.dumps(data), content_type="application/json; charset=UTF-8")


def _number(version: str) -> float:
    return float(version.removeprefix("v"))


def _key(item: Any, place: int) -> str:
    found = item.id if isinstance(item, Node) else item.get("id") if isinstance(item, dict) else None
    return str(found or place)


def _cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()
