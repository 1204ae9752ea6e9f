"""Becomes the process that it is told to start, after asking the kernel to end it when the runner ends, however that happens.

Called as `python -I -S child.py SIGNAL RUNNER USER COMMAND…` with USER `uid:gid` or `-`; imports nothing but the standard library.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def _become(user: str) -> None:
    uid, gid = (int(part) for part in user.split(":"))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def _die_with(runner: int, death_signal: int) -> None:
    """Elsewhere than on Linux nothing does this: there the next `up` or `down` ends what a killed runner left behind."""
    if sys.platform != "linux":
        return
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, death_signal) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != runner:  # it died before the line above
        sys.exit(1)


def main() -> None:
    death_signal, runner, user, *command = sys.argv[1:]
    if user != "-":
        _become(user)
    # Only now: a change of user makes the kernel forget the wish.
    _die_with(int(runner), int(death_signal))
    os.execv(command[0], command)  # noqa: S606  # the command is the runner's own


if __name__ == "__main__":
    main()
