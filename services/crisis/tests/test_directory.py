from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from services.crisis.directory import DATA, Directory, load

TODAY = date(2026, 12, 1)


@pytest.fixture(scope="module")
def directory() -> Directory:
    return load()


class TestMissions:
    def test_beirut_answers_for_lebanon(self, directory: Directory) -> None:
        assert directory.missions.responsible("LB", TODAY).code == "LWW-BEIRUT"

    def test_what_no_row_names_falls_to_dhaka(self, directory: Directory) -> None:
        assert directory.missions.responsible("SD", TODAY).code == directory.missions.fallback

    def test_before_its_first_day_a_row_does_not_hold(self, directory: Directory) -> None:
        assert directory.missions.responsible("LB", date(2020, 1, 1)).code == directory.missions.fallback

    def test_every_mission_says_where_it_is_known_from(self, directory: Directory) -> None:
        assert all(mission.source and (mission.confidence != "U" or mission.illustrative) for mission in directory.missions.missions)

    def test_says_when_that_a_mission_answers_was_not_found(self, directory: Directory) -> None:
        illustrative = directory.missions.is_illustrative
        assert not illustrative("LWW-BEIRUT", ["LB"], TODAY)
        assert illustrative("LWW-RIYADH", ["SA"], TODAY)
        assert illustrative("DHAKA", ["SD"], TODAY)

    def test_a_mission_that_was_closed_keeps_its_code_as_name(self, directory: Directory) -> None:
        assert directory.missions.name_of("LWW-GONE").bn == "LWW-GONE"


class TestSources:
    def test_a_sender_is_known_by_pattern_without_regard_to_case(self, directory: Directory) -> None:
        source = directory.sources.source_of("KSTO@NWS.NOAA.GOV")
        assert source is not None
        assert source.jurisdiction == ("US",)

    def test_a_sender_may_have_a_clock_of_its_own(self, directory: Directory) -> None:
        assert directory.sources.skew_minutes("info@gdacs.org") > directory.sources.skew_minutes("anybody@else.test")


class TestLoad:
    """A fault in the data stops the service at its start."""

    @pytest.mark.parametrize(
        "change",
        [
            {"fallback": "NOWHERE"},
            {"coverage": [{"country": "LB", "mission": "LWW-NOWHERE", "since": "2026-01-01", "basis": "x"}]},
            {"coverage": [{"country": "XX", "mission": "LWW-BEIRUT", "since": "2026-01-01", "basis": "x"}]},
            {"coverage": [{"country": "LB", "mission": code, "since": "2026-01-01", "basis": "x"} for code in ("LWW-BEIRUT", "DHAKA")]},
            {"missions": [{"code": "A", "name": {"en": "A", "bn": "A"}, "seat": "LB", "source": "none", "confidence": "U"}]},
            {"missions": [{"code": "A", "name": {"en": "A"}, "seat": "LB", "source": "none", "confidence": "B"}]},
            {"surprise": True},
        ],
    )
    def test_refuses_missions_that_do_not_hold_together(self, tmp_path: Path, change: dict[str, Any]) -> None:
        self.write(tmp_path, "missions.yaml", change)
        with pytest.raises(ValidationError):
            load(tmp_path)

    @pytest.mark.parametrize(
        "change",
        [
            {"geocodes": [{"names": ["A"], "reading": "fixed"}]},
            {"geocodes": [{"names": ["A"], "reading": "prefix", "country": "DE"}]},
            {"names": {"Atlantis": "XX"}},
            {"clock_skew_minutes": -1},
        ],
    )
    def test_refuses_sources_that_do_not_hold_together(self, tmp_path: Path, change: dict[str, Any]) -> None:
        self.write(tmp_path, "sources.yaml", change)
        with pytest.raises(ValidationError):
            load(tmp_path)

    def write(self, folder: Path, changed: str, change: dict[str, Any]) -> None:
        for name in ("missions.yaml", "sources.yaml"):
            data = yaml.safe_load((DATA / name).read_text("utf-8"))
            (folder / name).write_text(yaml.safe_dump(data | change if name == changed else data), "utf-8")
