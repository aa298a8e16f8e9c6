"""Supervises one job on this machine: waits for slots, starts it, ends it when asked or when its owner is gone, records how it ended.

Started by the local launcher as `python supervise.py FOLDER`, in a session of its own and with the job's environment, so that it
outlives the worker. Secrets stand in the environment only; no file of the folder holds any. Standard library only.

Files of the folder, each written whole (temporary file, then rename):
  job.json         the job document                            (launcher)
  launch.json      command, slots, owner                       (launcher)
  stop.json        the wish to end the job, and its class      (launcher)
  supervisor.json  this process, and the job's place in line   (here)
  running.json     since when the job has its slots            (here)
  process.json     the job's first process                     (here)
  exit.json        how the job ended; nothing of it is left    (here)
  log              what the job wrote
  scratch/         the job's working directory, gone after its end
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import linux

# How often the supervisor looks at its job; an end is noticed within this time.
LOOK_SECONDS = 0.1
# How often a waiting job looks for free slots.
WAIT_SECONDS = 0.25
# From the polite signal to the one that nobody survives.
GRACE_SECONDS = 5.0
# How long the record of the end is tried while the disk refuses it.
RECORD_SECONDS = 60.0
# The variable that marks every process of a job with its folder.
MARK = "TITRATE_JOB_FOLDER"


@dataclass(frozen=True)
class Job:
    """What launch.json says, and where."""

    folder: Path
    command: list[str]
    slots: int
    total_slots: int
    owner: dict[str, int] | None

    @property
    def mark(self) -> bytes:
        return f"{MARK}={self.folder}".encode()


def main(folder: Path) -> None:
    """The whole life of a job; returns at once when another supervisor has, or had, this job."""
    launch = read(folder / "launch.json")
    job = Job(folder, launch["command"], launch["slots"], launch["totalSlots"], launch["owner"])
    linux.become_subreaper()
    terminated = listen_for_termination()
    with open(folder / "supervisor.lock", "w", encoding="ascii") as lock:
        if not take_office(job, lock.fileno()):
            return
        record(job, supervise(job, terminated))


def take_office(job: Job, lock: int) -> bool:
    """Becomes the one supervisor that this job ever has, with the next place in line."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    if (job.folder / "supervisor.json").exists() or (job.folder / "exit.json").exists():
        return False
    with slots_locked(job):
        place = max((other["place"] for other in active_others(job)), default=0) + 1
        pid = os.getpid()
        write(job.folder / "supervisor.json", {"pid": pid, "startTime": linux.start_time(pid), "place": place, "slots": job.slots})
    return True


def supervise(job: Job, terminated: list[bool]) -> dict[str, Any]:
    """Runs the job to its end, and returns the record of the end."""
    while not take_slots(job):
        if (why := why_end(job, terminated)) is not None:
            return ending(None, why=why)
        time.sleep(WAIT_SECONDS)
    watchdog, line = start_watchdog(job)
    memory = linux.MemoryWatch()
    try:
        process = start(job)
    except OSError as error:
        linux.say(f"Cannot start the job as its command must be executable: {error}")
        return ending(127 << 8)
    first, status, why = process.pid, None, None
    while status is None and why is None:
        time.sleep(LOOK_SECONDS)
        memory.look()
        status, why = reap(first), why_end(job, terminated)
    if status is None:
        status = end(job, first, watchdog)
    elif status == 0:
        why = None  # it ended well before the wish was acted on; any other end at the same moment came of the same wish, as when a stack stops
    sweep(job, watchdog)
    with suppress(BrokenPipeError):  # the watchdog itself was killed, and there is nothing left to watch
        os.write(line, b"done")
    return ending(status, why=why, oom_killed=why is None and memory.saw_trouble(seconds_since_kill(status)))


def seconds_since_kill(status: int) -> float:
    """How long ago the kernel may have killed somebody for this end to come of it; 0 when nothing says that SIGKILL was sent."""
    code = os.waitstatus_to_exitcode(status)
    # torchrun takes up to half a minute to take a group down after one of its ranks was killed.
    return 5.0 if code == -signal.SIGKILL else 30.0 if code == 128 + signal.SIGKILL else 0.0


def why_end(job: Job, terminated: list[bool]) -> str | None:
    """`stopped` or `hung` by wish of the launcher; `owner-gone`; `terminated` when this process was asked from outside."""
    stop = job.folder / "stop.json"
    if stop.exists():
        return str(read(stop)["failure"])
    if job.owner is not None and not linux.is_alive(job.owner["pid"], job.owner["startTime"]):
        return "owner-gone"
    return "terminated" if terminated[0] else None


def start(job: Job) -> subprocess.Popen[bytes]:
    """
    Starts the job's first process: its own session, its own scratch folder, bound to this process for life and death.

    Whoever asks how it ended holds on to what is returned: when that goes away Python buries the process if it has ended, and its
    status with it.
    """
    scratch = job.folder / "scratch"
    scratch.mkdir(exist_ok=True)
    supervisor = os.getpid()
    process = subprocess.Popen(
        job.command,
        cwd=scratch,
        env={**os.environ, MARK: str(job.folder)},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: linux.die_with_parent(supervisor),
    )
    write(job.folder / "process.json", {"pid": process.pid, "startTime": linux.start_time(process.pid)})
    return process


def start_watchdog(job: Job) -> tuple[int, int]:
    """
    Forks a process that outlives this one and then ends what is left of the job.

    The kernel's parent-death signal reaches the job's first process only; ranks that it started would go on. The watchdog holds the
    reading end of a pipe: an end without a word means that the supervisor was killed.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid > 0:
        os.close(reading)
        return pid, writing
    try:
        keep_watch(job, reading)
    finally:
        os._exit(0)  # never back into the supervisor's story


def keep_watch(job: Job, reading: int) -> None:
    os.setsid()  # a signal to the supervisor's group must not take the watchdog along
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.dup2(reading, 3)
    os.closerange(4, 1024)  # the supervisor's locks, and the pipe's other end
    if os.read(3, 4) == b"":
        kill_until_gone(lambda: linux.carriers(job.mark))


def end(job: Job, first: int, watchdog: int) -> int:
    """Ends the job politely, then by force, and returns the status of its first process."""
    deadline = time.monotonic() + GRACE_SECONDS
    linux.send(processes(job, watchdog), signal.SIGTERM)
    status = None
    while time.monotonic() < deadline and processes(job, watchdog):
        status = reap(first) if status is None else status
        time.sleep(LOOK_SECONDS)
    sweep(job, watchdog, first_ended=status is not None)
    return os.waitpid(first, 0)[1] if status is None else status


def sweep(job: Job, watchdog: int, first_ended: bool = True) -> None:
    """Kills what is left of the job. The first process is left a zombie when its status is still wanted."""

    def left() -> set[int]:
        if first_ended:
            reap(-1)
        return processes(job, watchdog)

    kill_until_gone(left)


def kill_until_gone(left: Callable[[], set[int]]) -> None:
    """Kills until two looks in a row find nothing: a process that forks while it is looked at shows in the second."""
    clean = 0
    while clean < 2:
        found = left()
        linux.send(found, signal.SIGKILL)
        clean = 0 if found else clean + 1
        time.sleep(0.02)


def processes(job: Job, watchdog: int) -> set[int]:
    return (linux.descendants(os.getpid()) | linux.carriers(job.mark)) - {watchdog}


def reap(first: int) -> int | None:
    """Buries dead children, adopted ones too; the status of `first` when it is among them."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return None
        if pid == 0:
            return None
        if pid == first:
            return status


def take_slots(job: Job) -> bool:
    """Takes the job's slots when they are free and nobody waits before it: order of arrival, so that a large job is not starved."""
    own = read(job.folder / "supervisor.json")
    with slots_locked(job):
        others = active_others(job)
        if any(not other["running"] and other["place"] < own["place"] for other in others):
            return False
        if sum(other["slots"] for other in others if other["running"]) + job.slots > job.total_slots:
            return False
        write(job.folder / "running.json", {"startedAt": now()})
        return True


def active_others(job: Job) -> list[dict[str, Any]]:
    """The other jobs of the directory whose supervisors live and have not recorded an end."""
    found = []
    for folder in job.folder.parent.iterdir():
        if (
            folder == job.folder
            or folder.name.startswith(".")
            or (folder / "exit.json").exists()
            or not (folder / "supervisor.json").exists()
        ):
            continue
        other = read(folder / "supervisor.json")
        if linux.is_alive(other["pid"], other["startTime"]):
            found.append({**other, "running": (folder / "running.json").exists()})
    return found


@contextmanager
def slots_locked(job: Job) -> Iterator[None]:
    with open(job.folder.parent / ".slots.lock", "a", encoding="ascii") as lock:
        fcntl.flock(lock.fileno(), fcntl.LOCK_EX)
        yield


def listen_for_termination() -> list[bool]:
    """A cell that turns true at SIGTERM. Handlers, not SIG_IGN: the job would inherit that."""
    terminated = [False]

    def on_terminate(_number: int, _frame: object) -> None:
        terminated[0] = True

    signal.signal(signal.SIGTERM, on_terminate)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: None)
    return terminated


def ending(status: int | None, why: str | None = None, oom_killed: bool = False) -> dict[str, Any]:
    signalled = status is not None and os.WIFSIGNALED(status)
    return {
        "version": 1,
        "exitCode": None if status is None or signalled else os.waitstatus_to_exitcode(status),
        "signal": signal.Signals(os.WTERMSIG(status)).name if status is not None and signalled else None,
        "endedAt": now(),
        "oomKilled": oom_killed,
        "stopped": why,
    }


def record(job: Job, ended: dict[str, Any]) -> None:
    """Writes the end. A full disk may have room again now that scratch space is given back."""
    shutil.rmtree(job.folder / "scratch", ignore_errors=True)
    deadline = time.monotonic() + RECORD_SECONDS
    while True:
        try:
            return write(job.folder / "exit.json", ended)
        except OSError as error:
            if time.monotonic() > deadline:
                raise
            linux.say(f"Cannot record the end of the job yet: {error}")
            time.sleep(1.0)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


def write(path: Path, value: dict[str, Any]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
