"""Whom a warning concerns: each person by the best that is known of where they are, with the reason and the distance.

Nobody's place is certain, so nobody is left out for a place that is old, coarse or missing: they are told apart, not dropped.

- *inside*: a place that is still believed lies in the area (its edge included). One is enough, whatever other places say.
- *near*: not inside, but within `near_km`; or the place is so coarse that it may be inside (`may_be_inside`).
- *same country*: a believed place with a point, elsewhere in a country that is warned.
- *unknown*: in a country that is warned, but only the country is known, or every place is older than it is believed.

Measured on a million persons and 41,000 corners: docs of the service.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry
from shapely.geometry import shape

from contracts.text import Text
from services.registry.rules import Flag, PlaceKind

EARTH_M: Final = 6_371_008.8
DEGREE_M: Final = EARTH_M * np.pi / 180
# A place coarser than this says no more than its country.
COARSEST_M: Final = 100_000
NORTH_POLE: Final = 90.0
HALF_TURN: Final = 180.0
MOST_CORNERS: Final = 200_000
_BAND_DEGREES: Final = 4.0
_FINE_DEGREES: Final = 0.0005
_SIDE_DEGREES: Final = 0.25
# A point east of 180° and one west of it may be neighbours.
_TURNS: Final = (0.0, 360.0, -360.0)
_KINDS: Final = frozenset({"Polygon", "MultiPolygon"})
_NO_AREA: Final = Text(
    "An area is a GeoJSON Polygon or MultiPolygon (RFC 7946).", "এলাকা GeoJSON Polygon বা MultiPolygon (RFC 7946) হিসেবে দিন।"
)
_TOO_FINE: Final = Text("The areas have too many corners.", "এলাকার সীমারেখায় বিন্দুর সংখ্যা অতিরিক্ত।")


class Class(IntEnum):
    """The number is stored; the smaller is the more urgent."""

    INSIDE = 1
    NEAR = 2
    SAME_COUNTRY = 3
    UNKNOWN = 4

    @property
    def code(self) -> str:
        return self.name.lower()


class Why(IntEnum):
    """Why somebody is in a class. Stored together with the kind of the place that says so."""

    IN_AREA = 1
    WHOLE_COUNTRY = 2
    CLOSE_BY = 3
    MAY_BE_INSIDE = 4
    ELSEWHERE = 5
    ONLY_COUNTRY_KNOWN = 6
    PLACES_TOO_OLD = 7

    @property
    def code(self) -> str:
        return self.name.lower()


WHY_WORDS: Final[Mapping[Why, Text]] = {
    Why.IN_AREA: Text("stands in the area", "এলাকার ভেতরে আছেন"),
    Why.WHOLE_COUNTRY: Text("the whole country is warned", "পুরো দেশের জন্য সতর্কতা"),
    Why.CLOSE_BY: Text("is near the area", "এলাকার কাছে আছেন"),
    Why.MAY_BE_INSIDE: Text("may be in the area: the place is not exact", "এলাকার ভেতরে থাকতে পারেন: অবস্থান নির্দিষ্ট নয়"),
    Why.ELSEWHERE: Text("is elsewhere in the country", "দেশের অন্য জায়গায় আছেন"),
    Why.ONLY_COUNTRY_KNOWN: Text("only the country is known", "শুধু দেশ জানা আছে"),
    Why.PLACES_TOO_OLD: Text("what is known of the place is too old", "অবস্থানের তথ্য পুরোনো"),
}


# A million are judged at once: columns of one length, in the order of places.
Columns = NDArray[Any]
NOT_MEASURED: Final = -1
_FAR: Final = (1 << 32) - 1
_RANK_AT: Final = 48
_WHY_BITS: Final = 16


def reason_code(reason: int) -> str:
    """As it is told: why, and by which kind of place (`in_area:work_site`)."""
    why, kind = divmod(reason, _WHY_BITS)
    return f"{Why(why).code}:{PlaceKind(kind).code}"


def reason_words(reason: int, places: Mapping[str, Text]) -> Text:
    """`places`: what each kind of place is called."""
    why, kind = divmod(reason, _WHY_BITS)
    words, place = WHY_WORDS[Why(why)], places[PlaceKind(kind).code]
    en, bn = f"{words.en}: {place.en}", f"{words.bn}: {place.bn}"
    return Text(en, bn)


@dataclass(frozen=True, slots=True)
class Places:
    """Columns of equal length. `person` as two halves of its id; `lon`, `lat` are NaN where only the country is known; `age_s` in seconds.

    `in_country`: in one of the countries that are warned; others came only because their point lies in the box of an area.
    """

    person_high: Columns
    person_low: Columns
    kind: Columns
    flags: Columns
    lon: Columns
    lat: Columns
    accuracy_m: Columns
    age_s: Columns
    in_country: Columns


@dataclass(frozen=True, slots=True)
class People:
    """One row for each person, sorted by class; within one the vulnerable first. `reason`: see `reason_code`."""

    person_high: Columns
    person_low: Columns
    rank: Columns
    reason: Columns
    distance_m: Columns
    flags: Columns


def read_areas(areas: Sequence[Mapping[str, Any]]) -> list[Geometry]:
    """Valid, and within ±180°: what crosses the antimeridian is cut in two. Raises `ValueError(Text)`."""
    found: list[Geometry] = []
    for area in areas:
        if area.get("type") not in _KINDS:
            raise ValueError(_NO_AREA)
        try:
            geometry = shapely.force_2d(shape(area))
        except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError) as error:
            raise ValueError(_NO_AREA) from error
        corners = shapely.get_coordinates(geometry)
        if not len(corners) or not np.isfinite(corners).all() or np.abs(corners).max(axis=0)[1] > NORTH_POLE:
            raise ValueError(_NO_AREA)
        found.extend(_within_the_world(shapely.make_valid(geometry)))
    if sum(shapely.get_num_coordinates(one) for one in found) > MOST_CORNERS:
        raise ValueError(_TOO_FINE)
    return found


def _within_the_world(geometry: Geometry) -> Iterator[Geometry]:
    """A warning may say 180.4° and mean -179.6°."""
    west, _, east, _ = geometry.bounds
    first, last = int(np.floor((west + 180) / 360)), int(np.ceil((east + 180) / 360)) - 1
    for turn in range(first, max(first, last) + 1):
        world = shapely.box(360 * turn - 180, -90, 360 * turn + 180, 90)
        part = geometry if first == max(first, last) else shapely.intersection(geometry, world)
        moved = shapely.transform(part, lambda points, turn=turn: points - [360.0 * turn, 0.0]) if turn else part
        yield from (one for one in shapely.get_parts(moved) if shapely.get_dimensions(one) == 2)  # noqa: PLR2004 - a surface


Box = tuple[float, float, float, float]


def boxes(areas: Sequence[Geometry], margin_m: float) -> list[Box]:
    """West, south, east, north of what may be inside or near, for the first look in SQL; in two where the margin crosses ±180°."""
    found: list[Box] = []
    for area in areas:
        west, south, east, north = area.bounds
        south, north = max(-90.0, south - margin_m / DEGREE_M), min(90.0, north + margin_m / DEGREE_M)
        narrow = max(np.cos(np.radians(max(abs(south), abs(north)))), 0.01)
        west, east = west - margin_m / DEGREE_M / narrow, east + margin_m / DEGREE_M / narrow
        found.append((max(west, -HALF_TURN), south, min(east, HALF_TURN), north))
        if west < -HALF_TURN:
            found.append((west + 360, south, 180.0, north))
        if east > HALF_TURN:
            found.append((-180.0, south, east - 360, north))
    return found


def judge(places: Places, areas: Sequence[Geometry], near_m: float, fresh_s: Mapping[PlaceKind, float]) -> People:
    """`areas` as `read_areas` gives them; none means that the whole country is warned."""
    believed = places.age_s <= _by_kind(fresh_s)[places.kind]
    rank = np.full(len(places.kind), int(Class.UNKNOWN), np.int8)
    why = np.full(len(places.kind), int(Why.PLACES_TOO_OLD), np.int8)
    distance = np.full(len(places.kind), NOT_MEASURED, np.int64)
    if not areas:
        _put(rank, why, believed, Class.INSIDE, Why.WHOLE_COUNTRY)
    else:
        has_point = ~np.isnan(places.lon) & (places.accuracy_m <= COARSEST_M)
        _put(rank, why, believed & has_point, Class.SAME_COUNTRY, Why.ELSEWHERE)
        _put(rank, why, believed & ~has_point, Class.UNKNOWN, Why.ONLY_COUNTRY_KNOWN)
        _measure(places, np.flatnonzero(believed & has_point), areas, near_m, (rank, why, distance))
    concerned = places.in_country | (rank <= Class.NEAR)
    return _by_person(places, rank, why, distance, concerned)


def _by_kind(fresh_s: Mapping[PlaceKind, float]) -> Columns:
    table = np.zeros(max(PlaceKind) + 1)
    for kind, seconds in fresh_s.items():
        table[kind] = seconds
    return table


def _put(rank: Columns, why: Columns, where: Columns, to: Class, reason: Why) -> None:
    rank[where], why[where] = int(to), int(reason)


def _measure(places: Places, rows: Columns, areas: Sequence[Geometry], near_m: float, out: tuple[Columns, Columns, Columns]) -> None:
    """Exact: first the box of each area with what is near, then the area itself, then the way to its edge."""
    rank, why, distance = out
    for area in areas:
        mine = _may_reach(places, rows, area, near_m)
        shapely.prepare(area)
        inside = shapely.intersects_xy(area, places.lon[mine], places.lat[mine])
        _put(rank, why, mine[inside], Class.INSIDE, Why.IN_AREA)
        distance[mine[inside]] = 0
        others = mine[~inside & (rank[mine] > Class.INSIDE)]
        others = others[_may_be_close(places, others, area, near_m)]
        accuracy = places.accuracy_m[others]
        away = _metres_to_edge(area, places.lon[others], places.lat[others], float(max(near_m, accuracy.max(initial=0))))
        nearer = away < np.where(distance[others] < 0, np.inf, distance[others])
        _put(rank, why, others[nearer & (away <= near_m)], Class.NEAR, Why.CLOSE_BY)
        _put(rank, why, others[nearer & (away <= accuracy)], Class.NEAR, Why.MAY_BE_INSIDE)
        close = nearer & ((away <= near_m) | (away <= accuracy))
        distance[others[close]] = np.rint(away[close]).astype(np.int64)


def _may_reach(places: Places, rows: Columns, area: Geometry, near_m: float) -> Columns:
    """Rows within the box of the area, wider for each place by what is near to it or by how coarse it is."""
    west, south, east, north = area.bounds
    turns, roughly = _turns(area, COARSEST_M), np.zeros(len(rows), bool)
    for box in boxes([area], max(near_m, COARSEST_M)):
        roughly |= _in_box(places.lon[rows], places.lat[rows], box)
    rows = rows[roughly]
    lon, lat = places.lon[rows], places.lat[rows]
    up = np.maximum(near_m, places.accuracy_m[rows]) / DEGREE_M
    aside = up / np.maximum(np.cos(np.radians(np.minimum(np.abs(lat) + up, 89.4))), 0.01)
    within = np.zeros(len(rows), bool)
    for turn in turns:
        within |= (lon + turn >= west - aside) & (lon + turn <= east + aside)
    found: Columns = rows[within & (lat >= south - up) & (lat <= north + up)]
    return found


def _in_box(lon: Columns, lat: Columns, box: Box) -> Columns:
    west, south, east, north = box
    found: Columns = (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)
    return found


def _turns(area: Geometry, margin_m: float) -> tuple[float, ...]:
    return _TURNS if len(boxes([area], margin_m)) > 1 else _TURNS[:1]


def _may_be_close(places: Places, rows: Columns, area: Geometry, near_m: float) -> Columns:
    """A second, closer look for fine points: within a coarse outline of the area, widened by more than what is near.

    To ask 41,000 sides for the nearest one takes a hundred times as long.
    """
    south, north = np.clip([area.bounds[1] - 5, area.bounds[3] + 5], -89, 89)
    widest = near_m / DEGREE_M / np.cos(np.radians(max(abs(south), abs(north))))
    outline = shapely.buffer(shapely.simplify(area, max(widest / 10, _FINE_DEGREES)), 1.2 * widest + _FINE_DEGREES, quad_segs=4)
    shapely.prepare(outline)
    close = places.accuracy_m[rows] > near_m
    for turn in _turns(area, near_m):
        close |= shapely.intersects_xy(outline, places.lon[rows] + turn, places.lat[rows])
    return close


def _metres_to_edge(area: Geometry, lon: Columns, lat: Columns, most_m: float) -> Columns:
    """Great-circle metres to the nearest point of the edge; infinite where that is farther than some `most_m`.

    In bands of latitude, each flat in its own scale: within a band of 4° what is near is found to a few parts in a thousand at 30°
    of latitude, and the way there is then measured on the sphere.
    """
    away = np.full(len(lon), np.inf)
    sides = _sides(area)
    band = np.floor(lat / _BAND_DEGREES)
    for turn in _turns(area, most_m):
        for one in np.unique(band):
            rows = np.flatnonzero(band == one)
            away[rows] = np.minimum(away[rows], _in_band(sides, lon[rows] + turn, lat[rows], (one + 0.5) * _BAND_DEGREES, most_m))
    return away


def _sides(area: Geometry) -> Columns:
    """Each side of the edge as two corners, to half a hundred metres: nobody's place is known better than that.

    Long ones are cut: a straight line on a map is not the shortest way on the sphere.
    """
    edge = shapely.segmentize(shapely.boundary(shapely.simplify(area, _FINE_DEGREES)), _SIDE_DEGREES)
    points, line = shapely.get_coordinates(shapely.get_parts(edge), return_index=True)
    same = line[1:] == line[:-1]
    pairs: Columns = np.stack([points[:-1][same], points[1:][same]], axis=1)
    return pairs


def _in_band(sides: Columns, lon: Columns, lat: Columns, middle: float, most_m: float) -> Columns:
    scale = np.array([max(np.cos(np.radians(min(abs(middle), 89.0))), 0.01), 1.0])
    reach = most_m / DEGREE_M
    low, high = lat.min() - reach, lat.max() + reach
    mine = sides[(sides[:, :, 1].max(axis=1) >= low) & (sides[:, :, 1].min(axis=1) <= high)]
    if not len(mine):
        return np.full(len(lon), np.inf)
    tree = shapely.STRtree(shapely.linestrings(mine * scale))
    points = shapely.points(np.column_stack([lon, lat]) * scale)
    asked, found = tree.query_nearest(points, max_distance=reach * 1.1 + 1e-9, all_matches=False)
    nearest = shapely.get_point(shapely.shortest_line(points[asked], tree.geometries[found]), 1)
    to = shapely.get_coordinates(nearest) / scale
    away = np.full(len(lon), np.inf)
    away[asked] = _great_circle(lon[asked], lat[asked], to[:, 0], to[:, 1])
    return away


def _great_circle(lon: Columns, lat: Columns, to_lon: Columns, to_lat: Columns) -> Columns:
    a, b = np.radians(lat), np.radians(to_lat)
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(to_lon - lon) / 2) ** 2
    metres: Columns = 2 * EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return metres


def _by_person(places: Places, rank: Columns, why: Columns, distance: Columns, concerned: Columns) -> People:
    """Of each person the best place: by class, then by how closely the kind of the place tells, then by distance."""
    told = (rank.astype(np.int64) << 8 | places.kind) << 8 | why
    key = told << 32 | np.where(distance < 0, _FAR, distance)
    rows = np.flatnonzero(concerned)
    # The low half of a UUIDv7 is random: sorting by it alone groups persons, unless two share it.
    rows = rows[np.argsort(places.person_low[rows])]
    high, low = places.person_high[rows], places.person_low[rows]
    if bool(np.any((low[1:] == low[:-1]) & (high[1:] != high[:-1]))):
        rows = rows[np.lexsort((high, low))]
        high, low = places.person_high[rows], places.person_low[rows]
    if not len(rows):
        return People(high, low, *(np.zeros(0, np.int64) for _ in range(4)))
    starts = np.flatnonzero(np.concatenate([[True], (low[1:] != low[:-1]) | (high[1:] != high[:-1])]))
    best = np.minimum.reduceat(key[rows], starts)
    flags = np.bitwise_or.reduceat(places.flags[rows], starts)
    order = _vulnerable_first(best >> _RANK_AT, flags)
    best, flags, starts = best[order], flags[order], starts[order]
    far = best & _FAR
    reason = (best >> 32 & 0xFF) * _WHY_BITS + (best >> 40 & 0xFF)
    return People(high[starts], low[starts], best >> _RANK_AT, reason, np.where(far == _FAR, NOT_MEASURED, far), flags)


def _vulnerable_first(rank: Columns, flags: Columns) -> Columns:
    """Within a class by how much they have to bear: they are told first and are first on the wing's page."""
    burden = np.bitwise_count(flags).astype(np.uint8)
    order: Columns = np.argsort((rank.astype(np.uint8) << 3) | (len(Flag) - burden), kind="stable")
    return order


def counts(people: People) -> dict[str, int]:
    return {one.code: int(np.count_nonzero(people.rank == one)) for one in Class}


def vulnerable(people: People) -> dict[str, int]:
    """Among those inside and near: one person counts under each of their flags."""
    concerned = people.flags[people.rank <= Class.NEAR]
    return {one.code: int(np.count_nonzero(concerned & int(one))) for one in Flag}
