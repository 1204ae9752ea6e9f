"""One owner of transactions, one publisher, one session dependency, one reader of the environment: each has one place in the tree."""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

COMMITS: Final = {
    "kit/database.py": "the one place where a request's transaction ends",
    "kit/migrations.py": "a migration commits by itself and releases its lock afterwards",
}
PUBLISHES: Final = {
    "kit/outbox.py": "the relay carries what the outbox holds",
    "kit/inbox.py": "a pull request to the server, which is a message too",
    "kit/bus.py": "the connection itself",
}
READS_ENVIRONMENT: Final = ("kit/settings.py", "runner/", "deploy/", "kit/testing/")

Found = Iterator[tuple[str, int]]


def methods_called(tree: ast.Module, *names: str) -> Iterator[int]:
    """Lines of `anything.name(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node.lineno


def outside(sources: Mapping[str, ast.Module], allowed: Mapping[str, str], *names: str) -> list[str]:
    return [f"{path}:{line}" for path, tree in sources.items() if path not in allowed for line in methods_called(tree, *names)]


def late_sessions(tree: ast.Module) -> list[int]:
    """Lines of `Depends(get_session…)` that would commit after the answer (design, trap 1)."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Depends"
        and any(getattr(argument, "id", getattr(argument, "attr", "")) == "get_session" for argument in node.args)
        and not any(
            word.arg == "scope" and isinstance(word.value, ast.Constant) and word.value.value == "function" for word in node.keywords
        )
    ]


def environment_read(tree: ast.Module) -> list[int]:
    names = {"environ", "getenv", "environb", "putenv"}
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in names and getattr(node.value, "id", "") == "os")
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and names & {alias.name for alias in node.names})
    ]


class TestOneOwnerOfTransactions:
    def test_only_kit_commits_or_rolls_back(self, suite_sources: dict[str, ast.Module]) -> None:
        assert outside(suite_sources, COMMITS, "commit", "rollback") == []

    def test_the_session_commits_before_the_answer(self, suite_sources: dict[str, ast.Module]) -> None:
        assert {path: lines for path, tree in suite_sources.items() if (lines := late_sessions(tree))} == {}

    def test_there_is_one_session_dependency(self, suite_sources: dict[str, ast.Module]) -> None:
        owners = [
            path
            for path, tree in suite_sources.items()
            for node in ast.walk(tree)
            if isinstance(node, ast.Name | ast.Attribute) and getattr(node, "id", getattr(node, "attr", "")) == "get_session"
        ]
        assert set(owners) == {"kit/database.py"}


class TestOnePublisher:
    def test_only_kit_publishes(self, suite_sources: dict[str, ast.Module]) -> None:
        """An event that does not stand in the outbox is lost with the process that meant to send it."""
        assert outside(suite_sources, PUBLISHES, "publish", "publish_async") == []

    def test_nothing_runs_after_the_answer(self, suite_sources: dict[str, ast.Module]) -> None:
        """`BackgroundTasks` is a queue that a restart empties; ruff bans the import, this the argument of a response."""
        assert outside(suite_sources, {}, "add_task") == []


class TestOneReaderOfTheEnvironment:
    def test_services_know_only_their_settings(self, suite_sources: dict[str, ast.Module]) -> None:
        found = {path: environment_read(tree) for path, tree in suite_sources.items() if not path.startswith(READS_ENVIRONMENT)}
        assert {path: lines for path, lines in found.items() if lines} == {}

    def test_ruff_says_so_too(self, project: Path) -> None:
        banned = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
        assert {"os.environ", "os.getenv", "fastapi.BackgroundTasks", "fastapi.HTTPException"} <= set(banned)


class TestTheseChecksCanFail:
    @pytest.mark.parametrize("line", ["await session.commit()", "async def f(s):\n    await s.rollback()"])
    def test_a_use_case_that_commits(self, line: str) -> None:
        assert outside({"services/crisis/service.py": ast.parse(line)}, COMMITS, "commit", "rollback") != []

    def test_a_service_that_publishes(self) -> None:
        tree = ast.parse("await self.jetstream.publish('crisis.alert.raised.v1', b'')")
        assert outside({"services/crisis/service.py": tree}, PUBLISHES, "publish", "publish_async") == ["services/crisis/service.py:1"]

    @pytest.mark.parametrize(
        "call", ["Depends(get_session)", "Depends(database.get_session)", "fastapi.Depends(get_session, scope='request')"]
    )
    def test_a_session_that_commits_too_late(self, call: str) -> None:
        assert late_sessions(ast.parse(f"S = {call}")) == [1]

    def test_a_session_that_commits_in_time(self) -> None:
        assert late_sessions(ast.parse("S = Depends(get_session, scope='function')")) == []

    @pytest.mark.parametrize("line", ["import os\nos.environ['X']", "import os\nos.getenv('X')", "from os import environ"])
    def test_a_service_that_reads_the_environment(self, line: str) -> None:
        assert environment_read(ast.parse(line)) != []
