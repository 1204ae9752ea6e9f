"""The one OpenAPI document: the services' own, merged; and which of their operations are open to anybody."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final

from contracts.text import Text
from gateway.routes import find_route

Document = Mapping[str, Any]
METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_REFERENCE: Final = "#/components/"

TITLE: Final = Text("Probashi API", "প্রবাসী এপিআই")
DESCRIPTION: Final = Text(
    "One door to the services with which Bangladesh serves its migrants. Errors are problems (RFC 9457) in English or Bangla, as asked.",
    "বাংলাদেশের প্রবাসী কর্মীদের সেবাগুলোর একটিই প্রবেশপথ। ত্রুটির উত্তর Accept-Language অনুযায়ী বাংলা বা ইংরেজিতে দেওয়া হয় (RFC 9457)।",
)
TAGS: Final[Mapping[str, Text]] = {
    "complaints": Text("Complaints of migrants and their families", "প্রবাসী ও তাঁদের পরিবারের অভিযোগ"),
    "agencies": Text("Recruitment agencies: licences and classes", "রিক্রুটিং এজেন্সি: লাইসেন্স ও শ্রেণি"),
    "reintegration": Text("Returnees and their cases", "প্রত্যাগত কর্মী ও তাঁদের পুনঃএকত্রীকরণ"),
    "crisis": Text("Warnings and alerts abroad", "বিদেশে সংকটের সতর্কবার্তা"),
    "registry": Text("Nationals abroad", "বিদেশে অবস্থানরত নাগরিক"),
    "partners": Text("Partner organizations, and what is agreed with them", "সহযোগী সংস্থা ও তাদের সঙ্গে চুক্তি"),
    "monitor": Text("The Migration Governance Framework and what was done", "অভিবাসন ব্যবস্থাপনা কাঠামো ও তার অগ্রগতি"),
}


def read_documents(folder: Path) -> dict[str, Document]:
    """The committed documents by service; none where the folder is absent."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def merge(documents: Mapping[str, Document], public_url: str, issuer: str) -> dict[str, Any]:
    """One document over all services. A path that the routing table leads elsewhere, or nowhere, is left out: nobody could call it."""
    shared = _shared_components(documents)
    paths: dict[str, Any] = {}
    components: dict[str, dict[str, Any]] = {}
    for service, document in documents.items():
        renamed = _rename(document, service, shared)
        for path, item in renamed.get("paths", {}).items():
            if _leads_to(path, service):
                paths[path] = {key: _operation(value, service) if key in METHODS else value for key, value in item.items()}
        for kind, named in renamed.get("components", {}).items():
            if kind != "securitySchemes":
                components.setdefault(kind, {}).update(named)
    components["securitySchemes"] = _security_schemes(issuer)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{TITLE.en} · {TITLE.bn}", "version": "1", "description": f"{DESCRIPTION.en}\n\n{DESCRIPTION.bn}"},
        "servers": [{"url": public_url}],
        "security": [{"probashi": []}, {"bearer": []}],
        "tags": [{"name": name, "description": _both(TAGS.get(name))} for name in documents],
        "paths": dict(sorted(paths.items())),
        "components": components,
    }


def _leads_to(path: str, service: str) -> bool:
    route = find_route(path)
    return route is not None and route.service == service


def _both(text: Text | None) -> str:
    return f"{text.en} · {text.bn}" if text else ""


def _security_schemes(issuer: str) -> dict[str, Any]:
    """One provider, named twice: by its discovery document, and as the bearer token that it gives out."""
    return {
        "probashi": {"type": "openIdConnect", "openIdConnectUrl": f"{issuer}/.well-known/openid-configuration"},
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    }


def _operation(operation: Document, service: str) -> dict[str, Any]:
    kept = {key: value for key, value in operation.items() if key != "security"}
    if is_open(operation):
        kept["security"] = []
    if "operationId" in kept:
        kept["operationId"] = f"{service}.{kept['operationId']}"
    return kept | {"tags": [service]}


def is_open(operation: Document) -> bool:
    """Open to anybody only where the operation says so itself; silence means closed."""
    return operation.get("security") == []


def _shared_components(documents: Mapping[str, Document]) -> set[tuple[str, str]]:
    """Components that mean the same wherever they are defined, down to the last one that they refer to: they keep their name."""
    versions: dict[tuple[str, str], list[Any]] = {}
    for document in documents.values():
        for kind, named in document.get("components", {}).items():
            for name, body in named.items():
                versions.setdefault((kind, name), []).append(body)
    shared = {key for key, bodies in versions.items() if all(body == bodies[0] for body in bodies)}
    while lost := {key for key in shared if not set(_references(versions[key][0])) <= shared}:
        shared -= lost
    return shared


def _references(node: object) -> Iterator[tuple[str, str]]:
    match node:
        case {"$ref": str(target)} if target.startswith(_REFERENCE):
            kind, _, name = target.removeprefix(_REFERENCE).partition("/")
            yield kind, name
        case dict():
            for value in node.values():
                yield from _references(value)
        case list():
            for value in node:
                yield from _references(value)


def _rename(document: Document, service: str, shared: set[tuple[str, str]]) -> dict[str, Any]:
    """The document with each component that is not shared called `<service>.<name>`, where it is defined and where it is used."""

    def name_of(kind: str, name: str) -> str:
        return name if (kind, name) in shared else f"{service}.{name}"

    def walk(node: object) -> Any:
        if isinstance(node, list):
            return [walk(value) for value in node]
        if not isinstance(node, dict):
            return node
        return {key: reference(value) if key == "$ref" and isinstance(value, str) else walk(value) for key, value in node.items()}

    def reference(target: str) -> str:
        if not target.startswith(_REFERENCE):
            return target
        kind, _, name = target.removeprefix(_REFERENCE).partition("/")
        return f"{_REFERENCE}{kind}/{name_of(kind, name)}"

    renamed: dict[str, Any] = walk(dict(document))
    renamed["components"] = {
        kind: {name_of(kind, name): body for name, body in named.items()} for kind, named in renamed.get("components", {}).items()
    }
    return renamed


@dataclass(frozen=True, slots=True)
class Operation:
    """`template` as in the document. `parting`: headers of one that will go (RFC 9745, RFC 8594), none for one that stays."""

    template: str
    is_open: bool
    parting: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(slots=True)
class _Node:
    """A step of a path template: named steps win over a parameter, as they do in the services."""

    named: dict[str, "_Node"] = field(default_factory=dict)
    parameter: "_Node | None" = None
    operations: dict[str, Operation] = field(default_factory=dict)


class Operations:
    """The operations of the merged document, by method and path."""

    def __init__(self, document: Document) -> None:
        self._root = _Node()
        for template, item in document.get("paths", {}).items():
            found = {
                method.upper(): Operation(template, is_open(operation), parting(operation))
                for method, operation in item.items()
                if method in METHODS
            }
            self._place(template).operations.update(found)

    def _place(self, template: str) -> _Node:
        node = self._root
        for step in template.split("/")[1:]:
            if "{" in step:
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.named.setdefault(step, _Node())
        return node

    def find(self, method: str, path: str) -> Operation | None:
        """`path` is decoded; HEAD is judged as GET. None where no template matches: that is closed."""
        node = _match(self._root, path.split("/")[1:])
        return node.operations.get("GET" if method == "HEAD" else method) if node is not None else None


def parting(operation: Document) -> tuple[tuple[bytes, bytes], ...]:
    """`x-deprecated-since` and `x-sunset` are days; the operation says `deprecated` and names what to call instead in its description."""
    if not operation.get("deprecated"):
        return ()
    found: list[tuple[bytes, bytes]] = []
    if since := operation.get("x-deprecated-since"):
        found.append((b"deprecation", f"@{int(_midnight(since).timestamp())}".encode()))
    if sunset := operation.get("x-sunset"):
        found.append((b"sunset", format_datetime(_midnight(sunset), usegmt=True).encode()))
    return (*found, (b"link", b'</developers/changes>; rel="deprecation"'))


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), UTC)


def _match(node: _Node, steps: list[str]) -> _Node | None:
    if not steps:
        return node if node.operations else None
    first, *rest = steps
    if (named := node.named.get(first)) is not None and (found := _match(named, rest)) is not None:
        return found
    return _match(node.parameter, rest) if node.parameter is not None and first else None
