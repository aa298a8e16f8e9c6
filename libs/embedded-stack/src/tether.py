"""Runs a command that ends when its parent ends, however that happens.

Usage: tether.py PARENT_PID DEATH_SIGNAL USER COMMAND [ARGUMENT ...]

The kernel sends DEATH_SIGNAL to the command when its parent dies (Linux, prctl PR_SET_PDEATHSIG), so that not even
`kill -9` of the owner leaves a server behind. USER is `-`, or the name of a user to become (as root only). Python does
this because it is there anyway and needs no compiler; the process id stays the same through `exec`.
"""

import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1


def become(user: str) -> None:
    """Drops to another user for good, with its own group and no supplementary groups."""
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def main() -> None:
    """Ties this process to its parent and turns into the command."""
    parent, death_signal, user, *command = sys.argv[1:]
    if user != "-":
        become(user)
    # After the change of user: a change of credentials clears the parent-death signal.
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    # The parent may have died before prctl took hold; then nobody would send the signal.
    if os.getppid() != int(parent):
        sys.exit(1)
    os.execvp(command[0], command)


main()
