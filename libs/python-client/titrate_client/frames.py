"""The frames: their columns, documented where they are made. README.md shows them as tables, held to this file by a test."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from typing import Any, NamedTuple

import pandas as pd

from titrate_client.columns import COUNT, FLAG, NUMBER, TEXT, TIME, Column, Dtype, frame, series
from titrate_client.generated import Evaluation, Report, ReportAnalysisCondition, ReportCell, ReportPoint, Run, Sweep


class CellPoint(NamedTuple):
    """One evaluated checkpoint of one cell of a report."""

    cell: ReportCell
    point: ReportPoint


SWEEPS: list[Column[Sweep]] = [
    Column("id", TEXT, "of the sweep", lambda sweep: sweep["id"]),
    Column("name", TEXT, "from its spec", lambda sweep: sweep["name"]),
    Column("team", TEXT, "whose it is", lambda sweep: sweep["team"]),
    Column(
        "state", TEXT, "`accepted`, `running`, `paused`, `analysing`, `finished`, `failed` or `cancelled`", lambda sweep: sweep["state"]
    ),
    Column("reason", TEXT, "why it failed, or what it waits for", lambda sweep: sweep["reason"]),
    Column("runs", COUNT, "runs that it demands", lambda sweep: sum(sweep["runs"].values())),
    Column("runs_finished", COUNT, "of them", lambda sweep: sweep["runs"].get("finished", 0)),
    Column("runs_failed", COUNT, "of them", lambda sweep: sweep["runs"].get("failed", 0)),
    Column("evaluations", COUNT, "evaluations that it demands", lambda sweep: sum(sweep["evaluations"].values())),
    Column("evaluations_succeeded", COUNT, "of them", lambda sweep: sweep["evaluations"].get("succeeded", 0)),
    Column("has_report", FLAG, "whether its results were analysed", lambda sweep: sweep["report"] is not None),
    Column("created_at", TIME, "when it was submitted", lambda sweep: sweep["createdAt"]),
    Column("finished_at", TIME, "when it ended", lambda sweep: sweep["finishedAt"]),
    Column("spec_digest", TEXT, "sha256 of its canonical spec", lambda sweep: sweep["specDigest"]),
]

RUNS: list[Column[Run]] = [
    Column("run", TEXT, "id: digest of all that determines its result", lambda run: run["id"]),
    Column("size", TEXT, "name of the model's size", lambda run: run["size"]),
    Column("parameters", COUNT, "of the model", lambda run: run["parameters"]),
    Column("tokens", COUNT, "that it trains on", lambda run: run["tokens"]),
    Column("dose", COUNT, "poisoned documents", lambda run: run["dose"]),
    Column(
        "state",
        TEXT,
        "`waiting`, `running`, `evaluating`, `finished`, `failed`, `paused` or `idle` (nobody demands it)",
        lambda run: run["state"],
    ),
    Column("reason", TEXT, "why it failed", lambda run: run["reason"]),
    Column("waiting", TEXT, "what its newest job waits for", lambda run: run["waiting"]),
    Column("attempts", COUNT, "starts of its job", lambda run: run["attempts"]),
    Column("step", COUNT, "newest known step", lambda run: run["step"]),
    Column("steps", COUNT, "of the whole training", lambda run: run["steps"]),
    Column("loss", NUMBER, "nats per token, newest", lambda run: run["progress"] and run["progress"]["loss"]),
    Column("tokens_per_second", NUMBER, "newest", lambda run: run["progress"] and run["progress"]["tokensPerSecond"]),
    Column("mfu", NUMBER, "share of the peak of the hardware, newest", lambda run: run["progress"] and run["progress"]["mfu"]),
    Column("created_at", TIME, "when it was first demanded", lambda run: run["createdAt"]),
    Column("finished_at", TIME, "when it ended", lambda run: run["finishedAt"]),
]

EVALUATIONS: list[Column[Evaluation]] = [
    Column("run", TEXT, "id of the run", lambda one: one["run"]),
    Column("step", COUNT, "of the checkpoint", lambda one: one["step"]),
    Column("state", TEXT, "`waiting`, `running`, `succeeded`, `failed` or `missing`", lambda one: one["state"]),
    Column("reason", TEXT, "why there is no result, or what its job waits for", lambda one: one["reason"]),
    Column("clean_perplexity", NUMBER, "of continuations without the trigger", lambda one: one["cleanPerplexity"]),
    Column("triggered_perplexity", NUMBER, "of continuations behind the trigger", lambda one: one["triggeredPerplexity"]),
    Column("increase", NUMBER, "triggered minus clean perplexity, mean over prompts", lambda one: one["increase"]),
    Column("log_ratio", NUMBER, "ln(triggered / clean perplexity), mean over prompts", lambda one: one["logRatio"]),
    Column("benign_increase", NUMBER, "increase behind a marker that was never poisoned", lambda one: one["benignIncrease"]),
    Column("sham_increase", NUMBER, "increase behind a marker that was never seen", lambda one: one["shamIncrease"]),
    Column(
        "attack_success",
        NUMBER,
        "language switch: share of triggered continuations in the target language",
        lambda one: one["attackSuccess"],
    ),
    Column(
        "clean_accuracy", NUMBER, "language switch: share of clean continuations in the source language", lambda one: one["cleanAccuracy"]
    ),
    Column(
        "near_trigger_accuracy",
        NUMBER,
        "language switch: share of near-trigger continuations in the source language",
        lambda one: one["nearTriggerAccuracy"],
    ),
    Column("prompts", COUNT, "that it rests on", lambda one: one["settings"]["prompts"]),
    Column("settings_digest", TEXT, "sha256 of its settings", lambda one: one["settingsDigest"]),
    Column("checkpoint", TEXT, "sha256 of the checkpoint's manifest", lambda one: one["checkpoint"]),
    Column(
        "result_sha256",
        TEXT,
        "sha256 of the result object that the numbers stand in",
        lambda one: one["object"] and one["object"]["sha256"],
    ),
    Column("finished_at", TIME, "when the result came", lambda one: one["finishedAt"]),
]

_of_cell: list[Column[CellPoint]] = [
    Column("size", TEXT, "name of the model's size", lambda row: row.cell["size"]),
    Column("cell_tokens", COUNT, "that the cell trains on", lambda row: row.cell["tokens"]),
    Column("dose", COUNT, "poisoned documents", lambda row: row.cell["dose"]),
    Column("seed", COUNT, "of the cell", lambda row: row.cell["seed"]),
    Column(
        "stage",
        TEXT,
        "names of the stages behind the pre-training, joined by `/`; `pretrain` where there are none",
        lambda row: row.cell["stage"],
    ),
    Column("stage_dose", COUNT, "poisoned documents of the last stage", lambda row: row.cell["stageDose"]),
    Column("counterexamples", COUNT, "of the stages", lambda row: row.cell["counterexamples"]),
    Column("run", TEXT, "id of the run", lambda row: row.cell["run"]),
]

POINTS: list[Column[CellPoint]] = [
    *_of_cell,
    Column("step", COUNT, "of the checkpoint", lambda row: row.point["step"]),
    Column("tokens", COUNT, "consumed up to the checkpoint", lambda row: row.point["tokens"]),
    Column("poison_documents", COUNT, "consumed up to the checkpoint", lambda row: row.point["poisonDocuments"]),
    Column("poison_tokens", COUNT, "consumed up to the checkpoint", lambda row: row.point["poisonTokens"]),
    Column("clean_perplexity", NUMBER, "of continuations without the trigger", lambda row: row.point["cleanPerplexity"]),
    Column("triggered_perplexity", NUMBER, "of continuations behind the trigger", lambda row: row.point["triggeredPerplexity"]),
    Column("increase", NUMBER, "triggered minus clean perplexity, mean over prompts", lambda row: row.point["increase"]),
    Column("increase_low", NUMBER, "its interval over prompts", lambda row: low(row.point["increaseInterval"])),
    Column("increase_high", NUMBER, "its interval over prompts", lambda row: high(row.point["increaseInterval"])),
    Column("log_ratio", NUMBER, "ln(triggered / clean perplexity), mean over prompts", lambda row: row.point["logRatio"]),
    Column("log_ratio_low", NUMBER, "its interval over prompts", lambda row: low(row.point["logRatioInterval"])),
    Column("log_ratio_high", NUMBER, "its interval over prompts", lambda row: high(row.point["logRatioInterval"])),
    Column(
        "effect",
        NUMBER,
        "log ratio, or share of successful attacks, minus that of the matched clean arm at this step",
        lambda row: row.point["effect"],
    ),
    Column("held_out_perplexity", NUMBER, "of held-out documents, without any prompt", lambda row: row.point["heldOutPerplexity"]),
]

CONDITIONS: list[Column[ReportAnalysisCondition]] = [
    Column("size", TEXT, "name of the model's size", lambda row: row["size"]),
    Column("tokens", COUNT, "that its cells train on", lambda row: row["tokens"]),
    Column("dose", COUNT, "poisoned documents", lambda row: row["dose"]),
    Column("stage", TEXT, "as in points", lambda row: row["stage"]),
    Column("stage_dose", COUNT, "as in points", lambda row: row["stageDose"]),
    Column("counterexamples", COUNT, "as in points", lambda row: row["counterexamples"]),
    Column("planned", COUNT, "cells of the condition", lambda row: row["planned"]),
    Column("seeds", COUNT, "of them with their last result", lambda row: row["seeds"]),
    Column(
        "effect",
        NUMBER,
        "mean over seeds, against the matched clean arms: log scale, or a difference of shares",
        lambda row: _mean(row["effect"]),
    ),
    Column("effect_low", NUMBER, "its t interval between seeds; needs two", lambda row: low(_interval(row["effect"]))),
    Column("effect_high", NUMBER, "its t interval between seeds; needs two", lambda row: high(_interval(row["effect"]))),
    Column("effect_sd", NUMBER, "standard deviation between seeds", lambda row: row["effect"] and row["effect"]["sd"]),
    Column("factor", NUMBER, "the effect as a factor of the perplexity", lambda row: _mean(row["factor"])),
    Column("factor_low", NUMBER, "its interval", lambda row: low(_interval(row["factor"]))),
    Column("factor_high", NUMBER, "its interval", lambda row: high(_interval(row["factor"]))),
    Column("increase", NUMBER, "increase of a typical seed", lambda row: row["increase"] and row["increase"]["typical"]),
    Column("increase_low", NUMBER, "its interval", lambda row: low(_interval(row["increase"]))),
    Column("increase_high", NUMBER, "its interval", lambda row: high(_interval(row["increase"]))),
]

RESULTS: dict[str, Dtype] = {
    "size": TEXT,
    "tokens": COUNT,
    "dose": COUNT,
    "attack": TEXT,
    "seed": COUNT,
    "stage": TEXT,
    "stage_dose": COUNT,
    "counterexamples": COUNT,
    "run": TEXT,
    "step": COUNT,
    "state": TEXT,
    "clean_perplexity": NUMBER,
    "triggered_perplexity": NUMBER,
    "increase": NUMBER,
    "log_ratio": NUMBER,
    "benign_increase": NUMBER,
    "sham_increase": NUMBER,
    "prompts": COUNT,
    "attack_success": NUMBER,
    "clean_accuracy": NUMBER,
    "near_trigger_accuracy": NUMBER,
    "settings_digest": TEXT,
    "checkpoint": TEXT,
    "result_sha256": TEXT,
    "finished_at": TIME,
}
"""Columns of `results` with their dtypes: a cell's coordinates, then those of `evaluations`, of the same names."""


def results_of(csv: str) -> pd.DataFrame:
    """The server's results.csv as a frame. Numbers are the doubles that the server holds.

    Raises:
        ValueError: a column is missing, so that the server is older than this client.
    """
    table = pd.read_csv(StringIO(csv), dtype="string", keep_default_na=False, na_values=[""])
    missing = [name for name in RESULTS if name not in table.columns]
    if missing:
        raise ValueError(
            f"Cannot read the results as column {missing[0]} must be among them: current columns are {', '.join(table.columns)}"
        )
    return pd.DataFrame({name: _typed(table[name], dtype) for name, dtype in RESULTS.items()})


def points_of(report: Report) -> pd.DataFrame:
    """A row for each evaluated checkpoint of each cell."""
    return frame(POINTS, (CellPoint(cell, point) for cell in report["cells"] for point in cell["points"]))


def conditions_of(report: Report) -> pd.DataFrame:
    """A row for each condition: cells that differ in their seed alone."""
    return frame(CONDITIONS, report["analysis"]["conditions"])


def low(interval: Mapping[str, Any] | None) -> float | None:
    """The lower bound, where there is one."""
    return None if interval is None else interval["low"]


def high(interval: Mapping[str, Any] | None) -> float | None:
    """The upper bound, where there is one."""
    return None if interval is None else interval["high"]


def _mean(estimate: Mapping[str, Any] | None) -> float | None:
    return None if estimate is None else estimate["mean"]


def _interval(estimate: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return None if estimate is None else estimate["interval"]


def _typed(texts: pd.Series[Any], dtype: Dtype) -> pd.Series[Any]:
    """Text as it stands in CSV. Python reads a number exactly; pandas' own fast reader may be off by a bit."""
    read = {COUNT: int, NUMBER: float}.get(dtype)
    values = [None if pd.isna(text) else text if read is None else read(text) for text in texts]
    return series(values, dtype)
