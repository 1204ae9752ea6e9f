"""The loop that reads files in the background: one at a time in all replicas, block by block.

What a block brings, what is said of it and how far the file is read commit together: killed at any moment, the next one goes on at the
first row that is not in the register. Judging and sealing run in processes of their own, ahead of the block that is written.
"""

import asyncio
import logging
import os
import sys
import time as clock
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import asyncpg

from contracts.days import DHAKA
from kit.crypto import SealError
from kit.database import Sessions
from kit.errors import is_connection_loss, place_of
from kit.files import FileGoneError, Files
from kit.pulse import wait_for
from services.registry.imports import repository, service
from services.registry.imports.models import NationalImport
from services.registry.imports.rows import workers
from services.registry.imports.rows.reading import Record, Splitter
from services.registry.imports.rows.sealing import Facts
from services.registry.imports.rows.workers import Block
from services.registry.imports.rules import State
from services.registry.imports.taking import Taking

log = logging.getLogger(__name__)

BLOCK: Final = 1024 * 1024
PROCESSES: Final = max(2, (os.cpu_count() or 2) // 2)  # half a machine: a warning comes first
AHEAD: Final = PROCESSES + 1
IDLE_S: Final = 30.0
LOCKED_S: Final = 2.0
MOST_ATTEMPTS: Final = 5
_PACE_WEIGHT: Final = 0.2


class MovedError(Exception):
    """Another reader moved the import meanwhile: what was prepared for it is thrown away."""


async def run_imports(state: Mapping[str, Any]) -> None:
    """As long as the process. Holds a session advisory lock: another replica goes on where this one stops."""
    settings, sessions = state["settings"], state["sessions"]
    crew = _Crew(settings.keyring)
    connection = await asyncpg.connect(settings.required_database_url(), timeout=3, server_settings={"jit": "off"})
    try:
        while not await connection.fetchval(repository.LOCK):  # noqa: ASYNC110 - nobody tells of a replica that stopped
            await asyncio.sleep(LOCKED_S)
        await connection.execute(repository.PLANNER)
        woken = asyncio.Event()
        await connection.add_listener(repository.CHANNEL, lambda *_: woken.set())
        while not connection.is_closed():
            woken.clear()
            async with sessions.begin() as session:
                run = await repository.next_to_work_on(session)
            if run is not None:
                await _Run(state, connection, crew, run).work()
            elif not await _wait(woken):
                crew.close()
        raise ConnectionError("the connection of imports was closed")
    finally:
        crew.close()
        await connection.close(timeout=1)


async def _wait(woken: asyncio.Event) -> bool:
    """Whether there may be something to do."""
    await wait_for(woken, IDLE_S)
    return woken.is_set()


@contextmanager
def _without_a_main_module() -> Iterator[None]:
    """A spawned process first imports what its parent runs: the whole service, most of the processor that a worker took to begin."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


class _Crew:
    """The processes that judge and seal: begun with the first file, sent home when there is none for a while."""

    def __init__(self, keyring: Path) -> None:
        self._keyring = keyring
        self._pool: ProcessPoolExecutor | None = None

    def submit(self, work: Callable[..., Block], *given: object) -> asyncio.Future[Block]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(PROCESSES, get_context("spawn"), workers.begin, (self._keyring, os.getpid()))
        with _without_a_main_module():
            return asyncio.get_running_loop().run_in_executor(self._pool, work, *given)

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


@dataclass(frozen=True, slots=True)
class _Stretch:
    """One block of records, and where the next one begins."""

    records: list[Record]
    read_to: int
    line: int


class _Run:
    """One file, from where it was left to its end."""

    def __init__(self, state: Mapping[str, Any], connection: asyncpg.Connection, crew: _Crew, run: NationalImport) -> None:
        self._files: Files = state["files"]
        self._crew = crew
        self._sessions: Sessions = state["sessions"]
        self._connection = connection
        self._run = run
        self._step = State(run.state)
        self._plan = service.plan_of(run)
        self._facts = facts_of(run)
        self._taking = Taking(connection, state["keyring"], run.id, self._plan)
        self._read_to, self._pace, self._since = run.read_to, run.pace, 0.0

    async def work(self) -> None:
        """A file that was altered or is gone ends its import; anything else is tried again, `MOST_ATTEMPTS` times in one place."""
        try:
            await self._read_on()
        except (FileGoneError, SealError) as error:
            log.error("import %s failed: %s", self._run.id, type(error).__name__)  # noqa: TRY400 - its message may quote the file
            await self._end(State.FAILED)
        except Exception as error:
            if self._run.attempts + 1 >= MOST_ATTEMPTS:
                log.error("import %s given up: %s at %s", self._run.id, type(error).__name__, place_of(error))  # noqa: TRY400
                await self._end(State.FAILED)
                return
            if not is_connection_loss(error):
                async with self._sessions.begin() as session:
                    await repository.count_attempt(session, self._run.id)
            raise
        else:
            await self._end(State.JUDGED if self._step is State.JUDGING else State.TAKEN)

    async def _read_on(self) -> None:
        waiting: deque[tuple[_Stretch, asyncio.Future[Block]]] = deque()
        self._since = clock.perf_counter()
        async for stretch in self._stretches():
            waiting.append((stretch, self._prepared(stretch)))
            if len(waiting) > AHEAD:
                await self._keep(*waiting.popleft())
        while waiting:
            await self._keep(*waiting.popleft())

    def _prepared(self, stretch: _Stretch) -> asyncio.Future[Block]:
        if self._step is State.JUDGING:
            return self._crew.submit(workers.judge_block, self._plan, stretch.records)
        return self._crew.submit(workers.seal_block, self._plan, self._facts, stretch.records)

    async def _stretches(self) -> AsyncIterator[_Stretch]:
        splitter = Splitter(self._plan.dialect, self._run.read_to, self._run.line)
        left = self._run.length - self._run.read_to
        held = bytearray()
        async for chunk in self._content():
            held += chunk
            if len(held) < min(BLOCK, left):
                continue
            left -= len(held)
            records = await asyncio.to_thread(splitter.feed, bytes(held), last=left <= 0)
            held.clear()
            yield _Stretch(records, min(splitter.offset, self._run.length), splitter.line)

    async def _content(self) -> AsyncIterator[bytes]:
        """The file from where it is read next."""
        async with self._sessions.begin() as session:
            parts = await repository.parts_of(session, self._run.id)
        for part in parts:
            at = part.start
            if at + part.size <= self._run.read_to:
                continue
            async for chunk in self._files.open(part.file_id):
                if new := chunk[max(0, self._run.read_to - at) :]:
                    yield new
                at += len(chunk)

    async def _keep(self, stretch: _Stretch, prepared: asyncio.Future[Block]) -> None:
        block = await prepared
        async with self._connection.transaction():
            if self._step is State.JUDGING:
                await repository.add_report(self._connection, self._run.id, block.report)
                known = await self._taking.known(block)
                counts = (block.rows, block.rows - block.refused, block.warned, block.refused, len(known), 0, 0)
            else:
                kept = await self._taking.take(block, stretch.records)
                counts = (0, 0, 0, 0, kept.known, kept.updates, kept.taken)
            self._pace = self._paced(stretch)
            at = (self._read_to, stretch.read_to, stretch.line, self._pace)
            if not await repository.move(self._connection, self._run.id, self._step, *at, *counts):
                raise MovedError
        self._read_to = stretch.read_to

    def _paced(self, stretch: _Stretch) -> float:
        """Bytes a second, the last blocks counting most."""
        now = clock.perf_counter()
        lately = (stretch.read_to - self._read_to) / max(now - self._since, 1e-6)
        self._since = now
        return lately if self._pace is None else (1 - _PACE_WEIGHT) * self._pace + _PACE_WEIGHT * lately

    async def _end(self, state: State) -> None:
        async with self._sessions.begin() as session:
            await service.end_step(session, self._run.id, self._step, state)


def facts_of(run: NationalImport) -> Facts:
    """The file says where people were on its day, if not row by row: noon by Dhaka's clock."""
    as_of = datetime.combine(run.as_of, time(12), DHAKA)
    return Facts(run.kind or "worker", f"import:{run.id}", run.released_at or run.at, as_of)
