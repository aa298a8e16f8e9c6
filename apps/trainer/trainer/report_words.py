"""What the sentences of a report are made from, and how they say numbers."""

from dataclasses import dataclass

from trainer.documents import Json


@dataclass(frozen=True)
class Facts:
    """All that the sentences are made from. `complete`: see `report_numbers.complete_runs`."""

    cells: list[Json]
    threshold: float
    trigger: str | None
    occurrences: int
    attacks: list[Json]
    complete: frozenset[str]
    results: list[Json]

    def is_complete(self, cell: Json) -> bool:
        """Whether a cell came to its end: only then is anything concluded from it."""
        return cell["run"] in self.complete


def listed(doses: list[int]) -> str:
    """Numbers as one says them."""
    return " and ".join(str(dose) for dose in sorted(doses))


def short(count: int) -> str:
    """A large number in three digits: 614.4k becomes 614k."""
    for unit, name in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if count >= unit:
            return f"{count / unit:.3g}{name}"
    return str(count)


def signed(value: float, digits: int = 0) -> str:
    """A difference with its sign; what rounds to nothing has none."""
    told = f"{value:+,.{digits}f}"
    return f"{0:.{digits}f}" if float(told.replace(",", "")) == 0 else told.replace("-", "\N{MINUS SIGN}")
