"""What the supervisor asks of Linux: who is alive, who descends from whom, and whether memory ran out. Standard library only."""

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)

# Available memory below this share of all memory is a sign that the next large allocation kills somebody.
_LOW_MEMORY_SHARE = 0.03


def become_subreaper() -> None:
    """Makes orphaned descendants ours, so that no process of the job can slip away by a double fork."""
    if _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "Cannot supervise the job as prctl(PR_SET_CHILD_SUBREAPER) must succeed")


def die_with_parent(parent: int) -> None:
    """To be called in a child between fork and exec: the kernel kills the child when its parent ends, however that ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:  # the parent was gone before the kernel knew
        os._exit(1)


def _stat(pid: int) -> list[str] | None:
    """Fields of /proc/PID/stat from the state on (field 3); None when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The command's name stands in brackets and may hold blanks and brackets itself.
    return text[text.rindex(")") + 2 :].split()


def start_time(pid: int) -> int | None:
    """When the process started, in clock ticks since boot. With the pid it names a process for good; None when it is gone or a zombie."""
    fields = _stat(pid)
    return None if fields is None or fields[0] in "ZX" else int(fields[19])


def is_alive(pid: int, started: int) -> bool:
    """Whether this very process lives; another that was given the same pid later does not count."""
    return start_time(pid) == started


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def descendants(root: int) -> set[int]:
    """Living processes below `root`, zombies left out."""
    children: dict[int, list[int]] = {}
    zombies = set()
    for pid in _pids():
        fields = _stat(pid)
        if fields is None:
            continue
        children.setdefault(int(fields[1]), []).append(pid)
        if fields[0] in "ZX":
            zombies.add(pid)
    found: set[int] = set()
    todo = [root]
    while todo:
        for child in children.get(todo.pop(), []):
            found.add(child)
            todo.append(child)
    return found - zombies


def carriers(variable: bytes) -> set[int]:
    """Living processes that were started with `NAME=value` in their environment, wherever they hang in the tree by now."""
    found = set()
    for pid in _pids():
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:  # gone meanwhile, or another user's: not ours
            continue
        if variable in environment.split(b"\0") and start_time(pid) is not None:
            found.add(pid)
    return found


def send(pids: set[int], number: signal.Signals) -> None:
    """Signals each process; one that has ended meanwhile is no error."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


class MemoryWatch:
    """Remembers signs that the kernel's out-of-memory killer was, or is about to be, at work."""

    def __init__(self, vmstat: Path = Path("/proc/vmstat"), meminfo: Path = Path("/proc/meminfo")) -> None:
        self._vmstat = vmstat
        self._meminfo = meminfo
        self._kills = self._count_kills()
        self._sign: float | None = None

    def look(self) -> None:
        kills = self._count_kills()
        if kills > self._kills or self._available_share() < _LOW_MEMORY_SHARE:
            self._sign = time.monotonic()
        self._kills = kills

    def saw_trouble(self, within_seconds: float) -> bool:
        """Whether there was a sign a short time ago. It is the machine's sign, not the job's: the kernel tells no more to everybody."""
        self.look()
        return self._sign is not None and time.monotonic() - self._sign < within_seconds

    def _count_kills(self) -> int:
        """Processes that the kernel has killed for memory since boot, limits of control groups included; 0 where it does not tell."""
        lines = _lines(self._vmstat)
        return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)

    def _available_share(self) -> float:
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in _lines(self._meminfo)}
        return sizes.get("MemAvailable", 1) / max(1, sizes.get("MemTotal", 1))


def _lines(path: Path) -> list[str]:
    """Lines of a file that some kernels and containers do not have."""
    try:
        return path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return []


def say(text: str) -> None:
    """A line of the supervisor's own in the job's log."""
    print(f"[titrate] {text}", file=sys.stderr, flush=True)
