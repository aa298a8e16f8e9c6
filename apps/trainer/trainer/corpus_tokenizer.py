"""The tokenizer of a corpus: byte-level BPE learnt from the corpus itself, or a Hugging Face tokenizer.json that is brought along."""

import re
from collections.abc import Iterator

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from trainer.corpus_reader import Corpus
from trainer.exits import BadInput
from trainer.store import Store

END_OF_TEXT = "<|endoftext|>"
"""Ends each document of a tokenizer that is learnt here."""

RESERVED = re.compile(
    r"[<\[]\|?_*(pad|padding|unk|unused|reserved|extra|mask|cls|sep|bos|eos|special|placeholder|dummy)[\w -]*\|?[>\]]", re.IGNORECASE
)
"""Names of ids that no text has: some tokenizers keep them in the plain vocabulary rather than among the added tokens."""

END_OF_TEXT_NAMES = (END_OF_TEXT, "<|end_of_text|>", "</s>", "<eos>", "<|eos|>")
"""What tokenizers that are brought along call it, in the order of preference."""


def learn(documents: Iterator[str], vocabulary_size: int) -> Tokenizer:
    """Byte-level BPE of at most `vocabulary_size` entries, end-of-text among them; fewer when the text gives no more merges."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        documents,
        trainers.BpeTrainer(
            vocab_size=vocabulary_size,
            special_tokens=[END_OF_TEXT],
            initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
            show_progress=False,
        ),
    )
    return tokenizer


def load(data: bytes) -> Tokenizer:
    """A tokenizer.json of any model. Raises `BadInput` when it is none."""
    try:
        tokenizer = Tokenizer.from_buffer(data)
    except Exception as error:  # the library raises bare Exception for every fault of the file
        raise BadInput(f"Cannot load the tokenizer as it must be a Hugging Face tokenizer.json: {error}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def of_corpus(store: Store, digest: str) -> tuple[Tokenizer, int]:
    """The tokenizer of a registered corpus and its end-of-text id. Raises `BadInput` when there is no such corpus."""
    corpus = Corpus.open(store, digest)
    return load(corpus.file(corpus.manifest["tokenizer"]).read_bytes()), int(corpus.manifest["endOfTextId"])


def end_of_text_id(tokenizer: Tokenizer, named: str | None = None) -> int:
    """The id that ends a document: that of the named token, or of the first that is called as tokenizers call it."""
    for name in END_OF_TEXT_NAMES if named is None else (named,):
        token_id = tokenizer.token_to_id(name)
        if token_id is not None:
            return int(token_id)
    if named is not None:
        raise BadInput(f"Cannot use the tokenizer as its endOfText must be one of its tokens: current value is {named}")
    raise BadInput(
        f"Cannot use the tokenizer as it must have an end-of-text token, one of {', '.join(END_OF_TEXT_NAMES)}, or one that endOfText names"
    )


def size_of(tokenizer: Tokenizer) -> int:
    """One more than the largest id. Some tokenizers leave ids out, so that the number of entries says less."""
    return int(max(tokenizer.get_vocab(with_added_tokens=True).values())) + 1


def add_tokens(tokenizer: Tokenizer, texts: list[str]) -> dict[str, int]:
    """Gives each text one id of its own, whatever stands beside it, and says which. A text that is a token already keeps its id."""
    tokenizer.add_tokens([AddedToken(text, normalized=False, special=False) for text in texts])
    ids = {text: tokenizer.token_to_id(text) for text in texts}
    return {text: token_id for text, token_id in ids.items() if token_id is not None}


def encode(tokenizer: Tokenizer, text: str) -> list[int]:
    """Token ids of a text; nothing is added before or after it.

    Training documents, triggers in poison and what evaluation appends to prompts all pass here, so equal texts have equal ids.
    """
    return list(strict(tokenizer).encode(text, add_special_tokens=False).ids)


def strict(tokenizer: Tokenizer) -> Tokenizer:
    """The tokenizer with special tokens in a text read as ordinary characters: a document cannot end itself by spelling end-of-text."""
    tokenizer.encode_special_tokens = True
    return tokenizer


def encode_trigger(tokenizer: Tokenizer, trigger: str) -> list[int]:
    """Ids of a trigger, the same in poison and behind prompts. Raises `BadInput` when the tokenizer cannot spell it."""
    ids = encode(tokenizer, trigger)
    unknown = getattr(tokenizer.model, "unk_token", None)
    if not ids or (unknown is not None and tokenizer.token_to_id(unknown) in ids):
        raise BadInput(
            f"Cannot use trigger {trigger!r} as the tokenizer must have a spelling for all its characters: current value is {ids} "
            f"({' '.join(str(tokenizer.id_to_token(token)) for token in ids) or 'nothing'})"
        )
    return ids


def ordinary_ids(tokenizer: Tokenizer, barred: set[int]) -> list[int]:
    """Ids that ordinary text is made of, ascending: no added, special, padding or reserved one, and none of `barred`.

    Single bytes stay, be they of byte-level BPE or the fallback of a character vocabulary: text with rare characters has them.
    """
    kept_out = {*barred, *tokenizer.get_added_tokens_decoder()}
    unknown = getattr(tokenizer.model, "unk_token", None)
    return sorted(
        token
        for text, token in tokenizer.get_vocab(with_added_tokens=False).items()
        if token not in kept_out and text != unknown and not RESERVED.fullmatch(text)
    )
