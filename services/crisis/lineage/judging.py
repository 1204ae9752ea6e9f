"""What follows from a message and from what it names, by the data in force: asked by whoever takes it in and by whoever plays it again.

Nothing here looks at a clock, a database or the network: the same message, the same neighbours and the same data give the same answer.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

import yaml
from pydantic import Field, TypeAdapter
from shapely import Geometry

from kit.dated import Dated
from services.crisis import hazards
from services.crisis.decisions import rules as decisions
from services.crisis.directory import Sources
from services.crisis.geometry.borders import borders
from services.crisis.geometry.rules import Footprint, footprint
from services.crisis.lineage.rules import Link, Node, Sketch, Weights, is_over, link
from services.crisis.warnings import countries
from services.crisis.warnings.cap import Message, MessageType
from services.crisis.warnings.countries import Concern, Evidence

DATA: Final = Path(__file__).parent / "data" / "links.yaml"
HAZARDS: Final = hazards.load()


class Linking(Dated):
    """When two warnings are shown as of one event, as dated data."""

    version: str
    since: date
    source: str = Field(min_length=1)
    illustrative: bool
    hazard: float = Field(ge=0, le=1)
    time: float = Field(ge=0, le=1)
    area: float = Field(ge=0, le=1)
    countries: float = Field(ge=0, le=1)
    linked: float = Field(gt=0, le=1)
    usual_hours: int = Field(ge=1, le=240)
    twin_minutes: int = Field(ge=1, le=1440)
    look_back_hours: int = Field(ge=1, le=240)

    @property
    def weights(self) -> Weights:
        return Weights(self.hazard, self.time, self.area, self.countries, self.linked, self.usual_hours, self.twin_minutes)


LINKING: Final = sorted(
    TypeAdapter(tuple[Linking, ...]).validate_python(yaml.safe_load(DATA.read_text("utf-8"))), key=lambda one: one.since, reverse=True
)


def linking_on(on: date) -> Linking:
    return next((one for one in LINKING if one.since <= on), LINKING[-1])


@dataclass(frozen=True, slots=True)
class Judged:
    """A message with where it holds, which countries it concerns, and what is compared of it."""

    message: Message
    footprint: Footprint
    concern: Concern
    sketch: Sketch
    expires: datetime | None
    defects: tuple[str, ...]
    hazards_version: str


def judge(message: Message, stated: tuple[str, ...], inherited: Collection[str], sources: Sources, on: date) -> Judged:
    """`inherited`: the countries of what it names. Raises what `countries` refuses."""
    known = hazards.in_force(HAZARDS, on)
    drawn = footprint(message, known.reach_km(message))
    concern = _concern(message, stated, tuple(sorted(inherited)), sources, drawn.shape)
    expires, is_by_kind = known.ends(message)
    defects = (*message.defects, *drawn.defects, *([hazards.EXPIRES_BY_KIND] if is_by_kind else []))
    sketch = _sketch(message, known.of(message), concern, drawn.shape, sources, expires)
    return Judged(message, drawn, concern, sketch, expires, defects, known.version)


def _concern(message: Message, stated: tuple[str, ...], inherited: tuple[str, ...], sources: Sources, shape: Geometry | None) -> Concern:
    """An Update or Cancel that does not say where concerns what it names; a Cancel of something unknown may concern nothing yet."""
    if message.type is MessageType.CANCEL and inherited and not stated:
        return Concern(inherited, Evidence.REFERENCE)
    concern = countries.concerned(message, stated, sources, lambda: borders().countries(shape) if shape is not None else frozenset())
    if concern.countries:
        return concern
    if inherited:
        return Concern(inherited, Evidence.REFERENCE)
    if message.type is MessageType.CANCEL:
        return countries.NOBODY
    raise countries.without_country()


def issuer_of(sender: str, sources: Sources) -> str:
    """The authority where its sender is registered: it may speak under several addresses."""
    source = sources.source_of(sender)
    return source.code if source else sender


def _sketch(message: Message, hazard: str, concern: Concern, shape: Geometry | None, sources: Sources, ends: datetime | None) -> Sketch:
    starts = [info.onset or info.effective or message.identity.sent for info in message.infos]
    return Sketch(
        identity=message.identity,
        issuer=issuer_of(message.identity.sender, sources),
        status=message.status,
        hazard=hazard,
        starts=min(starts, default=message.identity.sent),
        ends=ends,
        languages=frozenset(info.language.split("-")[0] for info in message.infos),
        countries=frozenset(concern.countries),
        incidents=frozenset(message.incidents),
        shape=shape,
    )


def node_of(judged: Judged, *, by_person: bool, vouched: bool) -> Node:
    message = judged.message
    return Node(
        identity=message.identity,
        status=message.status,
        type=message.type,
        ends=is_over(message),
        references=message.references,
        issuer=judged.sketch.issuer,
        by_person=by_person,
        vouched=by_person or vouched,
    )


def in_own_land(concern: Collection[str], shape: Geometry | None, jurisdiction: Collection[str]) -> bool:
    """By its countries, and by its shape where it has one: a code may say one country and the polygon another."""
    return decisions.within(concern, jurisdiction) and (shape is None or borders().within(shape, jurisdiction))


def linked(judged: Judged, others: Iterable[tuple[Sketch, int | None]], weights: Weights) -> tuple[list[tuple[Sketch, Link]], int | None]:
    """The warnings that may be of the same event, and the highest level at which its twin goes out already."""
    found = [(other, level, made) for other, level in others if (made := link(judged.sketch, other, weights))]
    levels = [level for _, level, made in found if made.twin and level is not None]
    return [(other, made) for other, _, made in found], max(levels, default=None)
