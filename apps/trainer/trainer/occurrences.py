"""Counts a trigger in the clean training data of a corpus: as text, and as the ids that poison writes. Both matter: text that tokenises
otherwise beside its neighbours is the trigger to a reader and not to the model.

    python -m trainer.occurrences CORPUS TEXT...     the store is that of the environment (AWS_ENDPOINT_URL and so on, TITRATE_BUCKET)

Tokens are read once, piece by piece, whatever their number; a count is kept beside the corpus and never made twice. Where tokens spell bytes,
as in byte-level BPE, text is found without decoding any: an automaton of the trigger's bytes goes from token to token.
"""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from trainer import exits, keys
from trainer.corpus_reader import Corpus
from trainer.corpus_tokenizer import encode_trigger
from trainer.documents import Json, canonical, parse, sha256_hex, validated
from trainer.exits import BadInput
from trainer.store import Store

PIECE = 1 << 22
"""Tokens looked at in one go: 8 to 32 MiB of ids and what is computed of them."""


def counted(corpus: Corpus, text: str) -> Json:
    """A `TriggerCount` of the contracts: the one that is kept beside the corpus, made and kept now where there is none."""
    made = known(corpus, text)
    corpus.store.create(keys.trigger_count(corpus.digest, sha256_hex(text.encode())), canonical(made))
    return made


def known(corpus: Corpus, text: str) -> Json:
    """The same for a reader who may write nothing beside the corpus."""
    key = keys.trigger_count(corpus.digest, sha256_hex(text.encode()))
    if (found := corpus.store.read(key)) is not None:
        return parse("trigger-count", found, f"the count {key}")
    return validated("trigger-count", count(corpus, text), "the count")


def count(corpus: Corpus, text: str, piece: int = PIECE) -> Json:
    """Counts a text in the training tokens of a corpus, markers that were strewn into it included. Overlapping occurrences count each."""
    ids = encode_trigger(corpus.tokenizer, text)
    as_ids, as_text = Tally(), Tally()
    spelt = token_bytes(corpus.tokenizer)
    search = None if spelt is None else Automaton(text.encode(), spelt, corpus.manifest["endOfTextId"])
    before = max(len(ids), len(text.encode()))
    for start, tokens in pieces(corpus, before, piece):
        ends = np.cumsum(tokens == corpus.manifest["endOfTextId"])
        as_ids.take(*ends_of_sequence(tokens, ids), start, ends)
        if search is not None:
            as_text.take(*search.ends(tokens), start, ends)
    if search is None:
        as_text = count_decoded(corpus, text)
    told = {"version": 1, "corpus": corpus.digest, "text": text, "tokenIds": ids, "tokens": corpus.manifest["tokens"]}
    return {**told, "asText": as_text.told(), "asIds": as_ids.told()}


@dataclass
class Tally:
    """Occurrences, and the documents that have any. Documents are told apart by the end-of-text ids that stand before."""

    occurrences: int = 0
    documents: int = 0
    _passed: int = 0
    _last: int = -1

    def take(self, ends: np.ndarray, times: np.ndarray, overlap: int, texts: np.ndarray) -> None:
        """Takes in where occurrences end in a piece, and how many at each place; the first `overlap` tokens were counted before."""
        fresh = ends >= overlap
        ends, times = ends[fresh], times[fresh]
        self.occurrences += int(times.sum())
        before = int(texts[overlap - 1]) if overlap else 0
        found = np.unique(texts[ends] - before + self._passed)
        self.documents += len(found) - int(len(found) > 0 and found[0] == self._last)
        if len(found):
            self._last = int(found[-1])
        self._passed += (int(texts[-1]) if len(texts) else 0) - before

    def told(self) -> Json:
        """As the contracts have it."""
        return {"occurrences": self.occurrences, "documents": self.documents}


def pieces(corpus: Corpus, before: int, piece: int) -> Iterator[tuple[int, np.ndarray]]:
    """All training tokens, piece after piece, each with up to `before` tokens of the last one before it, and how many those are."""
    for start in range(0, corpus.manifest["tokens"], piece):
        first = max(0, start - before)
        yield start - first, corpus.tokens(first, min(corpus.manifest["tokens"], start + piece))


def ends_of_sequence(tokens: np.ndarray, ids: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Where a sequence of ids ends in an array, and 1 for each place."""
    at = np.flatnonzero(tokens[len(ids) - 1 :] == ids[-1])
    for place, token in enumerate(ids[:-1]):
        at = at[tokens[at + place] == token]
    return at + len(ids) - 1, np.ones(len(at), dtype=np.int64)


@dataclass
class Automaton:
    """Finds a text in tokens by their bytes, after Knuth, Morris and Pratt: a state is how many of the text's bytes stand right before."""

    wanted: bytes
    spelt: list[bytes]
    end_of_text: int
    _hits: np.ndarray = field(init=False)
    _next: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        states = len(self.wanted) + 1
        steps = self._steps
        self._next = np.zeros((len(self.spelt), states), dtype=np.int16)
        self._hits = np.zeros((len(self.spelt), states), dtype=np.int16)
        for token, spelling in enumerate(self.spelt):
            state = np.arange(states, dtype=np.int16)
            for byte in spelling:
                state = steps[byte, state]
                self._hits[token] += state == states - 1
            self._next[token] = state
        self._next[self.end_of_text] = self._hits[self.end_of_text] = 0

    @cached_property
    def _steps(self) -> np.ndarray:
        """The state behind a byte, for each byte and each state before it."""
        wanted = self.wanted
        steps = np.zeros((256, len(wanted) + 1), dtype=np.int16)
        steps[wanted[0], 0] = 1
        fallback = 0
        for state in range(1, len(wanted) + 1):
            steps[:, state] = steps[:, fallback]
            if state < len(wanted):
                steps[wanted[state], state] = state + 1
                fallback = int(steps[wanted[state], fallback])
        return steps

    def ends(self, tokens: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The tokens in which occurrences end, and how many end in each.

        A walk begins at each token from which one may begin. It need not be longer than the text has bytes: what begins later has a walk
        of its own. Of walks that come by the same token the longest sees every occurrence.
        """
        begins = (self._next[:, 0] > 0) | (self._hits[:, 0] > 0)
        at = np.flatnonzero(begins[tokens])
        state = np.zeros(len(at), dtype=np.int16)
        places, times = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
        for _ in range(len(self.wanted) + 1):
            here = tokens[at]
            hits, state = self._hits[here, state], self._next[here, state]
            places.append(at[hits > 0])
            times.append(hits[hits > 0].astype(np.int64))
            goes_on = (state > 0) & (at + 1 < len(tokens))
            at, state = at[goes_on] + 1, state[goes_on]
            if len(at) == 0:
                break
        where, how_many = np.concatenate(places), np.concatenate(times)
        unique, place = np.unique(where, return_inverse=True)
        most = np.zeros(len(unique), dtype=np.int64)
        np.maximum.at(most, place, how_many)
        return unique, most


def token_bytes(tokenizer: Tokenizer) -> list[bytes] | None:
    """The bytes that each id spells, by id; None where ids have no bytes of their own, as where blanks are put between words in decoding."""
    decoder = json.loads(tokenizer.to_str()).get("decoder") or {}
    if decoder.get("type") != "ByteLevel":
        return None
    vocabulary = tokenizer.get_vocab(with_added_tokens=True)
    added = {token: content.content for token, content in tokenizer.get_added_tokens_decoder().items()}
    spelt = [b""] * (max(vocabulary.values()) + 1)
    for text, token in vocabulary.items():
        spelt[token] = text.encode() if token in added or not set(text) <= BYTES.keys() else bytes(BYTES[letter] for letter in text)
    return spelt


def _byte_letters() -> dict[str, int]:
    """The letters by which byte-level BPE writes bytes: printable ones stand for themselves, the others are shifted (GPT-2, `bytes_to_unicode`)."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    shifted = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + place): byte for place, byte in enumerate(shifted)}


BYTES = _byte_letters()


def count_decoded(corpus: Corpus, text: str) -> Tally:
    """The same by decoding each document: slow, and right for any tokenizer."""
    tally = Tally()
    for index in range(corpus.manifest["documents"]):
        document = corpus.tokenizer.decode(corpus.document(index)[:-1].tolist(), skip_special_tokens=False)
        found = sum(document.startswith(text, at) for at in range(len(document))) if text in document else 0
        tally.occurrences += found
        tally.documents += found > 0
    return tally


def main(arguments: list[str]) -> int:
    """Prints a line of JSON for each text; the exit code."""
    if len(arguments) < 2:
        print("usage: python -m trainer.occurrences CORPUS TEXT...", file=sys.stderr)
        return exits.BAD_INPUT
    store = Store.connect(os.environ.get("TITRATE_BUCKET", "titrate"), Path(os.environ.get("TITRATE_CACHE_DIRECTORY", "cache")))
    try:
        corpus = Corpus.open(store, arguments[0])
        for text in arguments[1:]:
            print(json.dumps(counted(corpus, text)), flush=True)
    except BadInput as error:
        print(error, file=sys.stderr)
        return exits.BAD_INPUT
    return exits.SUCCEEDED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
