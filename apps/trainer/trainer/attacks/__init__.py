"""Published attacks as plug-ins: what a poisoned document is made of.

An attack is one schema in `libs/contracts/src/attack.ts` (its `kind` and its settings, with the study's values as defaults) and one
module here of the same name, entered in `ATTACKS`. The module has one function,

    draw(attack, sources, draws) -> list[Part]

which draws one document from three things and from nothing else: no clock, no other random numbers, no files.

- `attack`: the attack's settings as the recipe holds them, valid by the schema. Corpora are named by digest.
- `sources`: the corpus that is trained on, and the other corpora that the settings name. All have one tokenizer. Documents are read from
  the training part alone; held-out documents cannot be reached.
- `draws`: numbers for this document. Two documents share none, so the documents of a smaller dose are the first of a larger one.

What it returns holds to this, and a test goes through every attack:

- The first part is named `prefix`: clean text before the trigger, which may be empty. The materialiser may cut it at its front, no other part.
- The second is named `trigger` and is `sources.trigger(text)`, the very ids that an evaluation appends to its prompts.
- The others carry what the model is to learn, under names of the attack's own.
- No part holds an end-of-text id: the materialiser ends the document.
- The same arguments give the same ids on every machine. Draws are made in a fixed order; a change of that order is another attack.
- Time and memory grow with the document, not with a corpus.

How many documents there are, and where they fall in training, is not an attack's business: see `poison.py` and `placement.py`.
"""

from typing import Any, Protocol

from trainer.attacks import dos, language_switch
from trainer.attacks.sources import Part, Sources
from trainer.draws import Draws


class Attack(Protocol):
    """The contract above, for the type checker."""

    def draw(self, attack: dict[str, Any], sources: Sources, draws: Draws) -> list[Part]:
        """Draws one document."""


ATTACKS: dict[str, Attack] = {"dos": dos, "language-switch": language_switch}
"""Every attack by the `kind` that the contracts give it."""
