"""What is open for anybody, as tables, and how a package describes them (Frictionless Data Package, version 1).

The framework promises a database whose state any stakeholder can follow. Nothing is told here that the figures' own page does not tell: a
count that is left out there is marked here as left out, and never becomes a zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, Literal

from contracts.framework.activity_map import ActivityMap
from contracts.framework.register import Register
from contracts.text import Text
from kit.errors import NotFoundError
from services.monitor.committees.rules import Summed
from services.monitor.evidence.rules import UNKNOWN, Division
from services.monitor.opendata.lists import Column, Dictionary, Table

Cell = str | int | None
Row = tuple[Cell, ...]
Format = Literal["csv", "json"]
WHOLE: Final = "all"
DESCRIPTOR: Final = "datapackage.json"
NO_ROWS: Final = b"[]"


class UnknownFileError(NotFoundError):
    slug = "unknown-open-data"
    title = Text(
        "The open data has no such file. datapackage.json lists those that it has.",
        "উন্মুক্ত তথ্যে এই নামে কোনো ফাইল নেই। কোন কোন ফাইল আছে তা datapackage.json-এ পাবেন।",
    )


def register_rows(register: Register, known: ActivityMap) -> dict[str, list[Row]]:
    """The framework's register and the map of evidence, by table; columns in the order of the dictionary."""
    activities = register.activities
    return {
        "goals": [(one.id, one.kind, one.title.en, one.title.bn) for one in register.goals],
        "indicators": [(one.id, one.goal, one.title.en, one.title.bn) for one in register.indicators],
        "sub-indicators": [(one.id, one.indicator, one.baseline, one.title.en, one.title.bn) for one in register.sub_indicators],
        "actors": [(one.id, one.name.en, one.name.bn) for one in register.actors],
        "activities": [
            (one.id, one.goal, one.indicator, one.timeline, _listed(one.judged), _listed(one.akin), one.title.en, one.title.bn)
            for one in activities
        ],
        "activity-actors": [
            (one.id, actor, role) for one in activities for role, held in (("lead", one.lead), ("co_lead", one.co_lead)) for actor in held
        ],
        "activity-sub-indicators": [(one.id, served) for one in activities for served in one.sub_indicators],
        "crosswalk": [
            (row.goal, scheme, reference, _boolean(whether=row.judged))
            for row in register.crosswalk.goals
            for scheme, found in (
                ("gcm_objective", row.gcm_objectives),
                ("gcm_paragraph", row.gcm_paragraphs),
                ("mcof_goal", row.mcof_goals),
            )
            for reference in found
        ],
        "evidence-map": [
            (one.event, one.activity, one.since.isoformat(), one.until.isoformat() if one.until else None, one.reason.en, one.reason.bn)
            for one in known.entries
        ],
    }


def figure_rows(quarter: str, divisions: Iterable[Division]) -> list[Row]:
    """The whole of each kind once, then its parts, one dimension after the other. What counts nobody has no row."""
    rows: dict[Row, Row] = {}
    for activity, dimension, table in divisions:
        parts = sorted((code or UNKNOWN, facts) for code, facts in table.parts.items())
        cells = [(WHOLE, WHOLE, table.facts)] if table.facts != 0 else []
        for by, code, facts in [*cells, *((dimension.value, code, facts) for code, facts in parts)]:
            key = (activity, quarter, table.event_type, by, code)
            rows[key] = (*key, facts, _boolean(whether=facts is None))
    return sorted(rows.values(), key=lambda row: [str(cell) for cell in row[:5]])


def committee_rows(quarter: str, sums: Mapping[str, Summed]) -> list[Row]:
    """One row for all, then one for each district; none where nothing was returned."""
    return [
        (quarter, code, one.upazilas, one.unions, one.formed, one.met, one.trained, one.referred, _boolean(whether=one.referred is None))
        for code, one in sums.items()
        if one.upazilas
    ]


def as_records(table: Table, rows: Sequence[Row]) -> list[dict[str, object]]:
    """The same as JSON says it: booleans are booleans."""
    names = list(table.columns)
    truths = {name for name, column in table.columns.items() if column.type == "boolean"}
    return [{name: cell == "true" if name in truths else cell for name, cell in zip(names, row, strict=True)} for row in rows]


def descriptor(dictionary: Dictionary, quarter: str, version: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    """`files`: what the package consists of, by name; CSV with size and hash, so that a receiver can prove it whole.

    A table of JSON without a row is at its address and not in the list: a validator cannot tell its columns, and calls it broken.
    """
    return {
        "profile": "data-package",
        "name": f"bd-migration-governance-{quarter.lower()}",
        "version": version,
        "quarter": quarter,
        **_told(dictionary.title, dictionary.description),
        "resources": [
            _resource(name, kind, table, files[f"{name}.{kind}"])
            for name, table in dictionary.tables.items()
            for kind in ("csv", "json")
            if files[f"{name}.{kind}"] != NO_ROWS
        ],
    }


def _resource(name: str, kind: str, table: Table, content: bytes) -> dict[str, Any]:
    text: dict[str, Any] = {"mediatype": "application/json"}
    if kind == "csv":  # of JSON the usual validator counts no bytes, and would call any number wrong
        text = {
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": len(content),
            "hash": f"sha256:{sha256(content).hexdigest()}",
        }
    return {
        "profile": "tabular-data-resource",
        "name": name if kind == "csv" else f"{name}-json",
        "path": f"{name}.{kind}",
        "format": kind,
        **text,
        **_told(table.title, table.description),
        "schema": {
            "fields": [_field(column_name, column) for column_name, column in table.columns.items()],
            "primaryKey": list(table.key),
            "foreignKeys": [
                {"fields": [column_name], "reference": {"resource": column.refers_to, "fields": ["id"]}}
                for column_name, column in table.columns.items()
                if column.refers_to
            ],
        },
    }


def _field(name: str, column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": not column.optional} | ({"enum": list(column.enum)} if column.enum else {})
    return {"name": name, "type": column.type, **_told(column.title, column.description), "constraints": constraints}


def _told(title: Text, description: Text | None) -> dict[str, str]:
    """A package has one language of its own; the other stands beside it, with the language after an @."""
    told = {"title": title.en, "title@bn": title.bn}
    return told | ({"description": description.en, "description@bn": description.bn} if description else {})


def _listed(values: Sequence[str]) -> str | None:
    return " ".join(values) or None


def _boolean(*, whether: bool) -> str:
    return "true" if whether else "false"
