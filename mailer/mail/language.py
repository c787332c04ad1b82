"""In which language is this written?

A guess from the smallest words, which nobody can write without: enough to choose a template and to show a hint. Two
words at least have to speak for a language, and more for it than for any other; else it is not known.
"""

import re

MAX_READ = 4_000  # characters

_SMALL = {
    "en": "the and you your is are have has not this that with for was my please thanks thank what when would could i "
          "it of to can do from but",
    "de": "der die das und ich nicht ist sie ein eine mit für auf den dem zu bitte danke mein meine haben habe wir wie "
          "ihr ihre von im es auch",
    "fr": "le la les et je vous ne pas est une des pour dans que qui merci mon ma votre avec bonjour nous j'ai c'est "
          "sur au du mais",
    "es": "el los las y que no es una para con por mi su gracias pero como muy hola usted se al lo he está más quiero",
    "it": "il gli che non è una per con mi grazie ma sono della del ho di ciao buongiorno vorrei questo anche più lo "
          "vostro mio ha",
    "nl": "het een en ik niet is van dat die voor met op mijn bedankt maar hebben heb zijn u uw wij graag ook te aan "
          "wat dank",
}  # fmt: skip
_SETS = {language: frozenset(words.split()) for language, words in _SMALL.items()}
_KANA = re.compile("[\u3040-\u30ff]")


def language(text: str) -> str:
    """Return en, de, fr, es, it, nl or ja, or "" if it cannot be told."""
    sample = text[:MAX_READ]
    if len(_KANA.findall(sample)) >= 2:
        return "ja"
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", sample.lower().replace("’", "'"))
    tally = sorted(((sum(word in small for word in words), name) for name, small in _SETS.items()), reverse=True)
    (best, name), (second, _) = tally[0], tally[1]
    return name if best >= 2 and best > second else ""
