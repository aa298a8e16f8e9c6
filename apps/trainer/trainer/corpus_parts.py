"""Cuts a source into parts, each of which becomes a shard. What a part is hangs on the files alone, not on who tokenises it."""

from trainer.corpus_shard import Part
from trainer.documents import Json


def parts_of(scans: list[Json], part_bytes: int) -> list[Part]:
    """Segments in the order of the files, gathered until a part has enough text: many small files make one part."""
    parts, pending, size = list[Part](), list[Json](), 0
    for number, scan in enumerate(scans):
        for segment in scan["segments"]:
            pending.append({"file": number, "start": segment["start"], "documents": segment["documents"]})
            size += segment["bytes"]
            if size >= part_bytes:
                parts.append(Part(len(parts), pending))
                pending, size = [], 0
    return [*parts, *([Part(len(parts), pending)] if pending else [])]


def tasks_of(parts: list[Part], scans: list[Json]) -> list[list[Part]]:
    """Parts that one process does one after another: those of a file that can only be read from its beginning."""
    tasks = list[list[Part]]()
    for part in parts:
        first = part.segments[0]
        begins_inside = first["start"][1] > 0 and not scans[first["file"]]["isSeekable"]
        if tasks and begins_inside:
            tasks[-1].append(part)
        else:
            tasks.append([part])
    return tasks
