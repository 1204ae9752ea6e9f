"""What goes out of the API of evidence."""

from typing import Self

from pydantic import BaseModel

from contracts.text import Bilingual, Text
from services.monitor.evidence.rules import Dimension, Table, told

METHOD = Text(
    "Facts, not people. Counts of fewer than ten are left out, and so many more that none can be worked out. A quarter is divided once"
    " its returns are in, and not changed afterwards: what comes later is told as late. Cases that need protection are in no division.",
    "সংখ্যাগুলো ঘটনার, মানুষের নয়। দশের কম সংখ্যা দেখানো হয় না এবং যাতে হিসাব করে বের করা না যায় সে জন্য আরও কিছু সংখ্যা বাদ থাকে।"
    " তথ্য আসার সময় পার হলে ত্রৈমাসিকের বিভাজন প্রকাশ করা হয়, পরে তা বদলায় না: পরে আসা তথ্য বিলম্বিত হিসেবে দেখানো হয়।"
    " সুরক্ষা প্রয়োজন এমন ঘটনা কোনো বিভাজনে থাকে না।",
)


class PartOut(BaseModel):
    """`code` is empty or `unknown` where the fact does not tell. `facts` null: left out."""

    code: str
    facts: int | None


class TableOut(BaseModel):
    """`reason`: why this kind of fact counts for the activity."""

    event_type: str
    reason: Bilingual
    facts: int | None
    late: int | None
    parts: list[PartOut]

    @classmethod
    def of(cls, table: Table, late: int, reason: Text) -> Self:
        parts = [PartOut(code=code, facts=facts) for code, facts in sorted(table.parts.items())]
        return cls(event_type=table.event_type, reason=Bilingual.of(reason), facts=table.facts, late=told(late), parts=parts)


class FiguresOut(BaseModel):
    activity: str
    quarter: str
    by: Dimension
    tables: list[TableOut]
    method: Bilingual
