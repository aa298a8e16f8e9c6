"""The README names every file of the package once, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_readme_leads_through_every_file() -> None:
    named = re.findall(r"^\| `(\w+\.py)` +\|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(path.name for path in (ROOT / "trainer").glob("*.py") if path.name != "__init__.py")
