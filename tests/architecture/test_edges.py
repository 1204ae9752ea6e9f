"""Who asks whom, and who hears whose facts: the tables of docs/architecture.md are the code's, and no two services wait for each other."""

import ast
from collections.abc import Collection, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from gateway.routes import TABLE
from runner import topology
from runner.contracts import events
from runner.place import SERVICES

Edges: TypeAlias = set[tuple[str, str]]
IDENTITY: Final = "identity"


def table(document: str, name: str) -> list[list[str]]:
    """Rows of the table between `<!-- edges:name -->` and the next `<!-- /edges -->`, without the two of its head."""
    _, _, rest = document.partition(f"<!-- edges:{name} -->")
    inside, end, _ = rest.partition("<!-- /edges -->")
    if not end:
        raise ValueError(f"no table edges:{name}")
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in inside.strip().splitlines()]
    return rows[2:]


def edges_of_gateway(services: Collection[str]) -> Edges:
    return {("gateway", row.service) for row in TABLE if row.service in {*services, IDENTITY}}


def edges_of_service(service: str, tree: ast.Module, services: Collection[str]) -> Edges:
    """From a `clients.py`: the services that it names, and the provider where it uses its address."""
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    called = {name for name in services if name in words and name != service}
    if any(isinstance(node, ast.Attribute) and node.attr == "identity_url" for node in ast.walk(tree)):
        called.add(IDENTITY)
    return {(service, name) for name in called}


def asked_elsewhere(sources: Mapping[str, ast.Module]) -> list[str]:
    """Services call out in `clients.py` only; `main.py` opens what that uses."""
    return [
        path
        for path, tree in sources.items()
        if path.startswith("services/") and not path.endswith(("/clients.py", "/main.py"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"service_urls", "identity_url"}
    ]


def circle(edges: Edges) -> list[str]:
    """The names on a circle, or nothing."""
    following: dict[str, set[str]] = {}
    for one, other in edges:
        following.setdefault(one, set()).add(other)

    def walk(name: str, way: tuple[str, ...]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        return next((found for after in sorted(following.get(name, ())) if (found := walk(after, (*way, name)))), [])

    return next((found for name in sorted(following) if (found := walk(name, ()))), [])


def hearers() -> dict[str, list[str]]:
    """Event type to the services that declare to hear it."""
    found: dict[str, list[str]] = {event.type: [] for event in events()}
    for declaration in topology.declarations():
        for subscription in declaration.subscriptions:
            for event in subscription.events:
                found[event.type].append(declaration.service)
    return {name: sorted(services) for name, services in found.items()}


@pytest.fixture(scope="module")
def document(project: Path) -> str:
    return (project / "docs" / "architecture.md").read_text("utf-8")


@pytest.fixture(scope="module")
def edges(suite_sources: dict[str, ast.Module]) -> Edges:
    clients = {path: tree for path, tree in suite_sources.items() if path.startswith("services/") and path.endswith("/clients.py")}
    found = edges_of_gateway(SERVICES)
    for path, tree in clients.items():
        found |= edges_of_service(path.split("/")[1], tree, SERVICES)
    return found


class TestQuestions:
    def test_the_document_names_every_edge_of_the_code_and_no_other(self, document: str, edges: Edges) -> None:
        assert {(row[0], row[1]) for row in table(document, "http")} == edges

    def test_nobody_waits_in_a_circle(self, edges: Edges) -> None:
        assert circle(edges) == []

    def test_services_call_out_in_one_room(self, suite_sources: dict[str, ast.Module]) -> None:
        assert asked_elsewhere(suite_sources) == []


class TestFacts:
    def test_the_document_names_every_event_with_its_owner_and_hearers(self, document: str) -> None:
        written = {row[1]: (row[0], [name.strip() for name in row[2].split(",")]) for row in table(document, "events")}
        assert written == {event.type: (event.owner(), hearers()[event.type]) for event in events()}

    def test_a_service_that_declares_to_hear_really_does(self) -> None:
        """`SUBSCRIPTIONS` is what the users of NATS are made from; an app built without it would hear nothing and say nothing."""
        for service in SERVICES:
            declared = next(one for one in topology.declarations() if one.service == service).subscriptions
            main = ast.parse(Path(str(import_module(f"services.{service}.main").__file__)).read_text("utf-8"))
            given = any(word.arg == "subscriptions" for node in ast.walk(main) if isinstance(node, ast.Call) for word in node.keywords)
            assert given == bool(declared), service


class TestTheseChecksCanFail:
    @pytest.mark.parametrize(
        "edges",
        [{("a", "b"), ("b", "a")}, {("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")}, {("a", "a")}],
    )
    def test_a_circle(self, edges: Edges) -> None:
        assert len(circle(edges)) > 1

    def test_no_circle_where_two_ways_lead_to_one(self) -> None:
        assert circle({("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")}) == []

    def test_a_call_that_nobody_wrote_down(self) -> None:
        tree = ast.parse('NAME = "crisis"\nurl = settings.identity_url')
        assert edges_of_service("agencies", tree, ("crisis", "agencies")) == {("agencies", "crisis"), ("agencies", "identity")}

    def test_a_call_from_another_room(self) -> None:
        tree = ast.parse('url = settings.service_urls["crisis"]')
        assert asked_elsewhere({"services/agencies/service.py": tree}) == ["services/agencies/service.py"]

    def test_a_document_without_its_table(self) -> None:
        with pytest.raises(ValueError, match="edges:http"):
            table("| from | to |", "http")

    @pytest.mark.parametrize("rows", [["| a | b | x |"], []])
    def test_a_table_is_read_row_by_row(self, rows: Iterable[str]) -> None:
        text = "\n".join(["<!-- edges:http -->", "| from | to | what |", "|---|---|---|", *rows, "<!-- /edges -->"])
        assert [row[:2] for row in table(text, "http")] == [["a", "b"] for _ in rows]
