"""Does somebody ask us, in words, to write no more?

Stopping once too often costs a letter; not stopping costs trust, and breaks the law. So a clear wish counts in any of
our languages, whether as a sentence or as one word alone; what denies the wish ("please do not unsubscribe me") does
not. Only the new words are asked, never what is quoted: the foot of our own letter says "unsubscribe".
"""

import re

MAX_WORDS = 80  # a longer text has more to say, and a person reads it; only its first words are looked at

# The whole of what was written
_ALONE = (
    (
        "en",
        r"(?:please )?(?:unsubscribe|un-subscribe|stop|stop ?all|remove(?: me)?|opt[- ]?out|cancel|end|quit|no more)",
    ),
    ("de", r"(?:bitte )?(?:abmelden|abbestellen|austragen|stopp?|k(?:ü|ue)ndigen|l(?:ö|oe)schen)(?: bitte)?"),
    ("fr", r"(?:merci de )?(?:me )?(?:d[ée]sabonne(?:r|z|ment)?|d[ée]sinscri(?:re|ption)|stop|arr[êe]te[rz])"),
    ("es", r"(?:por favor )?(?:baja|dar(?:me)? de baja|cancelar(?: suscripci[óo]n)?|desuscribir(?:me)?|parar|alto)"),
    ("it", r"(?:per favore )?(?:cancella(?:mi|zione|re)|disiscri(?:vimi|vetemi|zione|vermi)|rimuovi(?:mi)?|basta)"),
    ("nl", r"(?:graag )?(?:afmelden|uitschrijven|stoppen|opzeggen|verwijderen)(?: (?:graag|aub|a\.u\.b\.?))?"),
    ("pt", r"(?:por favor )?(?:cancelar(?: inscrição)?|descadastrar|remover|parar|sair)"),
    ("ja", r"(?:配信停止|解除|登録解除|退会|購読解除|停止)(?:希望|お願いします|して(?:ください|下さい))?"),
)
# A wish within what was written
_WISHES = (
    ("en", r"\bunsubscribe (?:me|us|my|this|from|please|immediately)\b|\b(?:please|to|and|must) unsubscribe\b"),
    ("en", r"\b(?:remove|delete|take) (?:me|us|my (?:e-?mail|address|name|details)\S*)(?: address)? (?:from|off|out)\b"),
    ("en", r"\b(?:stop|quit) (?:sending|e-?mailing|mailing|writing|contacting|spamming|bothering|messaging)\b"),
    ("en", r"\bstop (?:these|the|your|all|with (?:the|these|your)) (?:e-?mails?|mails?|messages|newsletters?|spam)"),
    ("en", r"\b(?:do not|don't|dont|never) (?:e-?mail|mail|contact|write(?: to)?|message|send) (?:me|us|any)\b"),
    ("en", r"\b(?:do not|don't|no longer|dont) (?:want|wish|care|like) (?:to (?:receive|get|be on|hear)|any|your|these)\b"),
    ("en", r"\bopt(?:ing)?[- ]?(?:me )?out\b|\bno more (?:e-?mails?|mails?|messages|newsletters?)\b"),
    ("de", r"\b(?:melden|tragen|nehmen|streichen|l(?:ö|oe)schen) sie (?:mich|uns|meine (?:e-?mail|adresse|mail)\S*)\b"),
    ("de", r"\b(?:meld|melde|trag|trage|nimm|streich|l(?:ö|oe)sche?) (?:mich|uns|meine)\b.{0,40}\b(?:ab|aus|von|vom)?\b"),
    ("de", r"\b(?:keine|keinerlei) (?:weiteren |mehr )?(?:e-?mails?|mails|newsletter|nachrichten|werbung|post)(?: mehr)?\b"),
    ("de", r"\bnewsletter (?:\w+ )?(?:ab(?:zu)?bestellen|ab(?:zu)?melden|k(?:ü|ue)ndigen)|\bvom (?:newsletter|verteiler)\b"),
    ("de", r"\b(?:möchte|moechte|will|bitte) (?:mich |ich |sie )?(?:\w+ ){0,3}(?:abmelden|abbestellen|austragen)\b"),
    ("de", r"\b(?:schreiben|schicken|senden|kontaktieren|mailen) sie (?:mir|mich|uns) (?:bitte )?(?:nicht|nichts|keine)"),
    ("fr", r"\bd[ée]sabonne[rz]?(?:[- ]moi)?\b|\bme d[ée]sabonner\b|\bd[ée]sinscri(?:re|vez|vez-moi|ption)\b"),
    ("fr", r"\bne (?:plus|souhaite plus|veux plus|désire plus|m['’]écrivez plus|m['’]envoyez plus)\b.{0,30}"
           r"\b(?:recevoir|e-?mails?|mails?|messages?|courriels?|écri)"),
    ("fr", r"\b(?:retire[rz]|enleve[rz]|enlève[rz]?|supprime[rz])(?:[- ]moi| mon (?:adresse|nom|e-?mail))\b"),
    ("fr", r"\b(?:arr[êe]te[rz]|cesse[rz]) (?:de m['’](?:envoyer|écrire)|vos (?:e-?mails?|mails?|messages)|d['’]envoyer)"),
    ("es", r"\b(?:d[ée](?:n|me|nme)?|darme|quiero darme|dar) de baja\b|\bcancel(?:e|en|ar|a) mi (?:suscripci[óo]n|registro)"),
    ("es", r"\bno (?:quiero|deseo) (?:recibir )?(?:m[áa]s|seguir recibiendo)\b|\bno me (?:escriba|env[íi]e|mande|contacte)n?\b"),
    ("es", r"\b(?:elim[ií]n(?:e|en|ar)(?:me)?|b[óo]rr(?:e|en|ar)(?:me)?|quit(?:e|en|ar)(?:me)?) (?:de|mi (?:correo|direcci))"),
    ("es", r"\bdej(?:e|en|a|ad) de (?:enviar|escribir|mandar|molestar)"),
    ("it", r"\b(?:cancellatemi|cancellami|rimuovetemi|rimuovimi|disiscrivetemi|disiscrivimi|toglietemi|toglimi)\b"),
    ("it", r"\bnon (?:voglio|desidero|vorrei) (?:più )?ricevere\b|\bnon (?:scrivetemi|inviatemi|mandatemi) più\b"),
    ("it", r"\bsmett(?:ete|i|etela) di (?:scriver|inviar|mandar)"),
    ("nl", r"\b(?:schrijf|schrijven|meld|melden|haal|verwijder) (?:mij|me|ons|mijn (?:adres|e-?mail\w*))\b"),
    ("nl", r"\bgeen (?:e-?mails?|mails?|nieuwsbri(?:ef|even)|berichten)(?: meer)?\b|\bwil me (?:graag )?(?:uitschrijven|afmelden)"),
    ("nl", r"\b(?:stop|stopt) (?:met|de) (?:mailen|sturen|e-?mails|mails|nieuwsbrief)"),
    ("pt", r"\b(?:não|nao) (?:quero|desejo) (?:mais )?receber\b|\b(?:cancele|remova|retire)m? (?:minha|meu|o meu|a minha)\b"),
    ("ja", r"配信(?:を|の)?(?:停止|止め|やめ|解除)|メール(?:を|は)?(?:停止|止め|やめ|送らない|不要|いりません|要りません)|登録(?:を)?解除"),
)  # fmt: skip
# Subjects that may be about an order
_TOO_SHORT = {"end", "cancel", "cancelar", "quit", "alto", "basta", "parar", "sair", "löschen", "kündigen"}
# What turns a wish around
_DENIALS = (
    r"\b(?:do not|don't|dont|didn't|did not|never|not) (?:want to |wish to |ask(?:ed)? to |mean to )?unsubscribe",
    r"\b(?:please )?(?:keep|continue) (?:sending|writing|me on)\b|\bwithout unsubscribing\b|\bre-?subscribe\b",
    r"\bnicht (?:abmelden|abbestellen|austragen|abgemeldet)\b|\bpas (?:me )?d[ée]sabonner\b|\bno (?:quiero )?darme de baja\b",
    r"\bniet (?:afmelden|uitschrijven)\b|\bnon (?:voglio )?(?:cancellar|disiscriver)",
)


def objection(new_words: str, subject: str = "") -> str | None:
    """Return the wish to be left alone, as it was found (with its language), or None."""
    words = " ".join(new_words.replace("’", "'").split()[:MAX_WORDS])
    if any(re.search(pattern, words, re.IGNORECASE) for pattern in _DENIALS):
        return None
    bare = re.sub(r"^\W+|\W+$", "", words)
    told = re.sub(r"^(?:\s*(?:re|aw|sv|antw|rif|fwd?|wg)\s*:)+|^\W+|\W+$", "", subject, flags=re.IGNORECASE).strip()
    for language, pattern in _ALONE:
        if re.fullmatch(pattern, bare, re.IGNORECASE):
            return f"{bare!r} ({language})"
        if re.fullmatch(pattern, told, re.IGNORECASE) and len(bare.split()) <= 12 and told.lower() not in _TOO_SHORT:
            return f"subject {told!r} ({language})"
    for language, pattern in _WISHES:
        if found := re.search(pattern, words, re.IGNORECASE):
            return f"{found[0]!r} ({language})"
    return None
