"""A small map of a warning: its area, what is near it and the land around, as paths in one plane. Pure; nothing is fetched for it.

Drawn in kilometres around the middle of the frame (equirectangular, true along its middle parallel: within a country or two the eye sees
no difference), so that a distance can be read off by its bar. Borders are those of who runs a place day by day (decision 0016).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

import shapely
from shapely import Geometry, Polygon, box, from_wkb
from shapely.geometry.base import BaseMultipartGeometry

from services.crisis.geometry.borders import borders
from services.crisis.geometry.rules import KM_OF_A_DEGREE

WIDTH: Final = 640
# So much around the area, and at least so much land in sight: an area alone says nothing.
MARGIN: Final = 0.35
LEAST_KM: Final = 40.0
SHAPES: Final = (0.6, 1.1)  # height to width: a phone is narrow, and its page is read on
LEAST_LABELLED: Final = 0.04
LOCATOR: Final = 190
LARGEST_LOCATED: Final = 0.05
ROUND: Final = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Layer:
    """`kind`: land, warned (the land of the warning's countries), near, area; in the order in which they are painted."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Label:
    country: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Locator:
    """The warning's countries whole and small, and where in them the area lies: a valley alone tells nobody where it is."""

    width: int
    height: int
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """In units of the drawing, the origin above on the left. `bar_km` is as long as `bar`. `wide_km`, `high_km`: of the area itself."""

    width: int
    height: int
    layers: tuple[Layer, ...]
    labels: tuple[Label, ...]
    bar_km: float
    bar: float
    wide_km: float | None
    high_km: float | None
    locator: Locator | None


@dataclass(frozen=True, slots=True)
class Plane:
    """Kilometres east and south of a point."""

    longitude: float
    latitude: float

    def flat(self, shape: Geometry) -> Geometry:
        east = KM_OF_A_DEGREE * math.cos(math.radians(self.latitude))
        return shapely.transform(shape, lambda at: (at - (self.longitude, self.latitude)) * (east, -KM_OF_A_DEGREE))

    def degrees(self, west: float, north: float, east: float, south: float) -> Polygon:
        """The frame on the globe: from kilometres back to degrees."""
        wide = KM_OF_A_DEGREE * max(0.05, math.cos(math.radians(self.latitude)))
        high = KM_OF_A_DEGREE
        return box(self.longitude + west / wide, self.latitude - south / high, self.longitude + east / wide, self.latitude - north / high)


@lru_cache(maxsize=128)
def drawn(area: bytes | None, countries: tuple[str, ...], near_km: float) -> Drawing | None:
    """`area`: WKB of a warning's shape; without one the land of its countries is what is drawn. None where neither is known."""
    shape = from_wkb(area) if area else None
    subject = shape if shape is not None else _together(borders().land_of(countries))
    if subject is None or subject.is_empty:
        return None
    west, south, east, north = subject.bounds
    plane = Plane((west + east) / 2, (south + north) / 2)
    flat = plane.flat(subject)
    near = flat.buffer(near_km) if shape is not None and near_km > 0 else None
    frame = _frame((near if near is not None else flat).bounds)
    scale = WIDTH / (frame[2] - frame[0])
    layers, labels = _land(plane, frame, scale, countries)
    if shape is not None:
        layers += [Layer(kind, _path(one, frame, scale)) for kind, one in (("near", near), ("area", flat)) if one is not None]
    bar_km = _bar((frame[2] - frame[0]) / 3)
    return Drawing(
        width=WIDTH,
        height=round((frame[3] - frame[1]) * scale),
        layers=tuple(one for one in layers if one.path),
        labels=tuple(labels),
        bar_km=bar_km,
        bar=round(bar_km * scale, 1),
        wide_km=round(flat.bounds[2] - flat.bounds[0], 1) if shape is not None else None,
        high_km=round(flat.bounds[3] - flat.bounds[1], 1) if shape is not None else None,
        locator=_locator(subject, countries) if shape is not None else None,
    )


def _locator(shape: Geometry, countries: Sequence[str]) -> Locator | None:
    """None where the area is so large that the map itself shows the countries."""
    land = _together(borders().land_of(countries))
    if land is None or shape.area > LARGEST_LOCATED * land.area:
        return None
    west, south, east, north = land.bounds
    plane = Plane((west + east) / 2, (south + north) / 2)
    flat = plane.flat(land)
    left, top, right, bottom = flat.bounds
    scale = LOCATOR / max(right - left, bottom - top)
    frame = (left, top, right, bottom)
    at = _placed(plane.flat(shape.centroid), frame, scale)
    return Locator(round((right - left) * scale), round((bottom - top) * scale), _path(flat, frame, scale), *at)


def _together(lands: Iterable[Geometry]) -> Geometry | None:
    parts = list(lands)
    return shapely.union_all(parts) if parts else None


Box = tuple[float, float, float, float]


def _frame(bounds: Sequence[float]) -> Box:
    """Around a shape, with a margin, wide enough to recognise something, neither a strip nor a tower."""
    left, top, right, bottom = bounds
    wide, high = (max(LEAST_KM, (end - start) * (1 + 2 * MARGIN)) for start, end in ((left, right), (top, bottom)))
    wide = max(wide, high / SHAPES[1])
    high = max(high, wide * SHAPES[0])
    x, y = (left + right) / 2, (top + bottom) / 2
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _land(plane: Plane, frame: Box, scale: float, countries: Sequence[str]) -> tuple[list[Layer], list[Label]]:
    window, size = box(*frame), (frame[2] - frame[0]) * (frame[3] - frame[1])
    paths: dict[str, str] = {"land": "", "warned": ""}
    labels = []
    for country, land in borders().within_sight(plane.degrees(frame[0], frame[1], frame[2], frame[3])):
        seen = plane.flat(land).intersection(window)
        paths["warned" if country in countries else "land"] += _path(seen, frame, scale)
        if seen.area >= LEAST_LABELLED * size:
            at = _placed(seen.representative_point(), frame, scale)
            labels.append(Label(country, *at))
    return [Layer(kind, path) for kind, path in paths.items()], labels


def _placed(point: Any, frame: Box, scale: float) -> tuple[float, float]:
    return round((point.x - frame[0]) * scale, 1), round((point.y - frame[1]) * scale, 1)


def _path(shape: Geometry, frame: Box, scale: float) -> str:
    """Half a unit is what an eye sees on a phone: corners within it are left out."""
    placed = shapely.transform(shape.simplify(0.5 / scale), lambda at: (at - (frame[0], frame[1])) * scale)
    return "".join(_ring(ring.coords) for one in _polygons(placed) for ring in (one.exterior, *one.interiors))


def _ring(corners: Iterable[Sequence[float]]) -> str:
    points = [(round(corner[0]), round(corner[1])) for corner in corners]
    distinct = [points[0], *(after for before, after in pairwise(points) if after != before)]
    return f"M{' '.join(f'{x},{y}' for x, y in distinct[:-1])}Z" if len(distinct) > 3 else ""  # noqa: PLR2004 - a surface has three corners


def _polygons(shape: Geometry) -> Iterable[Polygon]:
    if isinstance(shape, Polygon):
        return [] if shape.is_empty else [shape]
    if isinstance(shape, BaseMultipartGeometry):
        return [one for part in shape.geoms for one in _polygons(part)]
    return []


def _bar(longest: float) -> float:
    """The longest round number of kilometres within it: 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(longest))
    return max(one * power for one in ROUND if one * power <= longest)
