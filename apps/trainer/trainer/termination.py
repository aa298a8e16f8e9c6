"""SIGTERM ends the process at once, whatever the main thread is busy with.

A queue that evicts a job, a node that is drained and torchrun all ask this way. Process 1 of a container ignores a signal
that it does not handle, and Python runs a handler only between two steps of the main thread, which may sit in a collective
for minutes; so a thread of its own waits for the signal. What counts is committed already: nothing is saved on the way out.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable

EXIT_CODE = 128 + signal.SIGTERM
"""As shells tell of a process that SIGTERM ended."""
LAST_ACTS_SECONDS = 5.0
"""What `before_end` was given may take so long, all together."""

_last_acts: list[Callable[[], object]] = []


def listen() -> None:
    """To be called once, by the main thread, before it starts any other: threads inherit that the signal is not theirs."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    threading.Thread(target=_await_signal, name="termination", daemon=True).start()


def before_end(act: Callable[[], object]) -> None:
    """Something short that is worth doing when SIGTERM has come, such as handing in the last metrics."""
    _last_acts.append(act)


def _await_signal() -> None:
    signal.sigwait({signal.SIGTERM})
    print("ended by SIGTERM", file=sys.stderr, flush=True)
    acts = threading.Thread(target=_act, daemon=True)
    acts.start()
    acts.join(LAST_ACTS_SECONDS)
    sys.stdout.flush()
    os._exit(EXIT_CODE)


def _act() -> None:
    for act in _last_acts:
        act()
