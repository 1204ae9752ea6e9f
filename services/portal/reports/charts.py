"""A division as a bar chart: plain SVG of presentation attributes alone, so that a strict Content-Security-Policy lets it stand.

Readable without colour: each quarter has a pattern of its own, and each bar says its number. A phone's width is the drawing's own: wider
screens draw it larger, never smaller.
"""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import leather
from leather import theme
from markupsafe import Markup

from services.portal.reports.rules import Cell, Row

WIDTH: Final = 340
ROW: Final = 34
MOST: Final = 12
_LONGEST: Final = 16
_AROUND: Final = 24
# Of the longest bar so much room again: its number stands behind it.
_HEADROOM: Final = 1.5
_INK: Final = "#0b0c0c"

# The library's looks are settings of its module; this is the only place that draws.
theme.background_color = "none"
theme.margin = 0.0
theme.tick_font_size = 13
theme.tick_font_char_width = 8
theme.label_color = theme.zero_color = _INK
theme.tick_color = "none"


@dataclass(frozen=True, slots=True)
class Words:
    """`name` and `number` write a code and a number in the language of the page."""

    title: str
    description: str
    left_out: str
    name: Callable[[str], str]
    number: Callable[[int], str]


def shown(rows: Sequence[Row]) -> list[Row]:
    """The largest that are told; who is not among them stands in the table."""
    return [row for row in rows if any(row.cells)][:MOST]


def chart(rows: Sequence[Row], words: Words, identity: str) -> Markup:
    """Of at least one row that is told. `identity` keeps the names of its parts apart from those of another chart on the page."""
    bars = [(row.cells[place] or 0, f"{row.code}/{place}") for row in rows for place in range(len(row.cells))]
    fills = {key: f"url(#{identity}-{key.rpartition('/')[2]})" for _, key in bars}
    top = max(number for number, _ in bars)
    drawing = leather.Chart()
    drawing.add_bars(bars, fill_color=lambda bar: fills[bar.y])
    drawing.add_x_scale(0, top * _HEADROOM)
    drawing.add_x_axis(ticks=[0], tick_formatter=lambda *_: "")
    drawing.add_y_axis(tick_formatter=lambda key, *_: _name(key, words))
    height = _AROUND + ROW * len(bars) // 2
    root = ET.Element("svg", {"viewBox": f"0 0 {WIDTH} {height}", "role": "img", "class": "app-chart"})
    root.set("xmlns", "http://www.w3.org/2000/svg")
    root.set("aria-labelledby", f"{identity}-title {identity}-description")
    for tag, text in (("title", words.title), ("desc", words.description)):
        ET.SubElement(root, tag, {"id": f"{identity}-{'title' if tag == 'title' else 'description'}"}).text = text
    root.append(_patterns(identity))
    group = drawing.to_svg_group(WIDTH, height)
    _say_numbers(group, list(chain.from_iterable(reversed(row.cells) for row in reversed(rows))), words)
    for element in group.iter():
        element.attrib.pop("font-family", None)
    root.append(group)
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704 - made of elements, whose text is escaped


def _name(key: str, words: Words) -> str:
    """Beside the first bar of its group; shortened, for the table tells the whole."""
    code, _, place = key.rpartition("/")
    name = words.name(code) if place == "0" else ""
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _say_numbers(group: ET.Element, cells: Sequence[Cell], words: Words) -> None:
    """Behind each bar. The library draws bars from the last to the first."""
    bars = next(one for one in group.iter("g") if one.get("class") == "series bars")
    for bar, facts in zip(list(bars), cells, strict=True):
        middle = float(bar.get("y", "0")) + float(bar.get("height", "0")) / 2
        end = float(bar.get("x", "0")) + float(bar.get("width", "0"))
        label = ET.SubElement(bars, "text", {"x": f"{end + 5:.1f}", "y": f"{middle:.1f}", "dy": "0.35em", "font-size": "12", "fill": _INK})
        label.text = words.left_out if facts is None else words.number(facts)
        bar.set("stroke", _INK)


def _patterns(identity: str) -> ET.Element:
    """Solid for the first quarter, stripes for the second."""
    defs = ET.Element("defs")
    for place in range(2):
        pattern = ET.SubElement(
            defs, "pattern", {"id": f"{identity}-{place}", "width": "6", "height": "6", "patternUnits": "userSpaceOnUse"}
        )
        ET.SubElement(pattern, "rect", {"width": "6", "height": "6", "fill": "#00573f" if place == 0 else "#ffffff"})
        if place == 1:
            ET.SubElement(pattern, "path", {"d": "M0,6 L6,0", "stroke": _INK, "stroke-width": "1.5"})
    return defs
