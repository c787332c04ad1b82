"""Does somebody ask us, in words, to write no more?

Stopping once too often costs a letter; not stopping costs trust, and breaks the law. So a clear wish counts in any of
our languages, as a sentence or as one word alone; what denies the wish ("please do not unsubscribe me") does not. A
wish about goods is not one about letters: "do not send me green tomatoes" is for a person to read. Only new words are
asked, never quoted ones: the foot of our own letter says "unsubscribe".
"""

import re

MAX_READ = 600  # characters: a longer text has more to say, and a person reads it; only its beginning is looked at

_MAILS = r"(?:e-?mails?|mails?|newsletters?|messages?|spam|offers|promotions|advert\w*|letters)"
_MAILS_DE = r"(?:e-?mails?|mails?|newsletter|nachrichten|werbung|werbemails?|angebote)"
_MAILS_FR = r"(?:e-?mails?|mails?|messages?|courriels?|newsletters?|publicités?|offres)"
_MAILS_ES = r"(?:e-?mails?|correos?|mensajes|boletín|boletines|publicidad|newsletters?|ofertas)"
_MAILS_NL = r"(?:e-?mails?|mails?|nieuwsbri(?:ef|even)|berichten|reclame)"

# The whole of what was written, or the subject of nearly nothing
_ALONE = (
    ("en", r"(?:please )?(?:unsubscribe|un-subscribe|stop|stop ?all|remove(?: me)?|opt[- ]?out)(?: please)?"),
    ("de", r"(?:bitte )?(?:abmelden|abbestellen|austragen|stopp?|newsletter (?:abbestellen|abmelden))(?: bitte)?"),
    ("fr", r"(?:merci de )?(?:me )?(?:d[ée]sabonne(?:r|z|ment)?|d[ée]sinscri(?:re|ption)|stop)"),
    ("es", r"(?:por favor )?(?:baja|dar(?:me)? de baja|cancelar suscripci[óo]n|desuscribir(?:me)?)"),
    ("it", r"(?:per favore )?(?:cancellami|cancellatemi|cancellazione|disiscri(?:vimi|vetemi|zione|vermi)|basta)"),
    ("nl", r"(?:graag )?(?:afmelden|uitschrijven|stoppen)(?: (?:graag|aub|a\.u\.b\.?))?"),
    ("pt", r"(?:por favor )?(?:cancelar inscrição|descadastrar|remover)"),
    ("ja", r"(?:配信停止|解除|登録解除|退会|購読解除)(?:希望|お願いします|して(?:ください|下さい))?"),
)
# A wish within what was written
_WISHES = (
    ("en", r"\bunsubscribe (?:me|us|my)\b|\b(?:please|pls|kindly|want to|like to|wish to) unsubscribe\b"),
    ("en", r"\b(?:remove|delete|take) (?:me|us|my (?:e-?mail|address|name)(?: address)?) (?:from|off|out)\b"),
    ("en", r"\b(?:stop|quit) (?:(?:e-?)?mailing|spamming|contacting|writing(?: to)?|messaging|bothering) (?:me|us)\b"),
    ("en", rf"\bstop (?:sending )?(?:me |us )?(?:any |more |all |of |these |this |the |your |with ){{0,3}}{_MAILS}\b"),
    ("en", r"\b(?:do not|don't|dont|never) (?:ever )?(?:e-?mail|contact|write to|message) (?:me|us)\b"),
    ("en", rf"\b(?:do not|don't|dont|never) send (?:me |us )?(?:any |more |these |your ){{0,2}}{_MAILS}\b"),
    ("en", rf"\b(?:do not|don't|dont|no longer) (?:want|wish)(?: to (?:receive|get))? (?:\w+ ){{0,3}}{_MAILS}\b"),
    ("en", rf"\bno more {_MAILS}\b|\bopt(?:ing)? (?:me )?out\b|\boff (?:of )?(?:your|the|this) (?:mailing )?list\b"),
    ("de", r"\b(?:melde[nt]?|meld|trage[nt]?|trag|nehm(?:en|t)|nimm|streich\w*) (?:sie )?(?:mich|uns)\b"
           r"[^.!?]{0,60}\b(?:ab|aus|raus|vom (?:verteiler|newsletter)|liste)\b"),
    ("de", rf"\bkeine(?:rlei)? (?:weiteren |mehr ){_MAILS_DE}|\bkeine(?:rlei)? {_MAILS_DE} mehr\b"),
    ("de", rf"\b(?:möchte|moechte|will|wünsche) [^.!?]{{0,20}}keine {_MAILS_DE}"),
    ("de", r"\bnewsletter (?:\w+ )?(?:ab(?:zu)?bestellen|ab(?:zu)?melden|k(?:ü|ue)ndigen)"),
    ("de", r"\b(?:möchte|moechte|will|bitte) (?:mich |ich |sie )?(?:\w+ ){0,3}(?:abmelden|abbestellen|austragen)\b"),
    ("de", r"\b(?:schreiben|kontaktieren|mailen) sie (?:mir|mich|uns) (?:bitte )?(?:nicht|nie) (?:mehr|wieder)"),
    ("de", r"\b(?:l(?:ö|oe)schen|entfernen) sie (?:bitte )?(?:mich|meine (?:e-?mail|mail)?-?adresse)\b"),
    ("fr", r"\bd[ée]sabonne[rz]?[- ]moi\b|\bme d[ée]sabonner\b|\bd[ée]sinscri(?:vez|s)[- ]moi\b|\bme d[ée]sinscrire\b"),
    ("fr", rf"\bne (?:souhaite|veux|désire|voudrais) plus (?:recevoir|de) [^.!?]{{0,20}}{_MAILS_FR}"),
    ("fr", r"\bne (?:m'écrivez|me contactez|m'envoyez) plus\b"),
    ("fr", r"\b(?:retire[rz]|enl[eè]ve[rz]|supprime[rz])(?:[- ]moi| mon (?:adresse|nom|e-?mail)) de\b"),
    ("fr", rf"\b(?:arr[êe]te[rz]|cesse[rz]) (?:de m'(?:envoyer|écrire)|d'envoyer|vos {_MAILS_FR})"),
    ("es", r"\b(?:d[ée](?:n|me|nme)|darme|dar) de baja\b|\bcancel(?:e|en|ar|a) mi suscripci[óo]n"),
    ("es", rf"\bno (?:quiero|deseo) (?:recibir )?(?:m[áa]s |sus |seguir recibiendo ){{1,2}}{_MAILS_ES}"),
    ("es", r"\bno me (?:escriban?|contacten?) m[áa]s\b|\bdej(?:e|en|a|ad) de (?:enviarme|escribirme|mandarme)"),
    ("es", r"\b(?:elimin|b[óo]rr|quit)(?:e|en|ar)me de\b|\belim[ií]nenme de\b"),
    ("it", r"\b(?:cancellatemi|cancellami|rimuovetemi|rimuovimi|disiscrivetemi|disiscrivimi|toglietemi|toglimi)\b"),
    ("it", r"\bnon (?:voglio|desidero|vorrei) più ricevere\b|\bnon (?:scrivetemi|inviatemi|mandatemi) più\b"),
    ("it", r"\bsmett(?:ete|i|etela) di (?:scriver|inviar|mandar)mi"),
    ("nl", r"\b(?:schrijf|meld|haal) (?:mij|me|ons)\b[^.!?]{0,40}\b(?:uit|af|van de (?:lijst|mailinglijst))\b"),
    ("nl", rf"\bgeen {_MAILS_NL} meer\b|\bwil (?:me|mij) (?:graag )?(?:uitschrijven|afmelden)\b"),
    ("nl", rf"\bstopt? (?:met (?:mailen|het sturen)|de {_MAILS_NL})|\bverwijder (?:mij|me|mijn (?:e-?mail)?adres)\b"),
    ("pt", r"\bn[ãa]o (?:quero|desejo) (?:mais )?receber\b|\bcancele(?:m)? minha (?:inscriç|assinat)"),
    ("pt", r"\b(?:remova|retire)m? (?:meu (?:e-?mail|endereço|nome)|-me)\b"),
    ("ja", r"配信(?:を|の)?(?:停止|止め|やめ|解除)|メール(?:を|は)?(?:停止|止め|やめ|送らない|不要|いりません)"),
    ("ja", r"登録(?:を)?解除|購読(?:を)?解除"),
)  # fmt: skip
# What turns a wish around
_DENIALS = (
    r"\b(?:do not|don't|dont|didn't|did not|never|not) (?:want to |wish to |ask(?:ed)? to |mean to )?unsubscribe",
    r"\b(?:keep|continue) (?:sending|writing|me on)\b|\bwithout unsubscribing\b|\bre-?subscribe\b",
    r"\bnicht (?:abmelden|abbestellen|austragen|abgemeldet)\b|\bne (?:\w+ )?(?:veux|souhaite) pas me d[ée]s",
    r"\bno (?:quiero )?darme de baja\b|\bniet (?:afmelden|uitschrijven)\b|\bnon (?:voglio )?(?:cancellar|disiscriver)",
)
_PREFIX = re.compile(r"^(?:\s*(?:re|aw|sv|antw|rif|fwd?|wg)\s*:)+", re.IGNORECASE)


def objection(new_words: str, subject: str = "") -> str | None:
    """Return the wish to be left alone, as it was found (with its language), or None."""
    words = " ".join(new_words[: 4 * MAX_READ].replace("’", "'").split())[:MAX_READ]
    if any(re.search(pattern, words, re.IGNORECASE) for pattern in _DENIALS):
        return None
    bare, told = (re.sub(r"^\W+|\W+$", "", text) for text in (words, _PREFIX.sub("", subject)))
    for language, pattern in _ALONE:
        if re.fullmatch(pattern, bare, re.IGNORECASE):
            return f"“{bare}” ({language})"
        if re.fullmatch(pattern, told, re.IGNORECASE) and len(bare.split()) <= 12:
            return f"subject “{told}” ({language})"
    for language, pattern in _WISHES:
        if found := re.search(pattern, words, re.IGNORECASE):
            return f"“{found[0]}” ({language})"
    return None
