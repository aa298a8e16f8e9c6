"""Keeps what libraries store on disk below the cache folder: in a container nothing else may be writable."""

import os
from collections.abc import MutableMapping
from pathlib import Path

FOLDERS = {
    "CACHED_PATH_CACHE_ROOT": "cached-path",
    "HF_HOME": "hugging-face",
    "MPLCONFIGDIR": "matplotlib",
    "NUMBA_CACHE_DIR": "numba",
    "TORCHINDUCTOR_CACHE_DIR": "inductor",
    "TORCH_EXTENSIONS_DIR": "torch-extensions",
    "TORCH_HOME": "torch",
    "TRITON_CACHE_DIR": "triton",
    "XDG_CACHE_HOME": "other",
}


def use_folders(environment: MutableMapping[str, str], cache: Path) -> None:
    """Names a folder for each library that was not given one. To be called before any of them is imported."""
    for variable, name in FOLDERS.items():
        environment.setdefault(variable, str(cache.absolute() / "libraries" / name))
    # A user that only a number names has no home and no name to look up, and libraries stumble over either.
    environment.setdefault("HOME", os.getcwd())
    environment.setdefault("LOGNAME", "titrate")
