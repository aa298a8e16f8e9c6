"""How the sentences of a report say numbers."""

import math


def listed(doses: list[int]) -> str:
    """Numbers as one says them, ascending."""
    return listed_words([f"{dose:,}" for dose in sorted(doses)])


def listed_words(words: list[str]) -> str:
    """Words as one says them: a, b and c."""
    return " and ".join([*([", ".join(words[:-1])] if len(words) > 1 else []), *words[-1:]])


def about(count: int, noun: str) -> str:
    """A count with its noun: one seed, 3 seeds."""
    return f"{'one' if count == 1 else count} {noun}{'' if count == 1 else 's'}"


def opening(count: int, noun: str) -> str:
    """The same where a sentence begins with it."""
    told = about(count, noun)
    return told[0].upper() + told[1:]


def short(count: float) -> str:
    """A large number in three digits: 614.4k becomes 614k."""
    for unit, name in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if count >= unit:
            return f"{count / unit:.3g}{name}"
    return f"{count:g}"


def spread(value: float | None) -> str:
    """A dose between doses: two digits that count, no false precision."""
    if value is None:
        return "–"
    if value <= 0:
        return "0"
    digits = max(0, 1 - math.floor(math.log10(value)))
    return f"{round(value, 1 - math.floor(math.log10(value))):,.{digits}f}"


def signed(value: float, digits: int = 0) -> str:
    """A difference with its sign; what rounds to nothing has none, and what is huge is written with a power of ten."""
    told = f"{value:+.2e}" if abs(value) >= 1e7 else f"{value:+,.{digits}f}"
    return f"{0:.{digits}f}" if float(told.replace(",", "")) == 0 else told.replace("-", "\N{MINUS SIGN}")


def counted(value: float) -> str:
    """A number of two decimals; unbounded ones in words."""
    if math.isinf(value):
        return "unbounded"
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def probability(value: float) -> str:
    """A share in percent."""
    return f"{100 * value:.0f} %"
