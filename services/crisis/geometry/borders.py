"""In which countries a shape lies, by borders as they are drawn in fact (decision 0016). Offline; read once.

The borders are those of who runs a place day by day: they say which mission answers there, and nothing of whose it is by right.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import shapely
from shapely import Geometry, STRtree
from shapely.geometry import shape as read_shape

from contracts.places import COUNTRIES

DATA: Final = Path(__file__).parent / "data" / "borders.json"
# A polygon drawn roughly laps over a border: a country counts from this part of the shape on, or where this much of the country is in it.
LEAST_OF_SHAPE: Final = 0.05
LEAST_OF_COUNTRY: Final = 0.25
# How much of the land under a warning may be foreign while it is still within its issuer's own jurisdiction.
LAPS_OVER: Final = 0.1


@dataclass(frozen=True, slots=True)
class Territory:
    """`country`: ISO 3166-1 alpha-2. `parent`: the state that it belongs to, where it has a code of its own (PR of US)."""

    country: str
    parent: str
    land: Geometry


class Borders:
    def __init__(self, territories: Iterable[Territory]) -> None:
        self._territories = tuple(territories)
        self._tree = STRtree([one.land for one in self._territories])
        self._areas = _summed((one.country, one.land.area) for one in self._territories)

    def countries(self, shape: Geometry) -> frozenset[str]:
        """Of a point: the country that it lies in. Of a surface: those of which it holds more than a strip. At sea: none."""
        if shape.area == 0:
            return frozenset(one.country for one in self._touched(shape))
        within = _summed((one.country, part) for one, part in self._land_under(shape))
        return frozenset(
            country
            for country, part in within.items()
            if part >= LEAST_OF_SHAPE * sum(within.values()) or part >= LEAST_OF_COUNTRY * self._areas[country]
        )

    def within(self, shape: Geometry, jurisdiction: Collection[str]) -> bool:
        """Whether the land under a shape is that of the jurisdiction, but for a strip beyond a border. The sea is nobody's."""
        under = list(self._land_under(shape))
        total = sum(part for _, part in under)
        own = sum(part for one, part in under if one.country in jurisdiction or one.parent in jurisdiction)
        return total == 0 or total - own <= LAPS_OVER * total

    def land_of(self, countries: Collection[str]) -> Iterator[Geometry]:
        """All land of these countries, a part under another code of its own left out."""
        return (one.land for one in self._territories if one.country in countries)

    def within_sight(self, frame: Geometry) -> Iterator[tuple[str, Geometry]]:
        """Each country's land that reaches into a frame, cut to it."""
        return ((one.country, one.land.intersection(frame)) for one in self._touched(frame))

    def _touched(self, shape: Geometry) -> Iterator[Territory]:
        return (self._territories[place] for place in self._tree.query(shape, predicate="intersects"))

    def _land_under(self, shape: Geometry) -> Iterator[tuple[Territory, float]]:
        for one in self._touched(shape):
            if (part := shape.intersection(one.land).area) > 0:
                yield one, part


@lru_cache(maxsize=1)
def borders() -> Borders:
    features = json.loads(DATA.read_text("utf-8"))["features"]
    return Borders(one for feature in features if (one := _territory(feature)))


def _territory(feature: Mapping[str, Any]) -> Territory | None:
    """Unions of countries have no land of their own; land without a code (Bir Tawil) has no mission."""
    properties = feature["properties"]
    own, parent = properties.get("iso1A2", ""), properties.get("country", "")
    country = own if own in COUNTRIES else parent
    if feature["geometry"] is None or country not in COUNTRIES:
        return None
    land = read_shape(feature["geometry"])
    shapely.prepare(land)
    return Territory(country, parent or country, land)


def _summed(parts: Iterable[tuple[str, float]]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for country, part in parts:
        sums[country] = sums.get(country, 0.0) + part
    return sums
