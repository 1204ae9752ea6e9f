import json
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from contracts.framework.register import Register, load, raw
from contracts.text import Text

SHARED = Path(__file__).resolve().parents[3].parent / "shared"
FACTS = SHARED / "data" / "framework.json"
DOCUMENT = SHARED / "seed" / "migration-governance-framework.txt"
LEVELS = ("goals", "indicators", "sub_indicators", "activities")
# Mapping[str, Any]: a JSON file whose shape this test is there to compare, not to type.
Facts = Mapping[str, Any]


@pytest.fixture(scope="module")
def register() -> Register:
    return load()


@pytest.fixture(scope="module")
def facts() -> Facts:
    if not FACTS.is_file():
        pytest.skip(f"{FACTS.name} is not on this machine: the reader's facts cannot be compared")
    content: Facts = json.loads(FACTS.read_text(encoding="utf-8"))
    return content


def titles(register: Register) -> dict[str, Text]:
    entries = (*register.goals, *register.indicators, *register.sub_indicators, *register.activities)
    objectives = (*register.crosswalk.gcm_objectives, *register.crosswalk.mcof_goals)
    named = {f"objective {o.id}": o.title for o in objectives} | {f"actor {a.id}": a.name for a in register.actors}
    return {e.id: e.title for e in entries} | {t.id: t.title for t in register.timelines} | named


def plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


class TestCounts:
    def test_holds_the_whole_framework(self, register: Register) -> None:
        assert [len(getattr(register, level)) for level in LEVELS] == [6, 27, 90, 121]

    def test_shows_the_claimed_count_beside_the_found_one(self, register: Register) -> None:
        assert (register.counts.activities.claimed, register.counts.activities.found) == (117, 121)


class TestTitles:
    def test_stand_in_both_scripts(self, register: Register) -> None:
        for key, title in titles(register).items():
            assert re.search("[A-Za-z]", title.en), key
            assert re.search("[\u0980-\u09ff]", title.bn), key
            assert not re.search("[\u0980-\u09ff]", title.en), key
            assert not re.search("[A-Za-z]", title.bn), key

    def test_are_short_and_trimmed(self, register: Register) -> None:
        for key, title in titles(register).items():
            assert len(title.en) <= 90, key
            assert len(title.bn) <= 110, key
            assert (title.en, title.bn) == (title.en.strip(), title.bn.strip()), key

    @pytest.mark.parametrize("level", LEVELS)
    def test_tell_entries_of_a_level_apart(self, register: Register, level: str) -> None:
        entries = getattr(register, level)
        assert len({e.title.en for e in entries}) == len({e.title.bn for e in entries}) == len(entries)

    def test_are_not_the_documents_titles(self, register: Register, facts: Facts) -> None:
        printed = {plain(entry["title"]) for level in LEVELS[:-1] for entry in facts[level]}
        printed |= {plain(title) for part in ("gcm_objectives_cited", "mcof_goals") for title in facts[part].values()}
        own = {key: plain(title.en) for key, title in titles(register).items() if not key.startswith("actor")}
        assert {key for key, title in own.items() if title in printed} == set()

    def test_stand_nowhere_in_the_document(self, register: Register) -> None:
        if not DOCUMENT.is_file():
            pytest.skip("the document's text is not on this machine")
        text = f" {plain(DOCUMENT.read_text(encoding='utf-8'))} "
        entries = (*register.goals, *register.indicators, *register.sub_indicators, *register.activities)
        assert [e.id for e in entries if f" {plain(e.title.en)} " in text] == []


class TestFacts:
    def test_activities_agree_with_the_reading(self, register: Register, facts: Facts) -> None:
        cells = ("sub_indicators", "lead", "co_lead")
        for known in facts["activities"]:
            activity = register.activity(known["id"])
            assert {cell: list(getattr(activity, cell)) for cell in cells} == {cell: known[cell] for cell in cells}, activity.id
            assert (activity.timeline, activity.confidence) == (known["timeline"], known["confidence"]), activity.id
            assert (activity.goal, activity.indicator) == (known["goal"], known["indicator"]), activity.id
            assert set(activity.judged) == {cell for cell, mark in known["field_confidence"].items() if mark != "sure"}, activity.id

    def test_levels_hang_together_as_in_the_reading(self, register: Register, facts: Facts) -> None:
        assert [(g.id, g.kind) for g in register.goals] == [(g["id"], g["kind"]) for g in facts["goals"]]
        assert [(i.id, i.goal) for i in register.indicators] == [(i["id"], i["goal"]) for i in facts["indicators"]]
        for known in facts["sub_indicators"]:
            assert register.sub_indicator(known["id"]).indicator == known["indicator"]
            assert [a.id for a in register.activities_of(known["id"])] == known["activities"]

    def test_baseline_and_system_role_agree(self, register: Register, facts: Facts) -> None:
        assert {s.id: s.baseline for s in register.sub_indicators} == {b["sub_indicator"]: b["status"] for b in facts["baseline"]}
        assert {a.id: a.system for a in register.activities} == {s["activity"]: s["kind"] for s in facts["software_deliverable"]}

    def test_crosswalk_actors_and_counts_agree(self, register: Register, facts: Facts) -> None:
        for known in facts["crosswalk"]:
            links = register.links(known["goal"])
            assert list(links.gcm_objectives + links.gcm_paragraphs) == known["gcm_objectives"] + known["gcm_paragraphs"]
            assert (list(links.mcof_goals), links.judged) == (known["mcof_goals"], known["confidence"] == "judged")
        assert {a.id for a in register.actors} == set(facts["abbreviations"])
        assert register.counts.model_dump() == facts["counts"]

    def test_timelines_carry_years(self, register: Register, facts: Facts) -> None:
        assert {t.id: f"{t.from_year} to {t.to_year} years" for t in register.timelines} == facts["timelines"]


class TestLookUp:
    def test_finds_by_id(self, register: Register) -> None:
        activity = register.activity("4.4.2.3")
        assert (register.goal(activity.goal).kind, register.indicator(activity.indicator).goal) == ("objective", "4")
        assert register.actor(activity.lead[0]).name.en == "Ministry of Expatriates' Welfare and Overseas Employment"
        assert register.timeline(activity.timeline).to_year == 2

    def test_walks_down(self, register: Register) -> None:
        assert [i.id for i in register.indicators_of("5")] == ["5.1", "5.2", "5.3"]
        assert [s.id for s in register.sub_indicators_of("6.3")] == ["6.3.1", "6.3.2"]
        assert [a.id for a in register.activities_of("6.3")] == ["6.3.1.1", "6.3.2.1", "6.3.2.2", "6.3.2.3"]
        assert sum(len(register.activities_of(g.id)) for g in register.goals) == 121

    def test_an_activity_under_a_misprinted_id_is_found_where_it_belongs(self, register: Register) -> None:
        assert [a.id for a in register.activities_of("3.1.6")] == ["3.1.4.1"]
        assert [a.id for a in register.activities_of("3.1.4")] == ["3.1.3.1"]

    def test_an_unknown_id_is_a_key_error(self, register: Register) -> None:
        with pytest.raises(KeyError):
            register.activity("9.9.9.9")

    def test_cannot_be_changed(self, register: Register) -> None:
        with pytest.raises(ValidationError, match="frozen"):
            register.activity("4.4.2.3").timeline = "long"  # type: ignore[misc]  # the point of the test


def set_first(level: str, field: str, value: object) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        data[level][0][field] = value

    return change


def drop_last_activity(data: Any) -> None:
    data["activities"].pop()


def point_crosswalk_nowhere(data: Any) -> None:
    data["crosswalk"]["goals"][0] |= {"gcm_objectives": ["99"], "mcof_goals": ["9(z)"]}


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            pytest.param(set_first("activities", "id", "1.1.1.2"), "1.1.1.2 stands twice", id="repeated id"),
            pytest.param(set_first("goals", "id", "7"), "indicator 1.1 has no goal", id="indicator without goal"),
            pytest.param(
                set_first("indicators", "id", "1.9"), "sub-indicator 1.1.1 has no indicator", id="sub-indicator without indicator"
            ),
            pytest.param(set_first("activities", "sub_indicators", ["1.1.9"]), "parent outside indicator 1.1", id="unknown parent"),
            pytest.param(set_first("activities", "sub_indicators", ["1.2.1"]), "parent outside indicator 1.1", id="parent elsewhere"),
            pytest.param(set_first("activities", "sub_indicators", []), "parent outside indicator 1.1", id="no parent"),
            pytest.param(set_first("activities", "lead", ["MoX"]), "unknown actor MoX", id="unknown actor"),
            pytest.param(set_first("activities", "akin", ["1.1.1.2"]), "does not answer", id="one-sided likeness"),
            pytest.param(drop_last_activity, "120 activities where 121", id="miscount"),
            pytest.param(point_crosswalk_nowhere, r"GCM objective 99.*MCOF goal 9\(z\)", id="crosswalk to nowhere"),
            pytest.param(set_first("activities", "timeline", "soon"), "'short', 'medium' or 'long'", id="unknown timeline"),
            pytest.param(set_first("activities", "title", {"en": "Only English"}), "bn", id="no Bangla"),
            pytest.param(set_first("activities", "colour", "red"), "Extra inputs", id="unknown field"),
        ],
    )
    def test_data_that_disagree_do_not_load(self, change: Callable[[Any], None], fault: str) -> None:
        data = deepcopy(raw())
        change(data)
        with pytest.raises(ValidationError, match=fault):
            Register.model_validate(data)

    def test_the_data_load_unchanged(self) -> None:
        assert Register.model_validate(deepcopy(raw())) == load()
