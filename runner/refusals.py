"""Why the runner stops, in words for the person at the terminal, each with its own exit code."""

from typing import ClassVar, Final


class Refusal(Exception):  # noqa: N818  # it is an answer to the person, not a fault of the program
    """Shown without a stack trace; the process exits with `code`."""

    code: ClassVar[int] = 1


class NotRunning(Refusal):
    code = 3


class PortTaken(Refusal):
    code = 4


class DiskFull(Refusal):
    code = 5


class StateInUse(Refusal):
    code = 6


class NotReady(Refusal):
    code = 7


class KeepsDying(Refusal):
    code = 8


EXIT_CODES: Final = """exit codes:
  0    done; after `up`: stopped as asked
  1    a step failed, or something nobody foresaw
  2    the command line is wrong
  3    the suite is not running, or not all of it is ready
  4    a port is taken
  5    less than 500 MB are free on the disk
  6    the folder of state belongs to a suite that is running
  7    a process did not become ready in 60 seconds
  8    a process died more than 5 times in a minute
  130  interrupted before all was ready"""
