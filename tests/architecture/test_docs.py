"""What the documents say of the code is so: settings and their defaults, events, decisions, links to files."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from gateway.settings import GatewaySettings
from kit.settings import Settings
from runner.contracts import events
from services.complaints.settings import Doors
from services.crisis.outreach.settings import Carriers
from services.crisis.settings import Reading
from services.portal.settings import Limits
from services.registry.settings import IdentityCheck

SETTINGS: Final = (Settings, GatewaySettings, Doors, Carriers, Reading, IdentityCheck, Limits)
ROW: Final = re.compile(r"^\| `(PROBASHI_[A-Z_]+)` \| ([^|]*) \|", re.MULTILINE)
LINK: Final = re.compile(r"\]\((?!https?://|#|mailto:)([^)#]+)(?:#[^)]*)?\)")
FIRST_LINE: Final = re.compile(r"^# (\d{4}) ")


def settings_of(kind: type[BaseSettings], project: Path) -> dict[str, str]:
    """Name in the environment to the default as the document writes it; what every process has stands once."""
    prefix = str(kind.model_config.get("env_prefix", ""))
    inherited = {name for parent in kind.__mro__[1:] if parent in SETTINGS for name in parent.model_fields}
    own = {name: field for name, field in kind.model_fields.items() if name not in inherited}
    return {f"{prefix}{name}".upper(): default_of(field, project) for name, field in own.items()}


def default_of(field: FieldInfo, project: Path) -> str:
    if field.is_required():
        return "required"
    value: Any = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, Path):
        return value.relative_to(project).as_posix()
    return "—" if value in (None, "", (), {}) else str(value)


def undocumented(document: str, expected: Mapping[str, str]) -> list[str]:
    """Settings of which no row of the document gives name and default."""
    rows = {(name, default.strip()) for name, default in ROW.findall(document)}
    return [f"{name} ({default})" for name, default in expected.items() if (name, default) not in rows]


def dead_links(file: Path, text: str) -> list[str]:
    return [f"{file.name}: {link}" for link in LINK.findall(text) if not (file.parent / link.strip()).exists()]


def documents(project: Path) -> Iterator[Path]:
    yield from project.glob("*.md")
    for folder in ("docs", "contracts", "kit", "services", "gateway", "runner", "deploy"):
        yield from (project / folder).rglob("*.md")


class TestSettings:
    @pytest.mark.parametrize("kind", SETTINGS)
    def test_each_stands_in_the_document_with_its_default(self, kind: type[BaseSettings], project: Path) -> None:
        document = (project / "docs" / "settings.md").read_text("utf-8")
        assert undocumented(document, settings_of(kind, project)) == []

    def test_the_document_invents_none(self, project: Path) -> None:
        document = (project / "docs" / "settings.md").read_text("utf-8")
        parts = {part.split("\n", 1)[0]: part for part in document.split("\n## ")}
        known = {name for kind in SETTINGS for name in settings_of(kind, project)}
        named = {
            name
            for head in ("Every process", "Gateway", "Complaints", "Crisis", "Registry", "Portal")
            for name, _ in ROW.findall(parts[head])
        }
        assert named == known


class TestEvents:
    def test_each_is_named_where_events_are_explained(self, project: Path) -> None:
        document = (project / "docs" / "architecture.md").read_text("utf-8")
        assert [one.type for one in events() if f"`{one.type}`" not in document] == []


class TestDecisions:
    def test_each_has_its_number_and_stands_in_the_index(self, project: Path) -> None:
        folder = project / "docs" / "decisions"
        index = (folder / "index.md").read_text("utf-8")
        decisions = sorted(folder.glob("[0-9]*.md"))
        assert decisions != []
        for file in decisions:
            number = FIRST_LINE.match(file.read_text("utf-8"))
            assert number is not None, file
            assert file.name.startswith(f"{number[1]}-")
            assert f"({file.name})" in index

    def test_no_number_is_given_twice(self, project: Path) -> None:
        """One that was kept free for a decision that nobody needed in the end stays free."""
        numbers = [int(file.name[:4]) for file in (project / "docs" / "decisions").glob("[0-9]*.md")]
        assert sorted(numbers) == sorted(set(numbers))


class TestLinks:
    def test_every_link_to_a_file_leads_to_one(self, project: Path) -> None:
        assert [dead for file in documents(project) for dead in dead_links(file, file.read_text("utf-8"))] == []


class TestTheseChecksCanFail:
    def test_a_setting_without_a_row(self) -> None:
        assert undocumented("| `PROBASHI_PORT` | 8000 | base |", {"PROBASHI_PORT": "8000", "PROBASHI_STATE": ".local"}) == [
            "PROBASHI_STATE (.local)"
        ]

    def test_a_default_that_has_changed(self) -> None:
        assert undocumented("| `PROBASHI_MAX_BODY` | 10 | size |", {"PROBASHI_MAX_BODY": "20"}) != []

    def test_a_link_to_nowhere(self, project: Path) -> None:
        text = "[a](docs/architecture.md) [b](docs/gone.md#part) [c](https://example.org/x)"
        assert dead_links(project / "README.md", text) == ["README.md: docs/gone.md"]
