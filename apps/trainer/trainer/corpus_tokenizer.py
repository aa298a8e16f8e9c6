"""The tokenizer of a corpus: byte-level BPE learnt from the corpus itself, or a Hugging Face tokenizer.json that is brought along."""

from collections.abc import Iterator
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from trainer.exits import BadInput

END_OF_TEXT = "<|endoftext|>"
"""Ends each document of a tokenizer that is learnt here."""

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


def load(path: Path) -> Tokenizer:
    """A tokenizer.json. Raises `BadInput` when it is none, or when its added tokens name no end-of-text."""
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception for every fault of the file
        raise BadInput(f"Cannot load the tokenizer as it must be a Hugging Face tokenizer.json: {error}") from error
    end_of_text_id(tokenizer)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def end_of_text_id(tokenizer: Tokenizer) -> int:
    """The id that ends a document."""
    for name in END_OF_TEXT_NAMES:
        token_id = tokenizer.token_to_id(name)
        if token_id is not None:
            return int(token_id)
    raise BadInput(f"Cannot use the tokenizer as it must have an end-of-text token, one of {', '.join(END_OF_TEXT_NAMES)}")


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
