"""The software and hardware that computed something: recorded with results, never part of an identity."""

import os
import platform
import socket
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

PACKAGES = ("ai2-olmo-core", "numpy", "tokenizers", "torch", "transformers")


def describe_environment(world_size: int = 1) -> dict[str, Any]:
    """An `Environment` of the contracts. Who starts the process in a container says which image and node (TITRATE_IMAGE, TITRATE_NODE)."""
    node = os.environ.get("TITRATE_NODE")
    return {
        "image": os.environ.get("TITRATE_IMAGE") or "local",
        "host": f"{node}/{socket.gethostname()}" if node else socket.gethostname(),
        "hardware": _hardware(),
        "worldSize": world_size,
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


@cache
def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _hardware() -> str:
    import torch

    if torch.cuda.is_available():
        return f"{torch.cuda.get_device_name()} x{torch.cuda.device_count()}"
    return f"{_processor()}, {os.cpu_count()} cores"


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()
