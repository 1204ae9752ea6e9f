"""What runs in the processes beside the service: a block of records becomes judgements, or sealed rows ready to be copied.

A worker holds no connection and decides nothing about what stands in the register; it ends with the process that began it.
"""

import ctypes
import gc
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kit.crypto import Keyring
from services.registry.imports.rows.judging import Judge, Person, Plan
from services.registry.imports.rows.lists import LISTS
from services.registry.imports.rows.problems import Found, refuses
from services.registry.imports.rows.reading import Record
from services.registry.imports.rows.sealing import COLUMNS, Facts, Sealer

_NICE: Final = 5  # a file can wait; a warning that comes meanwhile cannot
_PR_SET_PDEATHSIG: Final = 1


@dataclass(slots=True)
class Block:
    """Rows of one stretch of the file. Lists of equal length, one entry for each person: plain bytes cross to the service fastest."""

    rows: int = 0
    warned: int = 0
    refused: int = 0
    report: list[tuple[int, str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    papers: list[tuple[bytes, ...]] = field(default_factory=list)
    contacts: list[tuple[bytes, ...]] = field(default_factory=list)
    names: list[bytes | None] = field(default_factory=list)
    ids: list[bytes] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    copies: dict[str, list[bytes]] = field(default_factory=lambda: {table: [] for table in COLUMNS})


class _Worker:
    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring
        self._judge: tuple[Plan, Judge] | None = None
        self._sealer: tuple[Facts, Sealer] | None = None

    def judge(self, plan: Plan) -> Judge:
        if self._judge is None or self._judge[0] != plan:
            self._judge = (plan, Judge(plan, LISTS))
        return self._judge[1]

    def sealer(self, facts: Facts) -> Sealer:
        if self._sealer is None or self._sealer[0] != facts:
            self._sealer = (facts, Sealer(self.keyring, facts))
        return self._sealer[1]


_here: list[_Worker] = []


def begin(keyring: Path, parent: int) -> None:
    """A killed service leaves nobody behind who reads on."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICE)
    gc.disable()  # a block makes no circles: looking for them cost a tenth
    _here[:] = [_Worker(Keyring.load(keyring, service="registry"))]


def judge_block(plan: Plan, records: Sequence[Record]) -> Block:
    """What is wrong with each row, and the blind indexes of papers by which somebody may be known."""
    worker, block = _here[0], Block()
    judge = worker.judge(plan)
    sealer = worker.sealer(Facts.of_nobody())
    for record in records:
        person = _judged(judge, record, block)
        if person is not None:
            block.papers.append(tuple(papers := sealer.paper_indexes(person)))
            # Who shows a paper is known by it; the others by number and name.
            block.contacts.append(() if papers else tuple(sealer.contact_indexes(person)))
            block.names.append(None if papers else sealer.name_key(person))
    return block


def seal_block(plan: Plan, facts: Facts, records: Sequence[Record]) -> Block:
    worker, block = _here[0], Block()
    judge, sealer = worker.judge(plan), worker.sealer(facts)
    for record in records:
        person = _judged(judge, record, block)
        if person is None:
            continue
        sealed = sealer(person)
        block.lines.append(record.line)
        block.countries.append(person.country)
        block.papers.append(tuple(sealed.papers))
        block.contacts.append(tuple(sealed.contacts))
        block.names.append(sealed.name_key)
        block.ids.append(sealed.id.bytes)
        block.references.append(sealed.reference)
        for table, row in sealed.rows.items():
            block.copies[table].append(row)
    return block


def _judged(judge: Judge, record: Record, block: Block) -> Person | None:
    if judge.is_empty(record):
        return None
    block.rows += 1
    person, found = judge(record)
    if found:
        is_refused = refuses(found)
        block.warned += not is_refused
        block.refused += is_refused
        block.report.append((record.line, "refused" if is_refused else "warned", written(found)))
    return person


def written(found: Sequence[Found]) -> str:
    return " ".join(f"{column}:{code}" for column, code in found)
