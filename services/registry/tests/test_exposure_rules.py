"""The arithmetic of exposure, in arrays, against the same judged one by one."""

import math
from typing import Any, Final

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registry.exposure import rules
from services.registry.exposure.rules import Class, Places
from services.registry.rules import Flag, PlaceKind

FRESH: Final = dict.fromkeys(PlaceKind, 86_400.0)


def places(points: list[tuple[float, float]], **more: list[Any]) -> Places:
    size = len(points)
    given_: dict[str, list[Any]] = {
        "person_high": [1] * size,
        "person_low": [*range(size)],
        "kind": [int(PlaceKind.WORK_SITE)] * size,
        "flags": [0] * size,
        "lon": [one[0] for one in points],
        "lat": [one[1] for one in points],
        "accuracy_m": [0] * size,
        "age_s": [0] * size,
        "in_country": [True] * size,
    } | more
    kinds = {"person_high": np.uint64, "person_low": np.uint64, "kind": np.int64, "flags": np.int16, "in_country": bool}
    return Places(**{name: np.array(values, kinds.get(name, np.float64)) for name, values in given_.items()})


def star(corners: int, lon: float, lat: float, radius: float) -> dict[str, Any]:
    turns = [2 * math.pi * one / corners for one in range(corners)]
    away = [radius * (1 + 0.2 * math.sin(9 * turn)) for turn in turns]
    ring = [[lon + far * math.cos(turn), lat + far * math.sin(turn)] for turn, far in zip(turns, away, strict=True)]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def on_the_sphere(point: tuple[float, float], area: shapely.Geometry) -> float:
    """The slow way: every corner of an edge that is cut into steps of some metres."""
    fine = shapely.get_coordinates(shapely.segmentize(shapely.boundary(area), 0.002))
    lon, lat = np.full(len(fine), point[0]), np.full(len(fine), point[1])
    return float(rules._great_circle(lon, lat, fine[:, 0], fine[:, 1]).min())


class TestJudge:
    @settings(max_examples=60, deadline=None)
    @given(
        st.integers(3, 400),
        st.floats(-179, 179),
        st.floats(-70, 70),
        st.floats(0.05, 3),
        st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=1, max_size=20),
    )
    def test_each_is_in_the_class_that_the_slow_way_gives(
        self, corners: int, lon: float, lat: float, radius: float, offsets: list[tuple[float, float]]
    ) -> None:
        areas = rules.read_areas([star(corners, lon, lat, radius)])
        points = [(max(-180.0, min(180.0, lon + x)), lat + y) for x, y in offsets]
        found = rules.judge(places(points), areas, 30_000, FRESH)
        ranks = dict(zip(found.person_low.tolist(), found.rank.tolist(), strict=True))
        metres = dict(zip(found.person_low.tolist(), found.distance_m.tolist(), strict=True))
        for number, point in enumerate(points):
            if any(shapely.intersects_xy(area, *point) for area in areas):
                assert ranks[number] == Class.INSIDE
                continue
            away = min(on_the_sphere(point, area) for area in areas)
            if abs(away - 30_000) > 600:
                assert ranks[number] == (Class.NEAR if away < 30_000 else Class.SAME_COUNTRY)
            if ranks[number] == Class.NEAR:
                assert metres[number] == pytest.approx(away, rel=0.02, abs=300)

    def test_two_persons_who_share_half_an_id_are_two(self) -> None:
        twice = places([(0.5, 0.5), (9, 9), (0.5, 0.5)], person_high=[1, 2, 1], person_low=[7, 7, 7])
        found = rules.judge(twice, rules.read_areas([star(30, 0.5, 0.5, 1)]), 0, FRESH)
        assert [(int(high), int(rank)) for high, rank in zip(found.person_high, found.rank, strict=True)] == [(1, 1), (2, 3)]

    def test_of_two_places_inside_the_one_that_tells_more_closely_gives_the_reason(self) -> None:
        both = places([(0.5, 0.5)] * 2, person_low=[1, 1], kind=[PlaceKind.WORK_SITE, PlaceKind.CHECKIN])
        found = rules.judge(both, rules.read_areas([star(30, 0.5, 0.5, 1)]), 0, FRESH)
        assert [rules.reason_code(int(one)) for one in found.reason] == ["in_area:checkin"]

    def test_flags_of_all_places_count_once_for_each_person(self) -> None:
        both = places([(0.5, 0.5)] * 3, person_low=[1, 1, 2], flags=[Flag.CHILD, Flag.CHILD, Flag.CHILD | Flag.ILL])
        found = rules.judge(both, rules.read_areas([star(30, 0.5, 0.5, 1)]), 0, FRESH)
        counted = rules.vulnerable(found)
        assert (counted["child"], counted["ill"], counted["pregnant"]) == (2, 1, 0)
        assert found.person_low.tolist() == [2, 1]

    def test_nobody_at_all(self) -> None:
        found = rules.judge(places([]), rules.read_areas([star(30, 0.5, 0.5, 1)]), 0, FRESH)
        assert rules.counts(found) == {"inside": 0, "near": 0, "same_country": 0, "unknown": 0}

    def test_of_several_areas_the_nearest_counts(self) -> None:
        areas = rules.read_areas([star(40, 3, 0, 1), star(40, 0, 0, 1)])
        found = rules.judge(places([(1.3, 0)]), areas, 200_000, FRESH)
        assert found.distance_m.tolist()[0] == pytest.approx(min(on_the_sphere((1.3, 0), one) for one in areas), rel=0.02)


class TestAreas:
    def test_an_area_over_the_antimeridian_is_cut_and_keeps_its_size(self) -> None:
        box = {"type": "Polygon", "coordinates": [[[179, -1], [181.5, -1], [181.5, 1], [179, 1], [179, -1]]]}
        parts = rules.read_areas([box])
        assert [one.bounds for one in parts] == [(179, -1, 180, 1), (-180, -1, -178.5, 1)]

    def test_a_whole_turn_too_far_is_turned_back(self) -> None:
        box = {"type": "Polygon", "coordinates": [[[365, 0], [366, 0], [366, 1], [365, 1], [365, 0]]]}
        assert [one.bounds for one in rules.read_areas([box])] == [(5, 0, 6, 1)]

    def test_too_many_corners_are_refused(self) -> None:
        with pytest.raises(ValueError, match="too many corners"):
            rules.read_areas([star(rules.MOST_CORNERS + 1, 0, 0, 1)])
