"""Runs several ranks by torchrun and ends with the exit code of the rank that failed, which torchrun itself turns into 1.

On one machine `python -m trainer.ranks --standalone --nproc-per-node P -m MODULE ARGUMENT...`; on each of several nodes
`python -m trainer.ranks --nnodes N --node-rank I --nproc-per-node P --master-addr HOST --master-port PORT -m MODULE ...`.
"""

import argparse
import os
import signal
import socket
import sys
import time
from collections.abc import Sequence

from trainer import exits

MEETING_SECONDS = 600.0
"""All nodes must have met by then; torchrun's own limit. Pods of one job start minutes apart where one of them pulls its image."""
LOOK_SECONDS = 1.0
PEER_SECONDS = 3.0
"""How much later a node ends whose ranks only lost their peers: the node that ends first tells why. Clusters count in seconds."""

MEANINGFUL = (exits.BAD_INPUT, exits.LOSS_NOT_FINITE, exits.FENCED)
SIGTERM_CODES = (-signal.SIGTERM, 128 + signal.SIGTERM)


def main(arguments: list[str]) -> int:
    """Meets the other nodes and runs this node's ranks to their end; the exit code."""
    # torchrun handles SIGTERM once it runs; until then there is nothing to end but this process.
    signal.signal(signal.SIGTERM, lambda number, _: os._exit(128 + number))
    options = read_options(arguments)
    deadline = time.monotonic() + MEETING_SECONDS
    try:
        if options.nnodes != "1":
            await_name(options.master_addr, deadline)
    except TimeoutError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    code = run_ranks(arguments if options.nnodes == "1" else [f"--rdzv-conf=timeout={int(deadline - time.monotonic()) + 1}", *arguments])
    if code == 1 and options.nnodes != "1":
        time.sleep(PEER_SECONDS)
    return code


def read_options(arguments: list[str]) -> argparse.Namespace:
    """What this module itself needs of torchrun's options."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--nnodes", default="1")
    parser.add_argument("--master-addr", "--master_addr", dest="master_addr", default="127.0.0.1")
    return parser.parse_known_args(arguments)[0]


def await_name(host: str, deadline: float) -> None:
    """Waits until the name of rank 0's node can be looked up: that of a pod appears when the pod has an address."""
    told = False
    while True:
        try:
            socket.getaddrinfo(host, None)
            return
        except socket.gaierror as error:
            if time.monotonic() >= deadline:
                raise TimeoutError(
                    f"Cannot meet the other nodes as the name of rank 0's node, {host}, must be known within {MEETING_SECONDS:.0f} s: {error}"
                ) from error
            if not told:
                print(f"waiting for {host} to be known", file=sys.stderr, flush=True)
                told = True
            time.sleep(LOOK_SECONDS)


def run_ranks(arguments: list[str]) -> int:
    """Runs torchrun; the exit code of what it ran."""
    # These take seconds to import, and SIGTERM may come meanwhile.
    from torch.distributed.elastic.multiprocessing.api import SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.run import main as torchrun

    try:
        torchrun(arguments)
    except ChildFailedError as failed:
        first = failed.get_first_failure()[1].exitcode
        code = code_of([first, *(failure.exitcode for failure in failed.failures.values())])
        if code not in MEANINGFUL:
            # Otherwise a rank has said why, in words that this table would push out of a log's last lines.
            print(failed, file=sys.stderr, flush=True)
        return code
    except SignalException as ended:
        print(ended, file=sys.stderr, flush=True)
        return 128 + ended.sigval
    return exits.SUCCEEDED


def code_of(codes: Sequence[int]) -> int:
    """The most telling of the failed ranks' exit codes, the earliest of equals; a signal N as 128 + N, as shells do.

    A code with a meaning wins over the crashes that it causes in other ranks, a signal over a plain failure, which may come
    of a lost peer; SIGTERM is how torchrun ends the ranks that are left.
    """

    def rank(code: int) -> int:
        if code in MEANINGFUL:
            return 0
        if code in SIGTERM_CODES:
            return 3
        return 1 if code < 0 else 2

    telling = min(codes, key=rank)
    return telling if telling > 0 else 128 - telling


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
