"""One run per directory: a lock that dies with the process that holds it."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from bargaining.errors import StorageError

LOCK = ".lock"


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a directory against other runs.

    The system lets go of the lock when the process ends, however it ends: the file that a kill
    leaves behind locks nobody out.

    Raises
    ------
    StorageError
        If another run holds it.
    """
    place = path / LOCK
    held = _taken(place)
    try:
        yield
    finally:
        if os.name == "nt":  # an open file cannot be removed there
            os.close(held)
            held = -1
        with contextlib.suppress(OSError):
            place.unlink()
        if held >= 0:
            os.close(held)


def _taken(place: Path) -> int:
    """Return the locked file, which is the one that stands at the place now."""
    while True:
        held = os.open(place, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(held)
            there = place.stat().st_ino == os.fstat(held).st_ino
        except (BlockingIOError, PermissionError):
            pid = os.read(held, 20).decode("ascii", "replace").strip()
            os.close(held)
            who = f"process {pid}" if pid.isdigit() else "another process"
            msg = (
                f"{place.parent}: is being written by {who}; "
                "wait for it, stop it, or choose another directory"
            )
            raise StorageError(msg) from None
        except FileNotFoundError:
            there = False
        except BaseException:
            os.close(held)
            raise
        if there:
            os.ftruncate(held, 0)
            os.write(held, str(os.getpid()).encode())
            return held
        os.close(held)  # the run before has just removed it


def _lock(held: int) -> None:
    if os.name == "nt":
        import msvcrt

        getattr(msvcrt, "locking")(held, getattr(msvcrt, "LK_NBLCK"), 1)  # noqa: B009
        return
    import fcntl

    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
            raise  # some network file systems know no locks; there the user takes care
