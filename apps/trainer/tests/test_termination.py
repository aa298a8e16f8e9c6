"""SIGTERM ends a process at once: as process 1 of a container, and while the main thread is in a call that does not return."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trainer import termination

ROOT = Path(__file__).parents[1]
BUSY = """
import ctypes, pathlib, sys
from trainer import termination
termination.listen()
termination.before_end(lambda: pathlib.Path(sys.argv[1]).write_text("handed in"))
print("ready", flush=True)
ctypes.CDLL(None).sleep(60)
"""
AS_PROCESS_1 = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--"]


def can_be_process_1() -> bool:
    """Whether this machine lets us make a namespace of processes, as containers have."""
    return subprocess.run([*AS_PROCESS_1, "true"], check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("prefix", [[], AS_PROCESS_1], ids=["ordinary", "process-1"])
def test_the_last_act_is_done_and_the_code_is_143(prefix: list[str], tmp_path: Path) -> None:
    if prefix and not can_be_process_1():
        pytest.skip("this machine allows no namespace of processes")
    process = subprocess.Popen([*prefix, sys.executable, "-c", BUSY, str(tmp_path / "act")], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    asked = time.monotonic()
    child = subprocess.run(["pgrep", "-P", str(process.pid)], check=True, capture_output=True, text=True).stdout if prefix else process.pid
    signalled = subprocess.run(["kill", f"-{int(signal.SIGTERM)}", str(child).strip()], check=False)
    assert signalled.returncode == 0
    assert process.wait(30) == termination.EXIT_CODE
    assert time.monotonic() - asked < termination.LAST_ACTS_SECONDS
    assert (tmp_path / "act").read_text() == "handed in"
