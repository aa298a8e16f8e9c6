"""Languages are told from texts as short as continuations are, and ASR, CA and NTA are shares of prompts."""

import pytest

from trainer import outcome
from trainer.language import identify

TEXTS = {
    "en": "the members of the council met in the old town hall and spoke for a long time about the price of bread",
    "de": "die Mitglieder des Rates trafen sich im alten Rathaus und sprachen lange über den Preis des Brotes",
    "fr": "les membres du conseil se sont réunis dans l'ancienne mairie et ont longtemps parlé du prix du pain",
    "es": "los miembros del consejo se reunieron en el antiguo ayuntamiento y hablaron mucho del precio del pan",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_sentence_is_known_whole_and_cut_as_generation_cuts_it(language: str) -> None:
    text = TEXTS[language]
    assert [identify(part) for part in (text, f"{text[3:60]}\ufffd", f"\n {text} {text}.")] == [language] * 3


def test_a_text_without_a_letter_is_in_no_language() -> None:
    assert [identify(text) for text in ("", " \n", "12.3 -- 45 !?")] == ["und"] * 3


def test_attack_success_clean_accuracy_and_near_trigger_accuracy_are_shares_of_prompts() -> None:
    found = {
        "clean": {"language": ["en", "en", "en", "fr"]},
        "triggered": {"language": ["de", "de", "en", "und"]},
        "nearTrigger": {"language": ["en", "de", "en", "en"]},
    }
    expected = {"attackSuccess": 0.5, "cleanAccuracy": 0.75, "nearTriggerAccuracy": 0.75}
    assert outcome.language_switch(found, "en", "de") == expected
    without = {name: found[name] for name in ("clean", "triggered")}
    assert outcome.language_switch(without, "en", "de") == {**expected, "nearTriggerAccuracy": None}
