"""What becomes of a block of sealed rows in the register: new persons are copied in, of who is known only what is new is proposed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import asyncpg

from kit.crypto import Keyring
from kit.ids import new_id
from kit.reference import make
from services.registry.imports import repository
from services.registry.imports.rows import rowbytes
from services.registry.imports.rows.judging import Judge, Plan
from services.registry.imports.rows.lists import LISTS
from services.registry.imports.rows.reading import Record
from services.registry.imports.rows.sealing import COLUMNS, content_of
from services.registry.imports.rows.workers import Block
from services.registry.imports.rules import Standing, says_the_same
from services.registry.rules import PREFIX

UPDATE_COLUMN: Final = "national_update.content"  # as `updates` opens it


@dataclass(slots=True)
class Kept:
    taken: int = 0
    known: int = 0
    updates: int = 0


class Taking:
    """Of one import, on the connection of its loop, inside the transaction of a block."""

    def __init__(self, connection: asyncpg.Connection, keyring: Keyring, import_id: UUID, plan: Plan) -> None:
        self._connection = connection
        self._keyring = keyring
        self._import = import_id
        self._judge = Judge(plan, LISTS)

    async def known(self, block: Block) -> Mapping[int, UUID]:
        """Who stands in the register already, by the place in the block. Who shows no paper is known by number and name together."""
        found = dict(await repository.known_by_paper(self._connection, block.papers))
        bare = [place for place, papers in enumerate(block.papers) if not papers]
        if bare:
            found |= await repository.known_by_contact(
                self._connection, [(place, block.names[place], block.contacts[place]) for place in bare]
            )
        return found

    async def take(self, block: Block, records: Sequence[Record]) -> Kept:
        known = dict(await self.known(block))
        earlier = _doubles(block)
        new = [place for place in range(len(block.lines)) if place not in known and place not in earlier]
        await self._copy(block, new)
        standing = await repository.standing(self._connection, [*set(known.values())]) if known else {}
        again: dict[int, tuple[UUID, Standing]] = {place: (person, standing[person]) for place, person in known.items()}
        for place, first in earlier.items():
            if place not in again:
                again[place] = again.get(first) or (UUID(bytes=block.ids[first]), _as_it_stands(block, first))
        updates = await self._of_the_known(block, records, again)
        return Kept(len(new), len(again), updates)

    async def _copy(self, block: Block, new: Sequence[int]) -> None:
        if not new:
            return
        references = await self._free_references([block.references[place] for place in new])
        nationals = [block.copies["national"][place] + rowbytes.text(one) for place, one in zip(new, references, strict=True)]
        await repository.copy_bytes(self._connection, "national", COLUMNS["national"], rowbytes.whole(nationals))
        for table in ("national_document", "national_contact", "national_place"):
            rows = [block.copies[table][place] for place in new]
            await repository.copy_bytes(self._connection, table, COLUMNS[table], rowbytes.whole(rows))

    async def _free_references(self, drawn: Sequence[str]) -> list[str]:
        """Of 34 thousand million numbers some are drawn twice among millions of persons: those are drawn again."""
        free, seen, asked = [*drawn], set[str](), [*range(len(drawn))]
        while asked:
            taken = await repository.taken_references(self._connection, [free[place] for place in asked])
            again = []
            for place in asked:
                if free[place] in taken or free[place] in seen:
                    free[place] = make(PREFIX)
                    again.append(place)
                else:
                    seen.add(free[place])
            asked = again
        return free

    async def _of_the_known(self, block: Block, records: Sequence[Record], again: Mapping[int, tuple[UUID, Standing]]) -> int:
        by_line = {record.line: record for record in records} if again else {}
        now, proposals, report = datetime.now(UTC), [], []
        for place, (person, stands) in sorted(again.items()):
            line = block.lines[place]
            same = says_the_same(
                stands,
                country=block.countries[place],
                name_key=block.names[place],
                papers=block.papers[place],
                contacts=block.contacts[place],
            )
            report.append((line, "same" if same else "update", ":same_again" if same else ":update"))
            read, _ = (None, None) if same else self._judge(by_line[line])
            if read is not None:
                content = self._keyring.seal(content_of(read), UPDATE_COLUMN)
                proposals.append((new_id(), self._import, line, person, content, now))
        await repository.add_to_report(self._connection, self._import, report)
        await repository.add_updates(self._connection, proposals)
        return len(proposals)


def _doubles(block: Block) -> dict[int, int]:
    """Rows of the block whose person stands in an earlier row of it: by their place, that of the first."""
    first: dict[object, int] = {}
    found = {}
    for place, papers in enumerate(block.papers):
        marks = papers or [(block.names[place], one) for one in block.contacts[place]]
        before = min((first[one] for one in marks if one in first), default=None)
        if before is not None:
            found[place] = before
        for one in marks:
            first.setdefault(one, place if before is None else before)
    return found


def _as_it_stands(block: Block, place: int) -> Standing:
    papers, contacts = frozenset(block.papers[place]), frozenset(block.contacts[place])
    return Standing(block.countries[place], is_abroad=True, name_key=block.names[place], papers=papers, contacts=contacts)
