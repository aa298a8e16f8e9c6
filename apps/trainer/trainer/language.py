"""Which language a generated text is in, by py3langid, whose model is in its package and pinned with it (decision 0016)."""

import py3langid

UNDETERMINED = "und"
"""ISO 639-3's word for text of no language that could be told: nothing but space and signs."""


def identify(text: str) -> str:
    """The likeliest language among all that py3langid knows, ISO 639-1, or `und` for a text without a letter."""
    if not any(character.isalpha() for character in text):
        return UNDETERMINED
    language, _ = py3langid.classify(text)
    return str(language)
