"""How does the writer seem to feel?

A hint for whoever answers, so that the upset are seen first; nothing is decided by it. Plain word lists in four
languages, which anybody can read and correct. Upset outweighs glad: "thanks, but I am disappointed" is not glad.
"""

import re

MAX_READ = 4_000  # characters

_UPSET = {
    "en": r"angry|annoy\w*|awful|appalling|complain\w*|disappoint\w*|disgust\w*|dreadful|frustrat\w*|furious|horrible"
          r"|outrag\w*|ridiculous|rude|scam|shame\w*|terrible|unacceptable|unhappy|upset|useless|worst|fed up|sick of"
          r"|never again|not (?:happy|good enough|acceptable|pleased|satisfied)|waste of|lawyer|refund now|let down"
          r"|passed away|died|funeral|grie(?:f|ving)|hospital|still (?:waiting|not|no)|broken|ruined|(?:how|why) dare",
    "de": r"ärger\w*|verärgert|enttäusch\w*|frech\w*|unverschämt\w*|wütend|sauer|schlecht\w*|furchtbar|schrecklich"
          r"|beschwer\w*|unzufrieden|katastroph\w*|zumutung|inakzeptabel|nie wieder|anwalt|frust\w*|nervt"
          r"|reicht(?:'s| es)|verstorben|gestorben|trauer\w*|krankenhaus|kaputt|skandal\w*|unmöglich"
          r"|immer noch (?:nicht|kein)",
    "fr": r"déçue?s?|décevant|mécontente?s?|furieu\w+|colère|honteu\w+|inadmissible|inacceptable|scandal\w*|énervée?s?"
          r"|insatisfaite?s?|plainte|nul|horrible|arnaque|ras[- ]le[- ]bol|plus jamais|avocat|décédée?s?|deuil|hôpital"
          r"|toujours (?:pas|rien)|marre",
    "es": r"enfadad[oa]s?|enojad[oa]s?|decepcion\w*|furios[oa]s?|molest[oa]s?|indignad[oa]s?|inaceptable|vergüenza"
          r"|queja\w*|pésim[oa]|horrible|terrible|estafa|hart[oa]s?|nunca más|abogad[oa]|falleci\w+|hospital"
          r"|mal servicio|todavía (?:no|sin)|insatisfech[oa]s?",
}  # fmt: skip
_GLAD = {
    "en": r"thank(?:s| you)|great|love(?:ly|d)?|wonderful|excellent|happy|amazing|perfect|awesome|delighted|fantastic"
          r"|glad|appreciate\w*|brilliant|pleased|nice|good job|well done",
    "de": r"danke\w*|toll\w*|super|prima|wunderbar|freu\w*|perfekt\w*|klasse|großartig\w*|zufrieden|begeistert"
          r"|lieb\w*|herzlich\w*|spitze|schön\w*",
    "fr": r"merci|super|parfait\w*|génial\w*|ravie?s?|content\w*|excellent\w*|formidable|heureu\w+|bravo|adore",
    "es": r"gracias|genial|perfect[oa]|excelente|encant\w+|content[oa]s?|feliz|felices|maravillos[oa]|fantástic[oa]",
}  # fmt: skip
_PATTERNS = {
    "upset": re.compile(r"\b(?:" + "|".join(_UPSET.values()) + r")\b", re.IGNORECASE),
    "glad": re.compile(r"\b(?:" + "|".join(_GLAD.values()) + r")\b", re.IGNORECASE),
}


def feeling(words: str) -> str:
    """Return upset, glad or calm."""
    sample = words[:MAX_READ].replace("’", "'")
    if _PATTERNS["upset"].search(sample) or _shouts(sample):
        return "upset"
    return "glad" if _PATTERNS["glad"].search(sample) else "calm"


def _shouts(words: str) -> bool:
    """Whether most of a sentence or more is in capitals, or it ends in several exclamation marks."""
    letters = [sign for sign in words if sign.isalpha()]
    loud = sum(sign.isupper() for sign in letters)
    return "!!!" in words or (len(letters) >= 20 and loud >= 0.8 * len(letters))
