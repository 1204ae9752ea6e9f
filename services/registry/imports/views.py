"""What readers of imports are shown."""

from collections.abc import Iterable
from typing import Any, Final

from contracts.text import Bilingual, Text
from kit.crypto import Keyring
from services.registry.imports.models import ImportReport, NationalImport
from services.registry.imports.rows.lists import LISTS
from services.registry.imports.rows.problems import PROBLEMS, Found
from services.registry.imports.rules import WORKED_ON, State, seconds_left
from services.registry.imports.schemas import ImportOut, ReportRow, RowProblem

NAME: Final = "national_import.name"
BECAUSE: Final = "national_import.because"
STATE_WORDS: Final = {
    State.RECEIVING: Text("Arriving", "আসছে"),
    State.RECEIVED: Text("Arrived; its columns are to be confirmed", "এসেছে; কলামগুলো নিশ্চিত করতে হবে"),
    State.JUDGING: Text("Being checked row by row", "সারি ধরে যাচাই চলছে"),
    State.JUDGED: Text("Checked; waits for a colleague to release it", "যাচাই শেষ; সহকর্মীর অনুমোদনের অপেক্ষায়"),
    State.TAKING: Text("Being added to the register", "নিবন্ধনে যুক্ত হচ্ছে"),
    State.TAKEN: Text("Added to the register", "নিবন্ধনে যুক্ত হয়েছে"),
    State.REFUSED: Text("Refused", "প্রত্যাখ্যাত"),
    State.FAILED: Text("Stopped by a fault; send the file again", "ত্রুটির কারণে থেমেছে; ফাইলটি আবার পাঠান"),
    State.LAPSED: Text("Nobody released it in time; the file is deleted", "সময়মতো অনুমোদন হয়নি; ফাইলটি মুছে ফেলা হয়েছে"),
}
WHOLE_ROW: Final = Text("Whole row", "পুরো সারি")
OUTCOME_WORDS: Final = {
    "refused": Text("Refused", "নেওয়া হয়নি"),
    "warned": Text("Taken, look at it", "নেওয়া হয়েছে, দেখে নিন"),
    "same": Text("Known already", "আগে থেকেই আছে"),
    "update": Text("Update proposed", "হালনাগাদের প্রস্তাব"),
}
_COLUMNS: Final = {one.code: Text(one.en, one.bn) for one in LISTS.columns} | {"": WHOLE_ROW}


def import_of(run: NationalImport, keyring: Keyring, part_size: int) -> ImportOut:
    state, shown = State(run.state), run.model_dump(include=set(ImportOut.model_fields))
    working = state in WORKED_ON
    return ImportOut(
        **shown
        | {
            "state_words": Bilingual.of(STATE_WORDS[state]),
            "name": keyring.open(run.name, NAME) if run.name else "",
            "because": keyring.open(run.because, BECAUSE) if run.because else None,
            "part_size": part_size,
            "read_share": round(run.read_to / run.length, 4) if working else 0 if state is State.RECEIVING else 1,
            "seconds_left": seconds_left(run.read_to, run.length, run.pace) if working else None,
        }
    )


def found_of(written: str) -> list[Found]:
    """The pairs that a report keeps as `column:code`."""
    return [(column, code) for column, _, code in (one.partition(":") for one in written.split())]


def problems_of(found: Iterable[Found]) -> list[RowProblem]:
    return [
        RowProblem(column=Bilingual.of(_COLUMNS[column]), code=code, words=Bilingual.of(PROBLEMS[code].words)) for column, code in found
    ]


def row_of(row: ImportReport) -> ReportRow:
    return ReportRow.model_validate({"line": row.line, "outcome": row.outcome, "problems": problems_of(found_of(row.problems))})


def csv_rows(rows: Iterable[ImportReport], language: str) -> list[list[Any]]:
    """Line, what became of it, column and problem in the reader's language: one line for each problem. No cell of the file is repeated."""
    return [
        [row.line, OUTCOME_WORDS[row.outcome].in_language(language), _COLUMNS[column].in_language(language), said.in_language(language)]
        for row in rows
        for column, code in found_of(row.problems)
        for said in [PROBLEMS[code].words]
    ]


CSV_HEAD: Final = (Text("Line", "লাইন"), Text("What became of it", "ফলাফল"), Text("Column", "কলাম"), Text("What to look at", "যা দেখতে হবে"))
