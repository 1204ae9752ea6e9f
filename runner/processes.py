"""Keeps processes alive and takes all of them down again: the one place that starts, restarts and stops a process.

Each child leads a session of its own, so that Ctrl-C reaches the runner only, and writes to a file, so that no caller's pipe stays open.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Final

from runner import record
from runner.place import PROJECT, Place
from runner.readiness import Probe
from runner.refusals import KeepsDying, NotReady, Refusal
from runner.terminal import Say

READY_WITHIN: Final = 180.0
RESTARTS_A_MINUTE: Final = 5
_STOPPED_WITHIN: Final = 4.8
_TELL_EVERY: Final = 5.0
_ASK_EVERY: Final = 0.05
_LARGE_LOG: Final = 5_000_000
_LAST_LINES: Final = 15
SAME_USER: Final = "-"


@dataclass(frozen=True, slots=True)
class Spec:
    """How one process is started, asked and stopped. `stage`: higher ones are stopped first."""

    name: str
    command: tuple[str, ...]
    probe: Probe
    stage: int
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = PROJECT
    user: str = SAME_USER
    stop: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 1.8),)  # with the longest wait for each; then SIGKILL
    death_signal: signal.Signals = signal.SIGKILL  # what the kernel sends when the runner is gone
    before: Callable[[], Awaitable[None]] | None = None


def guarded(command: Iterable[str], *, user: str = SAME_USER, death_signal: signal.Signals = signal.SIGKILL) -> list[str]:
    """The command by way of `child.py`. Start it from the main thread: the kernel watches the thread that forked, not the process."""
    shim = str(Path(__file__).with_name("child.py"))
    return [sys.executable, "-I", "-S", shim, str(int(death_signal)), str(os.getpid()), user, *command]


class _Child:
    def __init__(self, spec: Spec, log: Path) -> None:
        self.spec = spec
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.identity: record.Identity | None = None
        self.restarts = 0
        self.has_answered = False
        self.deaths: deque[float] = deque(maxlen=RESTARTS_A_MINUTE + 1)
        self.keeper: asyncio.Task[None] | None = None

    def spawn(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603  # the commands are the runner's own
                guarded(self.spec.command, user=self.spec.user, death_signal=self.spec.death_signal),
                env=dict(self.spec.environment),
                cwd=self.spec.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.identity = record.identity_of(self.process.pid)
        return self.process

    def signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def kill_session(self) -> None:
        """What the process itself started goes with it."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):  # nobody is left; macOS says it the second way
                return

    def died_too_often(self) -> bool:
        self.deaths.append(time.monotonic())
        return len(self.deaths) > RESTARTS_A_MINUTE and self.deaths[-1] - self.deaths[0] < 60  # noqa: PLR2004  # a minute

    def cannot_start(self, code: int) -> bool:
        """It gave up by itself, and again, without having answered once: a third time would tell nothing new."""
        return code >= 0 and not self.has_answered and len(self.deaths) > 1

    def pause(self) -> float:
        """0.1 s after the first death, twice as long after each further one of this minute."""
        recent = sum(1 for death in self.deaths if time.monotonic() - death < 60)  # noqa: PLR2004  # a minute
        return 0.1 * 2.0 ** max(recent - 1, 0)

    def last_lines(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:] if self.log.exists() else []
        return "\n".join([f"The end of {self.log}:", *(f"  | {line}" for line in lines)])


class Supervisor:
    """Use it within one event loop, in the main thread."""

    def __init__(self, place: Place, say: Say, *, ready_within: float = READY_WITHIN) -> None:
        self._place = place
        self._ready_within = ready_within
        self._say = say
        self._children: dict[str, _Child] = {}
        self._phase: record.Phase = "starting"
        self._failed = asyncio.Event()
        self._failure: Refusal | None = None

    async def start(self, specs: Iterable[Spec]) -> None:
        """Starts them side by side and returns when each answers.

        Raises `NotReady` where one did not answer in time (three minutes), `KeepsDying` where one died too often.
        """
        children = [_Child(spec, self._log_of(spec.name)) for spec in specs]
        for child in children:
            self._children[child.spec.name] = child
            child.keeper = asyncio.create_task(self._keep(child), name=f"keep {child.spec.name}")
        await self._until_ready(children)

    def enter(self, phase: record.Phase, failure: Refusal | None = None) -> None:
        """Writes down how far the suite is, for `status` and for `up --detach`."""
        self._phase = phase
        processes = tuple(
            record.ProcessRecord(child.spec.name, child.identity, child.spec.probe, child.restarts) for child in self._children.values()
        )
        code, message = (failure.code, str(failure)) if failure else (0, "")
        record.write(self._place, record.Record(record.identity_of(os.getpid()), self._place.base_port, phase, processes, code, message))

    async def until_failed(self) -> None:
        """Raises `KeepsDying` as soon as a process has died too often; until then it waits."""
        await self._failed.wait()
        self._raise_failure()

    async def stop(self) -> None:
        """The highest stage first, in 5 seconds at most. Nothing is left, whatever state it was in; safe to call twice."""
        self.enter("stopping")
        end = time.monotonic() + _STOPPED_WITHIN
        by_stage = sorted(self._children.values(), key=lambda child: -child.spec.stage)
        for _, stage in groupby(by_stage, key=lambda child: child.spec.stage):
            await asyncio.gather(*(self._end(child, end) for child in stage))

    def pid(self, name: str) -> int:
        identity = self._children[name].identity
        if identity is None:
            raise LookupError(f"{name} was not started yet")
        return identity.pid

    def restarts(self, name: str) -> int:
        return self._children[name].restarts

    def tell(self, name: str, settings: Mapping[str, str]) -> None:
        """Of its environment, from its next start on."""
        child = self._children[name]
        child.spec = replace(child.spec, environment={**child.spec.environment, **settings})

    async def ready(self) -> None:
        """Waits until all that was started answers again, for instance after one of them was killed."""
        await self._until_ready(list(self._children.values()))

    def _log_of(self, name: str) -> Path:
        log = self._place.logs / f"{name}.log"
        if log.exists() and log.stat().st_size > _LARGE_LOG:
            log.replace(log.with_suffix(".log.1"))
        return log

    async def _keep(self, child: _Child) -> None:
        while True:
            if child.spec.before is not None:
                await child.spec.before()
            process = child.spawn()
            self.enter(self._phase)
            code = await _exit_of(process)
            child.kill_session()
            if child.died_too_often():
                self._fail(KeepsDying(f"{child.spec.name} died more than {RESTARTS_A_MINUTE} times in a minute.\n{child.last_lines()}"))
                return
            if child.cannot_start(code):
                self._fail(KeepsDying(f"{child.spec.name} cannot start ({_reason(code)}, twice).\n{child.last_lines()}"))
                return
            child.restarts += 1
            self._say(f"{child.spec.name} died ({_reason(code)}) and is started again")
            await asyncio.sleep(child.pause())

    def _fail(self, failure: Refusal) -> None:
        self._failure = self._failure or failure
        self._failed.set()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    async def _until_ready(self, children: list[_Child]) -> None:
        begin = told = time.monotonic()
        while True:
            answers = await asyncio.gather(*(child.spec.probe.answers() for child in children))
            self._raise_failure()
            for child in (child for child, answer in zip(children, answers, strict=True) if answer):
                child.has_answered = True
                self._say(f"{child.spec.name} is ready on port {child.spec.probe.port}")
            children = [child for child, answer in zip(children, answers, strict=True) if not answer]
            if not children:
                return
            now = time.monotonic()
            if now - begin > self._ready_within:
                raise NotReady(
                    "\n".join([f"Not ready after {self._ready_within:.0f} s: {_names(children)}.", *(it.last_lines() for it in children)])
                )
            if now - told > _TELL_EVERY:
                told = now
                self._say(f"still waiting for {_names(children)}")
            await asyncio.sleep(_ASK_EVERY)

    async def _end(self, child: _Child, end: float) -> None:
        if child.keeper is not None:
            child.keeper.cancel()  # from here on nobody starts it again
            await asyncio.wait([child.keeper])
        graces = [grace for _, grace in child.spec.stop]
        for step, (number, grace) in enumerate(child.spec.stop, start=1):
            child.signal(number)
            if await _gone(child, min(grace, end - time.monotonic() - sum(graces[step:]))):
                break
        child.kill_session()
        await _gone(child, 1.0)


def _names(children: Iterable[_Child]) -> str:
    return ", ".join(child.spec.name for child in children)


def _reason(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


async def _gone(child: _Child, within: float) -> bool:
    if child.process is None:
        return True
    try:
        async with asyncio.timeout(within):
            await _exit_of(child.process)
    except TimeoutError:
        return False
    return True


async def _exit_of(process: subprocess.Popen[bytes]) -> int:
    """Asleep until the kernel says so; where it cannot say so, looks ten times a second."""
    if sys.platform != "linux":
        while process.poll() is None:  # noqa: ASYNC110  # another process sets no event
            await asyncio.sleep(0.1)
        return process.wait()
    if process.poll() is None:
        descriptor = os.pidfd_open(process.pid)
        loop, gone = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(descriptor, gone.set)
        try:
            await gone.wait()
        finally:
            loop.remove_reader(descriptor)
            os.close(descriptor)
    return process.wait()
