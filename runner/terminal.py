"""What the runner tells the person who started it: short lines on standard output, never a secret."""

import sys
import time
from collections.abc import Callable

Say = Callable[[str], None]


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def aside(line: str) -> None:
    """How far something has come: beside what is said, so that it can be read by a program."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def timed(say_line: Say) -> Say:
    """Each line begins with the seconds since now."""
    begin = time.monotonic()
    return lambda line: say_line(f"{time.monotonic() - begin:6.1f} s  {line}")


def quiet(_line: str) -> None:
    """For a suite that nobody watches."""
