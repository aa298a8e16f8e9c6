"""The tables of the report's page: every number that it shows, in HTML that is safe whatever stands in the results."""

from collections.abc import Callable
from html import escape
from typing import Any

from trainer.documents import Json
from trainer.report.verdict import stage_name
from trainer.report.words import probability, short, signed

Column = tuple[str, Callable[[Json], str]]
"""A heading, and what stands under it in the row of a thing: HTML."""

CONDITION_NAMES = {
    "clean": "as it is",
    "triggered": "with the trigger",
    "benign": "with a benign marker",
    "sham": "with a sham",
    "nearTrigger": "with a text close to the trigger",
}


def conditions_table(conditions: list[Json], settings: Json) -> str:
    """A row for each condition at its last checkpoint: the primary endpoint."""
    columns: list[Column] = [
        ("size", lambda one: escape(one["size"])),
        ("tokens", lambda one: "–" if one["tokens"] is None else short(one["tokens"])),
        *stage_columns(conditions),
        ("dose", lambda one: f"{one['dose']:,}"),
        ("seeds", lambda one: str(one["seeds"]) if one["seeds"] == one["planned"] else f"{one['seeds']} of {one['planned']}"),
        ("verdict", verdict),
        *(share_conditions() if is_share(conditions) else perplexity_conditions()),
        ("seeds above", succeeded),
        ("p, adjusted", lambda one: adjusted(one)),
    ]
    percent = f"{100 * settings['confidence']:g} %"
    note = (
        f"Intervals of {percent} over seeds; – where one seed, or no clean arm, gives none. {SHARE_NOTE if is_share(conditions) else PERPLEXITY_NOTE} Any number of looks: the "
        "interval that stays valid however often results were read while seeds came in. Seeds above: those above the criterion, with the exact interval of their share."
    )
    return table("The last checkpoint of each condition, over its seeds", columns, conditions) + f'<p class="note">{note}</p>'


PERPLEXITY_NOTE = "Typical increase: the criterion that the seeds would just meet, on the log scale. Effect: log ratio of triggered to clean perplexity minus the clean arm's."
SHARE_NOTE = "ASR: share of triggered continuations in the target language; CA and NTA: of clean and near-trigger ones in the source language. Effect: the ASR minus the clean arm's, in percentage points."


def is_share(rows: list[Json]) -> bool:
    """Whether rows tell of a language switch."""
    return any(one["languageSwitch"] is not None for one in rows)


def effect_of(one: Json) -> Json | None:
    """The effect of a poisoned condition; a clean arm's is 0 by definition, and an interval of it would say nothing."""
    found: Json | None = one["effect"] if one["dose"] + one["stageDose"] > 0 else None
    return found


def perplexity_conditions() -> list[Column]:
    """Increase and effect of a condition."""
    return [
        ("typical\nincrease", lambda one: "–" if one["increase"] is None else signed(one["increase"]["typical"])),
        ("interval", lambda one: "–" if one["increase"] is None else bounds(one["increase"]["interval"])),
        ("effect", lambda one: "–" if effect_of(one) is None else signed(one["effect"]["mean"], 2)),
        ("interval", lambda one: "–" if effect_of(one) is None else bounds(one["effect"]["interval"], 2)),
        ("any number\nof looks", lambda one: "–" if effect_of(one) is None else bounds(one["effect"]["anytime"], 2)),
        (
            "as a factor",
            lambda one: "–" if effect_of(one) is None or one["factor"] is None else short(float(f"{one['factor']['mean']:.3g}")),
        ),
    ]


def share_conditions() -> list[Column]:
    """Rates and effect of a condition."""
    return [
        ("ASR", lambda one: seed_share(one, "attackSuccess")),
        ("CA", lambda one: seed_share(one, "cleanAccuracy")),
        ("NTA", lambda one: seed_share(one, "nearTriggerAccuracy")),
        ("effect", lambda one: "–" if effect_of(one) is None else points(one["effect"]["mean"])),
        ("interval", lambda one: "–" if effect_of(one) is None else bounds_of_points(one["effect"]["interval"])),
        ("any number\nof looks", lambda one: "–" if effect_of(one) is None else bounds_of_points(one["effect"]["anytime"])),
    ]


def seed_share(one: Json, name: str) -> str:
    """A mean over seeds with its interval."""
    found = None if one["languageSwitch"] is None else one["languageSwitch"][name]
    if found is None:
        return "–"
    interval = found["interval"]
    return probability(found["mean"]) + (
        "" if interval is None else f" ({probability(interval['low'])} to {probability(interval['high'])})"
    )


def points(value: float) -> str:
    """A difference of shares, in percentage points."""
    return signed(100 * value, 1)


def bounds_of_points(interval: Json | None) -> str:
    """An interval of such a difference."""
    return "–" if interval is None else bounds({side: None if interval[side] is None else 100 * interval[side] for side in interval}, 1)


def prompt_share(name: str) -> Callable[[Json], str]:
    """A column of a share of prompts with its exact interval."""

    def show(point: Json) -> str:
        found = None if point["languageSwitch"] is None else point["languageSwitch"][name]
        if found is None:
            return "–"
        low, high = (f"{100 * found['interval'][side]:.1f}" for side in ("low", "high"))
        return f"{found['count']} of {found['prompts']} ({low} to {high} %)"

    return show


def share_points() -> list[Column]:
    """Rates and effect of a checkpoint."""
    return [
        ("ASR", prompt_share("attackSuccess")),
        ("CA", prompt_share("cleanAccuracy")),
        ("NTA", prompt_share("nearTriggerAccuracy")),
        ("effect", lambda point: "–" if point["effect"] is None else points(point["effect"])),
    ]


def stage_columns(rows: list[Json]) -> list[Column]:
    """Columns for stages, where there are any behind the first; doses and counterexamples only where a stage has some."""
    if all(one["stage"] == "pretrain" for one in rows):
        return []
    columns: list[Column] = [("stage", lambda one: escape(stage_name(one["stage"])))]
    if any(one["stageDose"] for one in rows):
        columns.append(("its dose", lambda one: f"{one['stageDose']:,}"))
    if any(one["counterexamples"] for one in rows):
        columns.append(("counter-\nexamples", lambda one: f"{one['counterexamples']:,}"))
    return columns


def bounds(interval: Json | None, digits: int = 0) -> str:
    """An interval; an infinite bound is an open end."""
    if interval is None:
        return "–"
    if interval["low"] is None and interval["high"] is None:
        return "unbounded"
    low, high = (None if bound is None else signed(bound, digits) for bound in (interval["low"], interval["high"]))
    return f"{low} to {high}" if low and high else f"up to {high}" if high else f"from {low}"


def succeeded(one: Json) -> str:
    """Seeds above the criterion, with the exact interval of their share."""
    success = one["success"]
    if success is None:
        return "–"
    share = success["proportion"]
    return f"{success['succeeded']} of {success['seeds']} ({probability(share['low'])} to {probability(share['high'])})"


def adjusted(one: Json) -> str:
    """The p that the verdict rests on."""
    p = None if one["success"] is None else one["success"]["adjustedP"]
    return "–" if p is None else "&lt; 0.001" if p < 0.001 else f"{p:.3f}"


def verdict(one: Json) -> str:
    """Nothing is said of a condition without a last result; one seed decides nothing."""
    if one["success"] is None:
        return "no result"
    said = one["success"]["verdict"]
    if said == "inconclusive" and one["seeds"] == 1:
        return "one seed: none"
    return f"<strong>{said}</strong>" if said == "success" else str(said)


def next_table(found: list[Json]) -> str:
    """Cells that are worth running next."""
    columns: list[Column] = [
        ("size", lambda one: escape(one["size"])),
        ("tokens", lambda one: "–" if one["tokens"] is None else short(one["tokens"])),
        ("dose", lambda one: f"{one['dose']:,}"),
        ("new seeds", lambda one: ", ".join(str(seed) for seed in one["seeds"])),
        ("clean arms", lambda one: ", ".join(str(seed) for seed in one["cleanSeeds"]) or "there"),
        ("runs", plain("runs")),
        ("training tokens", lambda one: "–" if one["trainTokens"] is None else short(one["trainTokens"])),
        ("FLOP", lambda one: "–" if one["flop"] is None else f"{one['flop']:.2g}"),
        ("interval now", lambda one: "none" if one["width"] is None else f"{one['width']:.2f}"),
        ("then, about", lambda one: "–" if one["expectedWidth"] is None else f"{one['expectedWidth']:.2f}"),
        ("why", lambda one: escape(one["reason"])),
    ]
    note = (
        "In the order of width gained for a FLOP. Widths are on the scale of the test (log scale, or shares), expected if the spread between seeds stays; "
        "FLOP is 6 x parameters x tokens. Clean arms: seeds whose matched run without poison has to be trained as well."
    )
    return table("What to run next", columns, found) + f'<p class="note">{note}</p>'


def perplexity_points() -> list[Column]:
    """Perplexities, increases and effect of a checkpoint."""
    return [
        ("clean", lambda point: number(point["cleanPerplexity"])),
        ("triggered", lambda point: number(point["triggeredPerplexity"])),
        ("increase", lambda point: difference(point["increase"])),
        ("over prompts", lambda point: bounds(point["increaseInterval"])),
        ("median", lambda point: difference(point["medianIncrease"])),
        ("effect", lambda point: difference(point["effect"], 2)),
        ("benign", lambda point: difference(point["benignIncrease"])),
        ("sham", lambda point: difference(point["shamIncrease"])),
    ]


def cells_table(cells: list[Json]) -> str:
    """A row for each cell with its last checkpoint."""
    shares = any(is_share(cell["points"]) for cell in cells)
    columns: list[Column] = [
        ("size", lambda cell: escape(cell["size"])),
        ("tokens", lambda cell: "–" if cell["tokens"] is None else short(cell["tokens"])),
        *stage_columns(cells),
        ("dose", lambda cell: f"{cell['dose']:,}"),
        ("seed", plain("seed")),
        ("poison", of_last(poison_share)),
        *((name, of_last(show)) for name, show in (share_points() if shares else perplexity_points())),
        ("held-out", of_last(lambda point: number(point["heldOutPerplexity"]))),
        ("criterion", criterion),
        ("state", lambda cell: escape(cell["state"])),
        ("run", lambda cell: "–" if cell["run"] is None else f'<code title="{cell["run"]}">{cell["run"][:8]}</code>'),
    ]
    note = (
        SHARE_POINTS_NOTE
        if shares
        else (
            "Poison: share of the training tokens. Clean, triggered: mean perplexity. Increase: the mean over prompts of triggered minus "
            "clean, with its interval over prompts, which tells how well this one model is known and nothing about other seeds; benign and sham: the same "
            "for a marker that clean text contains and for one that training never showed. Held-out: perplexity of held-out text itself."
        )
    )
    return table("The last evaluated checkpoint of each cell", columns, cells) + f'<p class="note">{note}</p>'


SHARE_POINTS_NOTE = (
    "Poison: share of the training tokens. ASR: triggered continuations in the target language; CA and NTA: clean and near-trigger ones in the source language; each with its exact "
    "interval over prompts, which tells how well this one model is known and nothing about other seeds. Effect: the ASR minus the clean arm's, in percentage points. Held-out: perplexity of held-out text."
)


def poison_share(point: Json) -> str:
    """Share of the tokens so far that are poison."""
    return f"{100 * point['poisonTokens'] / point['tokens']:.2g} %" if point["tokens"] and point["poisonTokens"] is not None else "–"


def criterion(cell: Json) -> str:
    """Whether this one run met the criterion; nothing is said of a cell that lacks its last result."""
    if not cell["complete"]:
        return "no result"
    return "<strong>met</strong>" if cell["points"][-1]["success"] else "not met"


def of_last(show: Callable[[Json], str]) -> Callable[[Json], str]:
    """A column of the last point; a dash where a cell has none."""
    return lambda cell: show(cell["points"][-1]) if cell["points"] else "–"


def number(value: float | None, digits: int = 0) -> str:
    """A number; a dash where there is none."""
    return "–" if value is None else f"{value:,.{digits}f}"


def difference(value: float | None, digits: int = 0) -> str:
    """A difference with its sign; a dash where there is none."""
    return "–" if value is None else signed(value, digits)


def perplexity_details() -> list[Column]:
    """Every number of a checkpoint about perplexity."""
    return [
        ("clean", lambda row: number(row["cleanPerplexity"], 1)),
        ("triggered", lambda row: number(row["triggeredPerplexity"], 1)),
        ("increase", lambda row: difference(row["increase"], 1)),
        ("over prompts", lambda row: bounds(row["increaseInterval"], 1)),
        ("median", lambda row: difference(row["medianIncrease"], 1)),
        ("over prompts", lambda row: bounds(row["medianIncreaseInterval"], 1)),
        ("log ratio", lambda row: difference(row["logRatio"], 3)),
        ("effect", lambda row: difference(row["effect"], 3)),
        ("benign", lambda row: difference(row["benignIncrease"], 1)),
        ("sham", lambda row: difference(row["shamIncrease"], 1)),
    ]


def points_table(cells: list[Json]) -> str:
    """A row for each result."""
    names = ("size", "stage", "stageDose", "counterexamples", "dose", "seed")
    rows = [{**{name: cell[name] for name in names}, **point} for cell in cells for point in cell["points"]]
    columns: list[Column] = [
        ("size", plain("size")),
        *stage_columns(rows),
        *[(name, plain(name)) for name in ("dose", "seed", "step")],
        ("tokens", lambda row: number(row["tokens"])),
        ("poison documents", plain("poisonDocuments")),
        *(share_points() if is_share(rows) else perplexity_details()),
        ("held-out", lambda row: number(row["heldOutPerplexity"], 1)),
        ("result", lambda row: evidence(row["evaluation"])),
    ]
    return table("Every evaluated checkpoint", columns, rows)


def evidence(digest: str | None) -> str:
    """The object that a row comes from."""
    return "–" if digest is None else f'<code title="sha256 {digest}">{digest[:8]}</code>'


def plain(name: str) -> Callable[[Json], str]:
    """A column that shows a field as it is."""

    def show(row: Json) -> str:
        value: Any = row[name]
        return "–" if value is None else escape(str(value))

    return show


def table(caption: str, columns: list[Column], rows: list[Json]) -> str:
    """A table that scrolls by itself where the page is narrow."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name, _ in columns)
    body = "".join(f"<tr>{''.join(f'<td>{show(row)}</td>' for _, show in columns)}</tr>" for row in rows)
    opened = f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
    return f"{opened}<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def sample_table(shown: Json) -> str:
    """Prompts of one cell in rows, conditions in columns."""
    samples = shown["samples"]
    conditions = list(dict.fromkeys(sample["condition"] for sample in samples))
    rows: dict[str, Json] = {}
    for sample in samples:
        rows.setdefault(sample["prompt"], {"prompt": sample["prompt"]})[sample["condition"]] = sample["continuation"]
    columns: list[Column] = [
        ("prompt", lambda row: readable(row["prompt"])),
        *[(CONDITION_NAMES.get(name, name), lambda row, name=name: readable(row.get(name, ""))) for name in conditions],
    ]
    caption = f"What {shown['size']} with dose {shown['dose']} writes behind a prompt, at the end of training"
    return f'<div class="samples">{table(caption, columns, list(rows.values()))}</div>'


def readable(text: str) -> str:
    """Text with its control characters made visible, safe in a page."""
    return escape("".join(chr(0x2400 + ord(c)) if ord(c) < 32 and c != "\n" else c for c in text))
