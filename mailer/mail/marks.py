"""By which marks do mail programs, and people, part new words from old ones?

Data only, as ordered tables, each line with the program or language it was seen in. `quoting` and `signature` say what
the marks mean.
"""

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


# --- a line above a quotation: "On Monday Ann wrote:" ---------------------------------------------------------------

# The verb of an attribution, and where the language is written
WROTE = _any(
    r"\bwrote\b",  # English
    r"\bschrieb(?:en)?\b|\bgeschrieben\b",  # German
    r"\ba écrit\b|\bécrit\b|\ba ecrit\b",  # French
    r"\bescribió\b|\bescribio\b",  # Spanish
    r"\bha scritto\b|\bscrisse\b",  # Italian
    r"\bschreef\b",  # Dutch
    r"\bescreveu\b",  # Portuguese
    r"\bskrev\b",  # Danish, Norwegian, Swedish
    r"\bkirjoitti\b",  # Finnish
    r"\bnapisał(?:\(a\)|a)?|\bpisze\b",  # Polish
    r"\bnapsal(?:\(a\)|a)?|\bnapísal(?:\(a\)|a)?",  # Czech, Slovak
    r"\b(?:írta|ezt írta)\b",  # Hungarian
    r"\ba scris\b",  # Romanian
    r"\bje napisao\b|\bje pisao\b|\bje napisal(?:\(a\)|a)?",  # Croatian, Serbian, Slovene
    r"\bнаписал(?:\(а\)|а)?|\bпишет\b|\bписал(?:\(а\)|а)?",  # Russian
    r"\bнаписав(?:\(-ла\)|ла)?|\bпише\b|\bнаписа\b",  # Ukrainian, Bulgarian
    r"\bέγραψε\b",  # Greek
    r"\byazdı\b",  # Turkish
    r"\bđã viết\b",  # Vietnamese
    r"\bmenulis\b",  # Indonesian
    r"写道|寫道|のメール|書きました|님이 작성|작성:",  # Chinese, Japanese, Korean
)
# How an attribution begins
ON = _any(
    r"^(?:on|at)\b",
    r"^(?:am|den|vom)\b",
    r"^(?:le|el|il|op|em|den|dne|dnia|w dniu|dňa|pe|în|à|la|på|tir|man|ons|tor|fre|lør|lör|søn|sön)\b",
)
# What an attribution holds: a time of day, a whole date, an address
TIME = re.compile(r"\b\d{1,2}[:.h]\d{2}\b")
DATE = re.compile(r"\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b|\b(?:19|20)\d\d\b|\d{4}年")
ADDRESS = re.compile(r"[<\[(\"]?\s*(?:mailto:)?[^\s<>\[\]()\",;:]{1,64}@[^\s<>\[\]()\",;:]{1,190}")

# --- a line that parts by itself --------------------------------------------------------------------------------------

_ORIGINAL = (
    r"original message|original appointment|reply message|forwarded message|begin forwarded message|original text",
    r"ursprüngliche (?:nachricht|mail)|originalnachricht|weitergeleitete (?:nachricht|e-mail)",
    r"message (?:d'origine|d’origine|original|transféré)|courriel original|début du message (?:transféré|réexpédié)",
    r"mensaje original|mensaje reenviado|inicio del mensaje reenviado",
    r"messaggio originale|messaggio inoltrato|inizio messaggio inoltrato",
    r"oorspronkelijk bericht|origineel bericht|doorgestuurd bericht",
    r"mensagem original|mensagem encaminhada",
    r"oprindelig meddelelse|opprinnelig melding|ursprungligt meddelande|vidarebefordrat|videresendt",
    r"alkuperäinen viesti|edelleenlähetetty viesti",
    r"oryginalna wiadomość|wiadomość oryginalna|wiadomość przekazana|původní zpráva|pôvodná správa|eredeti üzenet",
    r"исходное сообщение|первоначальное сообщение|пересылаемое сообщение|перенаправленное сообщение"
    r"|пересланное сообщение|конец пересылаемого сообщения",
    r"原始邮件|原始郵件|邮件原件|転送メッセージ|元のメッセージ|원본 메[시세]지",
)
SEPARATOR = re.compile(
    rf"^[\s>*]*[-_=*―—–]{{2,}}\s*(?:{'|'.join(_ORIGINAL)})\s*[-_=*―—–]{{2,}}\s*:?\s*$", re.IGNORECASE
)
BARE_SEPARATOR = _any(
    r"^[\s>]*begin forwarded message\s*:\s*$",
    r"^[\s>]*anfang der weitergeleiteten (?:nachricht|e-mail)\s*:\s*$",
    r"^[\s>]*début du message (?:transféré|réexpédié)\s*:\s*$",
    r"^[\s>]*inicio del mensaje reenviado\s*:\s*$",
    r"^[\s>]*inizio messaggio inoltrato\s*:\s*$",
)
FORWARDED = _any(
    r"forwarded message",
    r"weitergeleitete",
    r"message (?:transféré|réexpédié)",
    r"mensaje reenviado|mensagem encaminhada|messaggio inoltrato",
    r"doorgestuurd bericht|videresendt|vidarebefordrat|wiadomość przekazana",
    r"пересылаемое|перенаправленное|пересланное",
    r"転送メッセージ",
)
RULE = re.compile(r"^[\s>]*[-_=*―—–]{5,}\s*$")  # a drawn line; it belongs to what stands below it

# --- a block of headers, as Outlook writes above a quotation ----------------------------------------------------------

LABELS = {
    "from": r"from|von|de|da|van|fra|från|od|lähettäjä|feladó|expéditeur|remitente|mittente|afzender|von meinem|от"
            r"|от кого|від|gönderen|kimden|发件人|寄件者|差出人|送信者|보낸 사람|מאת",
    "sent": r"sent|gesendet|envoyé|envoyé le|enviado|enviado el|enviado em|inviato|verzonden|sendt|skickat|wysłano"
            r"|lähetetty|elküldve|odesláno|odoslané|отправлено|надіслано|gönderildi|发送时间|寄件日期|送信日時"
            r"|보낸 날짜|received|on behalf of|message du",
    "date": r"date|datum|fecha|data|dato|päivä|päiväys|dátum|дата|日期|日付|날짜",
    "to": r"to|an|à|a|para|aan|til|till|do|komu|vastaanottaja|címzett|destinataire|destinatario|кому|alıcı|kime|收件人"
          r"|收件者|宛先|받는 사람|cc|kopie|copie à|kopi|kopia|copia|копия|抄送|bcc",
    "subject": r"subject|betreff|objet|asunto|oggetto|onderwerp|assunto|emne|ämne|temat|aihe|tárgy|předmět|predmet|тема"
               r"|sujet|konu|主题|主旨|件名|제목",
}  # fmt: skip
LABEL = re.compile(
    r"^[\s>*_]*(?:" + "|".join(rf"(?P<{key}>{words})" for key, words in LABELS.items()) + r")[*_]*\s?[:：]",
    re.IGNORECASE,
)

# --- how people, and telephones, end ----------------------------------------------------------------------------------

DASHES = re.compile(r"^(?:--|—|–|__)\s?$")  # RFC 3676, 4.3 writes "-- "
SENT_FROM = _any(
    r"^(?:sent|mailed|written|posted) (?:from|via|with|by|using) (?:my |the |an? )?[^\s,.]+(?: [^\s,]+){0,5}\.?$",
    r"^get outlook for (?:ios|android)\b.*$",
    r"^(?:von|aus) meinem .{2,40} gesendet\.?$|^gesendet (?:von|mit|aus|über) .{2,60}$",
    r"^diese nachricht wurde von meinem .{2,60} gesendet\.?$",
    r"^envoyé (?:de|depuis|à partir de|avec) .{2,50}$",
    r"^enviado (?:desde|do|de|con|via) .{2,50}$|^obtener outlook para (?:ios|android)\b.*$",
    r"^inviato (?:da|dal|con) .{2,50}$|^scarica outlook per (?:ios|android)\b.*$",
    r"^verstuurd vanaf .{2,50}$|^verzonden (?:vanaf|met|vanuit) .{2,50}$|^outlook voor (?:ios|android)\b.*$",
    r"^skickat från .{2,50}$|^sendt fra .{2,50}$|^lähetetty .{2,50}sta$",
    r"^wysłan[eo] z .{2,50}$|^odesláno z .{2,50}$",
    r"^отправлено (?:с|из|от) .{2,50}$|^надіслано з .{2,50}$",
    r"^.{2,20}から送信$|^发自我的.{1,30}$|^從我的.{1,30}傳送$|^나의 .{1,20}에서 보냄$",
)
CLOSING = _any(
    r"^(?:with )?(?:my )?(?:kind|best|warm|many|kindest|warmest)?\s*(?:regards|wishes)[,.!]?$",
    r"^(?:all the best|best|cheers)[,.!]?$",
    r"^(?:thanks|thank you|many thanks|thanks (?:again|a lot|so much|in advance)|thank you (?:very much|so much))[,.]$",
    r"^(?:thanks|thank you) and (?:best |kind )?regards[,.!]?$",
    r"^(?:yours|sincerely|yours (?:sincerely|truly|faithfully)|sincerely yours|respectfully|take care|love)[,.]$",
    r"^(?:mit )?(?:freundlich|best|lieb|herzlich|schön|viel)(?:e|en|ste|sten)? gr(?:ü|ue)(?:ß|ss)e?n?\b.{0,20}$",
    r"^(?:gr(?:ü|ue)(?:ß|ss)e?|lg|vg|mfg|bg|hochachtungsvoll|beste grüße)[,.!]?$",
    r"^(?:bien |très )?cordialement[,.]?$|^(?:meilleures|sincères|cordiales) salutations[,.]?$|^bien à vous[,.]?$",
    r"^(?:un |muchos )?(?:cordial(?:es)? )?saludos?(?: cordiales)?[,.]?$|^atentamente[,.]?$|^un abrazo[,.]?$",
    r"^(?:cordiali|distinti|cari) saluti[,.]?$|^cordialmente[,.]?$",
    r"^(?:met )?(?:vriendelijke|hartelijke|beste) (?:groet(?:en)?|groetjes)[,.]?$|^groet(?:en|jes)?[,.]?$|^mvg[,.]?$",
    r"^(?:com os melhores |melhores )?cumprimentos[,.]?$|^atenciosamente[,.]?$",
    r"^(?:med )?(?:venlig|vänlig|vennlig|bästa|kærlig|mange)(?:a|e)? (?:hilsen|hilsner|hälsning(?:ar)?)[,.]?$",
    r"^(?:mvh|kh|vh|hilsen|hälsningar|hilsner|med vänliga? hälsning(?:ar)?|/mvh)[,.]?$",
    r"^(?:pozdrawiam|z poważaniem|z powazaniem|pozdrowienia|s pozdravem|s pozdravom|üdvözlettel|cu stimă)[,.]?$",
    r"^(?:с уважением|с наилучшими пожеланиями|з повагою|ystävällisin terveisin|terveisin|saygılarımla)[,.]?$",
)
NAMED = re.compile(r"^[-–—/~]{1,2}\s?[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,2}$")  # "-Abhishek Kona", "/John"
CONTACT = _any(
    r"\b(?:https?://|www\.)\S+",
    r"\S+@\S+\.\S+",
    r"(?:\+|\b00|\(\d|\b\d)[\d()\s./-]{6,}\d",
    r"^(?:t|f|m|e|w|tel|phone|mobile?|cell|fax|skype|email|web)\s?[.:]",
    r"^via (?:mobile|iphone|phone)$",
    r"\b(?:gmbh|inc|ltd|llc|corp|b\.v|s\.a)\b\.?",
)
LIST_FOOT = _any(r"mailing list$", r"/mailman/(?:listinfo|options)/", r"you are receiving this because")
