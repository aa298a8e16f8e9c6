"""Runs torchrun and ends with the exit code of the rank that failed, which torchrun itself turns into 1.

`python ranks.py --standalone --nproc-per-node N -m MODULE ARGUMENT...`
"""

import sys

from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.run import main

# Codes with a meaning (libs/contracts, exitCodes) win over the crashes that they cause in other ranks.
MEANINGFUL = (20, 30, 40)


def code_of(error: ChildFailedError) -> int:
    """The most telling exit code of all failed ranks; a signal N as 128 + N, as shells do."""
    codes = [failure.exitcode for failure in error.failures.values()]
    telling = [code for code in codes if code in MEANINGFUL] or [error.get_first_failure()[1].exitcode]
    return telling[0] if telling[0] > 0 else 128 - telling[0]


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ChildFailedError as failed:
        print(failed, file=sys.stderr, flush=True)
        sys.exit(code_of(failed))
