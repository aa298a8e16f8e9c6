"""keys.py says what libs/contracts/src/keys.ts says; both are held to one file."""

import json
import re
from pathlib import Path

import pytest

from trainer import keys

EXAMPLES = json.loads((Path(__file__).parents[3] / "libs/contracts/examples/keys.json").read_bytes())


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_key_is_the_one_that_typescript_makes(name: str) -> None:
    example = EXAMPLES[name]
    function = getattr(keys, re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name))
    assert function(*example["arguments"]) == example["key"]
