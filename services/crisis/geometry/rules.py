"""Where a warning holds: CAP's polygons and circles as shapes on the globe (WGS 84, longitude before latitude). Pure.

Degrade, do not discard (OASIS CAP 1.2 §3.2.4 says how they are written; real messages do not keep to it): a ring is closed, brackets are
read over, a longitude beyond ±180° is carried round the globe, a circle of radius 0 gets the reach of its danger. A shape that says nothing
usable makes the warning one for its whole countries, and is named in `defects`: too many told costs less than somebody not told.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import shapely
from shapely import Geometry, MultiPolygon, Point, Polygon, box
from shapely.errors import GEOSException
from shapely.geometry import mapping

from services.crisis.warnings.cap import Area, Message

EARTH_KM: Final = 6371.0088
KM_OF_A_DEGREE: Final = math.pi * EARTH_KM / 180
CORNERS_OF_CIRCLE: Final = 64
MOST_CORNERS: Final = 2_000
LARGEST_RADIUS_KM: Final = 3_000.0
POINT_KM: Final = 1.0
_WHOLE_TURN: Final = 360.0
_DECIMALS: Final = 9  # a tenth of a millimetre; what is finer only makes shapes that no library can cut
_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")

Corner = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Footprint:
    """`shape` is None where the whole of the warning's countries is meant: no area, or not every area, has one that can be used."""

    shape: MultiPolygon | None
    defects: tuple[str, ...] = ()


NOWHERE: Final = Footprint(None)


def footprint(message: Message, reach_km: float) -> Footprint:
    """The areas of all languages together: they say the same thing twice, or each a part of it."""
    shapes: dict[str, MultiPolygon] = {}
    defects: dict[str, None] = {}
    whole = False
    for area in message.areas:
        drawn = list(_shapes_of(area, reach_km, defects))
        whole = whole or not drawn or any(shape is None for _, shape in drawn)
        shapes |= {text: shape for text, shape in drawn if shape is not None}
    if not shapes:
        return Footprint(None, tuple(defects))
    if whole:
        return Footprint(None, (*defects, "area-without-shape"))
    together = shapely.union_all(list(shapes.values())) if len(shapes) > 1 else next(iter(shapes.values()))
    return Footprint(_few_corners(_surfaces(together), defects), tuple(defects))


def _shapes_of(area: Area, reach_km: float, defects: dict[str, None]) -> Iterator[tuple[str, MultiPolygon | None]]:
    """None for one that cannot be read; an empty element says nothing and is passed over."""
    yield from ((text, polygon(text, defects)) for text in area.polygons if text)
    yield from ((text, circle(text, reach_km, defects)) for text in area.circles if text)


def polygon(text: str, defects: dict[str, None]) -> MultiPolygon | None:
    """From `latitude,longitude` pairs; None where fewer than three corners can be read or the ring encloses nothing."""
    corners = list(_corners(text, defects))
    if corners and corners[0] != corners[-1]:
        defects["polygon-not-closed"] = None
        corners.append(corners[0])
    if len(set(corners)) < 3:  # noqa: PLR2004 - a surface has three corners
        defects["polygon-unreadable"] = None
        return None
    ring = _carried_on(corners)
    if any(abs(longitude) > 180 for longitude, _ in ring):  # noqa: PLR2004 - degrees
        defects["longitude-carried-round"] = None
    shape = _mended(Polygon(ring), defects)
    if shape.is_empty:
        defects["polygon-unreadable"] = None
        return None
    return shape


def circle(text: str, reach_km: float, defects: dict[str, None]) -> MultiPolygon | None:
    """From `latitude,longitude radius` (km). Twelve of fourteen real ones have the radius 0: a point, with the danger around it."""
    numbers = [float(one) for one in _NUMBER.findall(text)]
    if len(numbers) < 2 or not _is_latitude(numbers[0]):  # noqa: PLR2004 - a point has two
        defects["circle-unreadable"] = None
        return None
    latitude, longitude, *rest = numbers
    radius = rest[0] if rest else 0.0
    if not 0 < radius <= LARGEST_RADIUS_KM:
        defects["circle-without-radius" if radius <= 0 else "circle-too-wide"] = None
        radius = reach_km if radius <= 0 else LARGEST_RADIUS_KM
    return around(_near_zero(longitude), latitude, radius)


def around(longitude: float, latitude: float, radius_km: float) -> MultiPolygon:
    """All points within a distance on the sphere. Around a pole that is every longitude."""
    angle = radius_km / EARTH_KM
    reach = math.degrees(angle)
    if abs(latitude) + reach >= 90:  # noqa: PLR2004 - degrees
        cap = (latitude - reach, 90.0) if latitude > 0 else (-90.0, latitude + reach)
        return MultiPolygon([box(-180, cap[0], 180, cap[1])])
    lat = math.radians(latitude)
    ring: list[Corner] = []
    for step in range(CORNERS_OF_CIRCLE):
        bearing = 2 * math.pi * step / CORNERS_OF_CIRCLE
        there = math.asin(math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(bearing))
        east = math.sin(bearing) * math.sin(angle) * math.cos(lat)
        turn = math.atan2(east, math.cos(angle) - math.sin(lat) * math.sin(there))
        ring.append((longitude + math.degrees(turn), math.degrees(there)))
    return _surfaces(_wrapped(Polygon(ring)))


def overlap(one: Geometry, other: Geometry) -> float:
    """How much of the smaller lies in the other, 0 to 1."""
    smaller = min(one.area, other.area)
    return float(one.intersection(other).area / smaller) if smaller > 0 else 0.0


def geojson(shape: MultiPolygon) -> dict[str, Any]:
    """RFC 7946, to a metre or so: more places would pretend to know more."""
    return dict(mapping(shapely.set_precision(shape, 1e-5, mode="valid_output")))


def _corners(text: str, defects: dict[str, None]) -> Iterator[Corner]:
    """Numbers in pairs, whatever stands between them: `(12,50)`, `12, 50`, a comma too many. A pair off the globe is left out."""
    numbers = [float(one) for one in _NUMBER.findall(text)]
    if re.search(r"[^\d\s,.eE+-]", text):
        defects["polygon-stray-signs"] = None
    if len(numbers) % 2:
        defects["polygon-odd-numbers"] = None
        return
    for latitude, longitude in zip(numbers[::2], numbers[1::2], strict=True):
        if _is_latitude(latitude) and abs(longitude) <= _WHOLE_TURN:
            yield round(longitude, _DECIMALS), round(latitude, _DECIMALS)
        else:
            defects["corner-off-the-globe"] = None


def _mended(raw: Polygon, defects: dict[str, None]) -> MultiPolygon:
    """What a ring that crosses itself encloses. Where no mending succeeds, all that lies between its corners: nobody inside falls out."""
    if not raw.is_valid:
        defects["polygon-mended"] = None
    with suppress(GEOSException):
        shape = _surfaces(_wrapped(raw if raw.is_valid else shapely.make_valid(raw)))
        if shape.is_valid:
            return shape
    defects["polygon-mended"] = None
    return _surfaces(_wrapped(raw.convex_hull))


def _carried_on(ring: Sequence[Corner]) -> list[Corner]:
    """Each corner by the short way from the one before: a ring over the date line does not run back round the whole globe.

    A step of exactly one turn is left: it is the edge of a map of the whole world.
    """
    carried = [ring[0]]
    for (before, _), (longitude, latitude) in pairwise(ring):
        last = carried[-1][0]
        step = longitude - before
        short = step if abs(step) == _WHOLE_TURN else (step + 180) % _WHOLE_TURN - 180
        carried.append((last + short, latitude))
    return carried


def _wrapped(shape: Geometry) -> Geometry:
    """What lies beyond ±180° comes in again on the other side."""
    west, _, east, _ = shape.bounds
    if west >= -180 and east <= 180:  # noqa: PLR2004 - degrees
        return shape
    parts = []
    for turn in range(math.floor((west + 180) / _WHOLE_TURN), math.floor((east + 180) / _WHOLE_TURN) + 1):
        start = -180 + turn * _WHOLE_TURN
        part = shape.intersection(box(start, -90, start + _WHOLE_TURN, 90))
        parts.append(shapely.transform(part, lambda points, by=turn * _WHOLE_TURN: points - (by, 0)))
    return shapely.union_all(parts)


def _surfaces(shape: Geometry) -> MultiPolygon:
    """Only what encloses something: mending a ring that crosses itself may leave lines and points."""
    return MultiPolygon([one for one in _parts(shape) if isinstance(one, Polygon) and not one.is_empty])


def _parts(shape: Geometry) -> Iterable[Geometry]:
    for one in shapely.get_parts(shape).tolist():
        yield from (_parts(one) if one.geom_type in {"MultiPolygon", "GeometryCollection"} else [one])


def _few_corners(shape: MultiPolygon, defects: dict[str, None]) -> MultiPolygon:
    """Drawn with fewer corners from fifty metres on, and widened by as much, so that nobody inside falls out."""
    if shapely.get_num_coordinates(shape) <= MOST_CORNERS:
        return shape
    defects["corners-reduced"] = None
    slack = 0.0005
    while True:
        rough = _surfaces(shapely.make_valid(shape.simplify(slack).buffer(slack, join_style="mitre", mitre_limit=2)))
        if shapely.get_num_coordinates(rough) <= MOST_CORNERS:
            return _surfaces(_wrapped(rough).intersection(box(-180, -90, 180, 90)))
        slack *= 2


def point(longitude: float, latitude: float) -> Point:
    return Point(_near_zero(longitude), latitude)


def _near_zero(longitude: float) -> float:
    return (longitude + 180) % _WHOLE_TURN - 180


def _is_latitude(value: float) -> bool:
    return -90 <= value <= 90  # noqa: PLR2004 - degrees
