"""The first reading of a source: every document is checked, files are digested, and candidates for the held-out ones are found.

It comes before the first document is tokenised, so that a bad one at the end of a terabyte is told early.
"""

import hashlib
from dataclasses import dataclass, field

from trainer.corpus_encode import Encoder, digest_of_ids
from trainer.corpus_record import START, Place, Record, refusal
from trainer.corpus_records import Records
from trainer.corpus_sources import SourceFile
from trainer.documents import Json
from trainer.exits import BadInput
from trainer.store import ObjectAltered, Store

LAST = "g"
"""Behind every rank, which are hexadecimal digits."""

MAX_EXAMPLES = 5


def scan_file(store: Store, file: SourceFile, encoder: Encoder, worst: str) -> Json:
    """What is to be known of a file. Candidates that rank behind `worst` are left out: others have taken all places already.

    Raises `BadInput` for a bad document, unless the recipe skips those, and for a file that cannot be read.
    """
    records = Records(store, file, encoder.recipe, encoder)
    scan = Scan(encoder, worst)
    for record in records:
        if record.reason is None:
            scan.take(record)
        elif encoder.recipe["onBadDocument"] == "refuse":
            raise BadInput(refusal(file.name, record, encoder.recipe["format"]) + '; onBadDocument "skip" leaves such documents out')
        else:
            scan.skip(refusal(file.name, record, encoder.recipe["format"]), record)
    sha256 = records.raw.finish()
    if records.raw.size != file.size or file.sha256 not in (None, sha256):
        raise ObjectAltered(f"Cannot use {file.name} as its sha256 must be {file.sha256}: current value is {sha256}")
    return {"name": file.name, "sizeBytes": file.size, "sha256": sha256, "isSeekable": records.is_seekable, **scan.told()}


@dataclass
class Scan:
    """What is found in one file."""

    encoder: Encoder
    worst: str
    documents: int = 0
    segments: list[Json] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=lambda: {"encoding": 0, "syntax": 0, "empty": 0, "tooLong": 0})
    examples: list[str] = field(default_factory=list)
    _open: Json | None = None
    _end: Place = START
    _candidates: dict[str, Json] = field(default_factory=dict)
    _ranks: dict[str, str] = field(default_factory=dict)

    def take(self, record: Record) -> None:
        """Counts a good document and closes the segment that it fills."""
        if self._open is None:
            self._open = {"start": list(self._end), "documents": 0, "bytes": 0}
        self._open["documents"] += 1
        self._open["bytes"] += len(record.content)
        self._end = record.end
        self._consider(record.content)
        self.documents += 1
        if self._open["bytes"] >= self.encoder.part_bytes:
            self.segments.append(self._open)
            self._open = None

    def skip(self, sentence: str, record: Record) -> None:
        """Counts a bad document."""
        assert record.reason is not None
        self.skipped[record.reason] += 1
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append(sentence[:1000])

    def told(self) -> Json:
        """What is kept of the file."""
        return {
            "documents": self.documents,
            "skipped": self.skipped,
            "firstSkipped": self.examples,
            "segments": [*self.segments, *([self._open] if self._open else [])],
            "candidates": [self._candidates[rank] for rank in sorted(self._candidates)],
        }

    def _consider(self, content: bytes) -> None:
        """Keeps the best ranks. A copy of a document, by its text or its tokens, is no second candidate."""
        recipe = self.encoder.recipe
        rank = rank_of(recipe["seed"], content)
        if rank >= self.worst or rank in self._candidates or recipe["heldOutDocuments"] == 0:
            return
        candidate = candidate_of(self.encoder, content)
        if candidate is None or self._ranks.get(candidate["tokens"], LAST) < rank:
            return
        self._candidates.pop(self._ranks.get(candidate["tokens"], LAST), None)
        self._candidates[rank] = {"rank": rank, "ordinal": self.documents, **candidate}
        self._ranks[candidate["tokens"]] = rank
        if len(self._candidates) > recipe["heldOutDocuments"]:
            self.worst = max(self._candidates)
            del self._ranks[self._candidates.pop(self.worst)["tokens"]]


def rank_of(seed: int, content: bytes) -> str:
    """Where a document stands in the draw of held-out ones: those with the smallest of these are drawn."""
    return hashlib.sha256(f"{seed}:held-out:".encode() + content).hexdigest()


def candidate_of(encoder: Encoder, content: bytes) -> Json | None:
    """A document that may be held out: it is long enough and holds none of the added tokens."""
    text = encoder.text(content)
    if any(token in text for token in encoder.recipe["addedTokens"]):
        return None
    [encoded] = encoder.encode([content])
    return {"text": text, "tokens": digest_of_ids(encoded)} if len(encoded.ids) > encoder.recipe["heldOutMinTokens"] else None
