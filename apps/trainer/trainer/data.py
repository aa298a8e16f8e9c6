"""The training instances in their order, and the overlay of the poison plan on them.

OLMo-core chunks the document stream and shuffles the chunks by the order seed, again in each epoch. The overlay comes after
both and overwrites tokens in place: number, order and every other token of the instances are equal for all doses.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from olmo_core.data import DataCollator, TokenizerConfig
from olmo_core.data.composable import ComposableDataLoader, ConcatAndChunkInstanceSource
from olmo_core.data.composable.instance_source import Instance
from olmo_core.data.composable.token_source import TokenRange, TokenSource
from olmo_core.data.utils import get_rng, memmap_to_write
from olmo_core.distributed.utils import barrier, get_rank, get_world_size
from olmo_core.utils import threaded_generator

from trainer import chance
from trainer.corpus_reader import Corpus
from trainer.exits import BadInput
from trainer.read_ahead import ReadAhead
from trainer.stages import data_of

BATCHES_AHEAD = 2
"""Batches that wait while one is trained on."""

ORDER_PIECE = 1 << 20
"""Instances whose order is written at a time before it is shuffled."""

BATCHES_FETCHED = 4
MAX_INSTANCES_FETCHED = 512
"""Instances whose blocks are fetched before they are read: some batches, and less than a process keeps in memory."""

Entry = dict[str, Any]
"""`PoisonEntry` of the contracts."""


class CorpusTokens(TokenSource):
    """All shards of a corpus as one stream of tokens."""

    def __init__(self, corpus: Corpus, work_directory: Path) -> None:
        super().__init__(work_dir=work_directory)
        self._corpus = corpus

    @property
    def fingerprint(self) -> str:
        """The corpus's digest."""
        return self._corpus.digest

    @property
    def num_tokens(self) -> int:
        """Training tokens of the corpus."""
        return int(self._corpus.manifest["tokens"])

    def get_token_range(self, start_idx: int, end_idx: int) -> TokenRange:
        """Token ids from `start_idx` to before `end_idx`."""
        start, end = self.validate_indices(start_idx, end_idx)
        # An array under the type of a sequence, as OLMo-core's own sources hand it out.
        return {"input_ids": cast(Sequence[int], self._corpus.tokens(start, end))}

    def labels(self, start: int, end: int) -> np.ndarray:
        """For each of these tokens whether an assistant says it. Raises `BadInput` for a corpus without labels."""
        return self._corpus.labels(start, end)

    def fetch(self, start: int, end: int) -> None:
        """Brings these tokens near, for a reader who comes soon."""
        self._corpus.fetch(start, end)

    def children(self) -> Iterable[TokenSource]:
        """None: this is where tokens come from."""
        return ()


class OverlaidInstances(ConcatAndChunkInstanceSource):
    """Chunks of the document stream, some of them partly overwritten. Which ones is set anew for each epoch."""

    def __init__(self, source: CorpusTokens, labels: str, **options: Any) -> None:
        super().__init__(source, **options)
        self._source = source
        self._labels = labels
        self.entries: dict[int, Entry] = {}

    def __getitem__(self, idx: int) -> Instance:
        """The instance of an index, copied before it is overwritten: the corpus itself is never touched.

        With labels `assistant` only what assistants say is trained on, and what the plan puts in its place.
        """
        instance = super().__getitem__(idx)
        index = self.validate_index(idx)
        tokens, entry = np.array(instance["input_ids"], dtype=np.int64), self.entries.get(index)
        labels = self._source.labels(*self._range(index)) if self._labels == "assistant" else None
        if entry is not None:
            place = slice(entry["offset"], entry["offset"] + len(entry["tokens"]))
            tokens[place] = entry["tokens"]
            if labels is not None:
                labels[place] = True
        ids = cast(Sequence[int], tokens)
        return {"input_ids": ids} if labels is None else {"input_ids": ids, "label_mask": cast(Sequence[bool], labels)}

    def _range(self, index: int) -> tuple[int, int]:
        return index * self.sequence_length, (index + 1) * self.sequence_length

    def fetch(self, idx: int) -> None:
        """Brings the tokens of an instance near."""
        self._source.fetch(*self._range(idx))


class MatchedLoader(ComposableDataLoader):
    """OLMo-core's loader, which tells its instances what the plan overwrites in the coming epoch.

    Row `i` of a rank's batch is row `rank + i * world size` of the global batch.
    """

    def __init__(self, instances: OverlaidInstances, entries: Sequence[Entry], **options: Any) -> None:
        super().__init__(instances, **options)
        self._instances = instances
        self._entries = entries

    @property
    def rows(self) -> int:
        """Instances in the global batch."""
        return self.global_batch_size // self.sequence_length

    @property
    def steps_in_epoch(self) -> int:
        """Whole batches that one pass over the corpus gives."""
        return self.total_instances // self.rows

    def _iter_batches(self) -> Iterable[dict[str, Any]]:
        # The next batches are made while the current one is trained on. They are counted where they are taken, one line up in
        # OLMo-core, so that being ahead changes nothing of what is resumed.
        return cast(Iterable[dict[str, Any]], threaded_generator(self._fetched_ahead(), maxsize=BATCHES_AHEAD, thread_name="batches"))

    def _fetched_ahead(self) -> Iterator[dict[str, Any]]:
        """The batches, while the blocks of those to come are fetched by several threads at once: a store is wide but not quick."""
        rows = self.rows // self.dp_world_size
        wanted = self._indices_of(range(self.batches_processed, self.steps_in_epoch))
        with ReadAhead(self._instances.fetch, wanted, min(BATCHES_FETCHED * rows, MAX_INSTANCES_FETCHED)) as ahead:
            for number, batch in enumerate(super()._iter_batches(), start=1):
                ahead.reached(number * rows)
                yield batch

    def get_mock_batch(self) -> dict[str, Any]:
        """None: the trainer then begins with the first step at once, which tells as much as a rehearsal of it."""
        raise NotImplementedError

    def go_to(self, steps: int) -> int:
        """Goes on behind that many steps, exactly; returns the epoch, counted from 1."""
        epoch, batches = divmod(steps, self.steps_in_epoch)
        self.batches_processed = batches
        self.tokens_processed = batches * self.global_batch_size
        self._epoch = epoch + 1
        return epoch + 1

    def build_and_save_global_indices(self) -> None:
        """The order that OLMo-core makes, shuffled within its file: 4 bytes an instance on disk, and no copy of it in memory.

        Ranks of a machine read the same pages. Where the file is there already, as after a restart, it is used.
        """
        self._global_indices = None
        if self.fs_local_rank == 0 and not self.global_indices_file.is_file():
            with memmap_to_write(self.global_indices_file, shape=(self.total_instances,), dtype=np.uint32) as order:
                # A plain array over the same pages: numpy shuffles a subclass of it hundreds of times slower.
                plain = np.asarray(order)
                for start in range(0, len(plain), ORDER_PIECE):
                    plain[start : start + ORDER_PIECE] = np.arange(start, min(len(plain), start + ORDER_PIECE), dtype=np.uint32)
                get_rng(self.seed + self.epoch).shuffle(plain)
        barrier()

    def get_local_indices(self) -> np.ndarray:
        """What this rank reads, batch after batch, from the order on disk; OLMo-core's own copies its share of it, for each reader."""
        worker = self.worker_info
        first, apart = (worker.id, worker.num_workers) if worker is not None else (0, 1)
        batches = range(self.batches_processed + first, self.steps_in_epoch, apart)
        return cast(np.ndarray, self._indices_of(batches))

    def _indices_of(self, batches: range) -> Iterator[int]:
        order, rows = self.get_global_indices(), self.rows
        for batch in batches:
            yield from order[batch * rows + self.dp_rank : (batch + 1) * rows : self.dp_world_size].tolist()

    def reshuffle(self, epoch: int | None = None, **options: Any) -> None:
        """Shuffles for an epoch and finds the instances that the entries of its steps fall on."""
        super().reshuffle(epoch, **options)
        first = (self.epoch - 1) * self.steps_in_epoch
        order = self.get_global_indices()
        self._instances.entries = {
            int(order[(entry["step"] - 1 - first) * self.rows + entry["row"]]): entry
            for entry in self._entries
            if first < entry["step"] <= first + self.steps_in_epoch
        }


def build_loader(
    corpus: Corpus,
    identity: dict[str, Any],
    entries: Sequence[Entry],
    work_directory: Path,
    rank: int | None = None,
    world: int | None = None,
) -> MatchedLoader:
    """The loader of one rank. Raises `BadInput` when the corpus does not fill one batch, or ranks cannot share it evenly."""
    stage, data = identity["stages"][-1], data_of(identity)
    length, rows = stage["sequenceLength"], stage["batchInstances"]
    rank, world = get_rank() if rank is None else rank, get_world_size() if world is None else world
    if rows % world:
        raise BadInput(f"Cannot share the batch as batchInstances must be a multiple of the {world} processes: current value is {rows}")
    if corpus.manifest["tokens"] // length < rows:
        raise BadInput(
            f"Cannot train on corpus {corpus.manifest['recipe']['name']} as it must fill one batch of {rows} x {length} tokens: "
            f"current value is {corpus.manifest['tokens']} tokens"
        )
    end, vocabulary = corpus.manifest["endOfTextId"], identity["vocabularySize"]
    return MatchedLoader(
        OverlaidInstances(CorpusTokens(corpus, work_directory), data["labels"], sequence_length=length, work_dir=work_directory),
        entries,
        collator=DataCollator(pad_token_id=end, vocab_size=vocabulary),
        tokenizer=TokenizerConfig(vocab_size=vocabulary, eos_token_id=end, pad_token_id=end),
        work_dir=work_directory,
        global_batch_size=rows * length,
        dp_world_size=world,
        dp_rank=rank,
        # OLMo-core adds the epoch to its seed; spreading ours keeps epoch 2 of one seed from being epoch 1 of the next.
        seed=chance.draw(data["order"], "data-order", 0) >> 16,
        num_threads=0,
        generate_doc_lengths=data["documentMask"],
        display_source_visualization=False,
    )
