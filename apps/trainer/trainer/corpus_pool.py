"""Does the same work on many things in several processes, and counts the bytes that they read. Imports nothing that takes long."""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_read: Any = None
_read_here = 0


def meter(count: int) -> None:
    """Notes that this process has read so many bytes of a source."""
    global _read_here
    if _read is None:
        _read_here += count
    else:
        with _read.get_lock():
            _read.value += count


class Pool:
    """Processes that take work one by one. With one process the work is done in this one, by as many threads as it has."""

    def __init__(self, processes: int) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._processes = processes
        self._read = self._context.Value("Q", 0)
        self._executor: ProcessPoolExecutor | None = None
        self._zero = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=error is None, cancel_futures=True)
            if error is not None:
                for process in list((self._executor._processes or {}).values()):
                    process.kill()

    def ordered(self, work: Callable[[T], R], tasks: Iterable[T]) -> Iterator[R]:
        """The results in the order of the tasks. A task is taken from the iterable when a process is about to be free for it."""
        if self._processes == 1:
            yield from map(work, tasks)
            return
        waiting: deque[Future[R]] = deque()
        for task in tasks:
            waiting.append(self._started().submit(work, task))
            if len(waiting) >= 2 * self._processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def restart_meter(self) -> None:
        """Begins to count from nothing."""
        self._zero += self.bytes_read

    @property
    def bytes_read(self) -> int:
        """Bytes that all processes have read since the meter was started."""
        return int(self._read.value) + _read_here - self._zero

    def _started(self) -> ProcessPoolExecutor:
        if self._executor is None:
            self._executor = ProcessPoolExecutor(self._processes, self._context, _begin, (self._read,))
        return self._executor


def processes_of(environment: dict[str, str]) -> int:
    """Processes that a job may use: the threads that its profile gives it."""
    return max(1, int(environment.get("OMP_NUM_THREADS", "1")))


def _begin(read: Any) -> None:
    """Sets a process up: one thread each, and an end when the one that started it is gone, however that came about."""
    global _read
    _read = read
    os.environ["RAYON_NUM_THREADS"] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
