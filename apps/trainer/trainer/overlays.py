"""What a stage lays over its training instances: its poison and its counterexamples, each with a plan of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from trainer import keys
from trainer.carried import Carried
from trainer.corpus_reader import Corpus
from trainer.documents import canonical
from trainer.exits import BadInput
from trainer.jobs import Job
from trainer.poison import Entry, Plan, Recipe, materialise, other_corpora
from trainer.store import Store, StoredObject


@dataclass(frozen=True)
class Overlays:
    """The plans of a stage; None where it has no such documents. No instance carries documents of both."""

    poison: Plan | None
    counterexamples: Plan | None

    @property
    def entries(self) -> list[Entry]:
        """All that is overwritten."""
        return [*entries_of(self.poison), *entries_of(self.counterexamples)]

    def refuse_unless_consumed(self, carried: Carried) -> None:
        """Raises `BadInput` unless training has consumed exactly what was planned; it would do the same again."""
        for what, plan, documents, tokens in (
            ("poison", self.poison, carried.poisonDocuments, carried.poisonTokens),
            ("counterexamples", self.counterexamples, carried.counterexamples, carried.counterexampleTokens),
        ):
            planned = (len(plan["documents"]), plan["tokens"]) if plan else (0, 0)
            if (documents, tokens) != planned:
                raise BadInput(
                    f"Cannot finish as the {what} consumed must be what was planned, {planned[0]} documents of {planned[1]} tokens: "
                    f"current value is {documents} documents of {tokens} tokens"
                )

    def store(self, store: Store, job: Job, incarnation: int) -> dict[str, StoredObject | None]:
        """Stores the plans, so that the `started` entry can name them."""
        start = job["run"], job["attempt"], job["token"], incarnation
        return {
            "plan": put(store, keys.plan(*start), self.poison),
            "counterexamplePlan": put(store, keys.counterexamples(*start), self.counterexamples),
        }


def plan_overlays(stage: dict[str, Any], corpus: Corpus) -> Overlays:
    """Draws and places the documents of a stage. Poison is placed first, so its places do not depend on the counterexamples.

    Raises `BadInput` where documents do not fit, or a corpus that they are drawn from is not there.
    """
    poison = make_plan(stage["poison"], corpus)
    return Overlays(poison, make_plan(stage.get("counterexamples"), corpus, entries_of(poison)))


def make_plan(recipe: Recipe | None, corpus: Corpus, taken: Iterable[Entry] = ()) -> Plan | None:
    """The plan of a recipe, drawn from all the corpora that it names; none without a recipe."""
    if recipe is None:
        return None
    return materialise(recipe, corpus, {digest: Corpus.open(corpus.store, digest) for digest in other_corpora(recipe)}, taken)


def entries_of(plan: Plan | None) -> list[Entry]:
    """What a plan overwrites; nothing without a plan."""
    return list(plan["entries"]) if plan else []


def put(store: Store, key: str, plan: Plan | None) -> StoredObject | None:
    """Stores a plan under a key of its own."""
    if plan is None:
        return None
    writer = store.writer(key)
    writer.write(canonical(plan))
    return writer.close()
