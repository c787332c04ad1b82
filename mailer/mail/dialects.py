"""In which words do mail systems say that an email failed?

Data only, as ordered tables, one line a dialect; `daemons` says how far each is believed.
"""

import re


def _any(*patterns: str) -> re.Pattern[str]:
    """Compile marks into one pattern that finds any of them."""
    return re.compile("|".join(patterns), re.IGNORECASE)


# The local part of From
SENDERS = re.compile(
    r"(?:mailer[-_.]?daemon|microsoftexchange\w*|mail-?admin|mail[-_.]?daemon|mdaemon|postmaster|mail[-_.]delivery[-_.](?:sub)?system|maildelivery"
    r"|bounces?|ndr|mail-?system|symantec_antivirus_for_smtp_gateways)\b",
    re.IGNORECASE,
)
# The name in From
NAMES = _any(
    r"mail(?:er)? delivery (?:sub)?system",
    r"mail delivery service",
    r"delivery subsystem",
    r"internet mail delivery",
    r"mailer[- ]daemon",
    r"(?:mail|system) administrator",
    r"postmaster",
    r"jetmail system",
)
# The beginning of the subject
SUBJECTS = _any(
    r"^\W*(?:\[?postmaster\W+)?(?:email )?delivery (?:status )?(?:notification|failure|report|problem|has failed)",
    r"^\W*undeliver(?:able|ed)\b|^\W*message (?:status - )?undeliverable\b",
    r"^\W*(?:notice: mail delivery status|e-?mail (?:was )?not delivered|(?:could not|couldn't) deliver\b)",
    r"^\W*returned (?:mail|to sender)",
    r"^\W*mail (?:delivery )?(?:fail|could not|not delivered|system error|error|warning|problem)",
    r"^\W*failed mail",
    r"^\W*failure (?:notice|delivery)",
    r"^\W*non[- ]?delivery",
    r"^\W*permanent delivery failure",
    r"^\W*message (?:delivery failure|delayed|not delivered|blocked)",
    r"^\W*(?:delayed mail|processing error|automatically rejected mail)",
    r"^\W*your message .{0,80}could not be delivered",
    r"^\W*warning: (?:message|could not send|.{0,80}user unknown)",
    r"^\W*(?:unzustellbar|nicht zustellbar|zustellung .{0,40}fehlgeschlagen|mail konnte nicht zugestellt)",
    r"^\W*(?:échec de (?:la )?remise|message non distribué|non distribuable|retour de courrier)|: non remis\b",
    r"^\W*(?:no se puede entregar|no entregado|error de entrega|fallo (?:de|en la) entrega)",
    r"^\W*(?:impossibile recapitare|mancato recapito|mancata consegna|non recapitabile)",
    r"^\W*(?:onbestelbaar|niet bezorgd|não entregue)",
    r"^\W*(?:недоставлен|не доставлен|ваше сообщение не доставлено)",
    r"^\W*(?:配信不能|配信できません|退信)",
)
# What the words of a mail system say
WORDS = _any(
    r"(?:could|can|was|has|may)\s?(?:not|n't)\s(?:yet\s|have\s)?(?:be(?:en)?\s)?(?:successfully\s)?(?:deliver|sent|proces)",
    r"undeliver(?:able|ed)",
    r"unable to (?:be )?deliver",
    r"not (?:be )?delivered to",
    r"failed to deliver",
    r"delivery (?:to the following|has failed)",
    r"(?:following|these) (?:recipient|address)(?:e?s)?(?:\(e?s\))?[^.]{0,40}(?:fail|reject|could not|had )",
    r"permanent (?:fatal )?error|fatal errors",
    r"has been delayed|still being retried|will (?:be )?retr(?:y|ied)",
    r"returned to sender",
    r"mailbox (?:is )?(?:full|unavailable)|mail box space not enough",
    r"user unknown|unknown user|no such user|this user doesn't have|not listed in",
    r"message was rejected|rejected your message",
    r"konnten? nicht (?:zugestellt|übermittelt)",
    r"n['’](?:a|ont) pas (?:pu être|été) (?:remis|délivré|distribué)|n['’]est pas recensé",
    r"no (?:se )?(?:ha )?(?:pudo|podido) (?:ser )?entreg",
    r"non (?:è stato|ha) (?:possibile|potuto) (?:consegn|recapit)",
    r"kon niet worden (?:afgeleverd|bezorgd)",
    r"не (?:может быть|было) доставлен",
    r"配信できません",
)
# How it calls what it sends
TITLES = _any(r"non-delivery (?:report|notification)", r"delivery (?:status notification|report)")
# … when the server has not given up
RETRYING = _any(
    r"has been delayed|not yet been delivered",
    r"still being retried|will (?:be )?retr(?:y|ied)|will (?:continue|keep) (?:to try|trying)",
    r"warning message only|do not need to resend",
    r"wird weiterhin versucht",
)
# What a server's words amount to where it gives no enhanced code (RFC 3463, 3): the first line that is found wins
MEANINGS = (
    (_any(r"mail(?:box|folder) (?:is )?(?:full|exceed)|full mailbox", r"over ?quota|quota exceed|quota",
          r"mail box space", r"storage (?:limit|allocation)"), "2.2"),
    (_any(r"message (?:size|is too)", r"too (?:large|big)",
          r"exceed\w* (?:the )?max\w* (?:\w+ )?(?:message )?size"), "3.4"),
    (_any(r"(?:account|mailbox|user) (?:\S+ )?(?:is |has been |)(?:disabled|inactive|suspended|closed|not active)"),
     "2.1"),
    (_any(r"(?:host|domain) (?:\S+ )?(?:unknown|not found|does not exist)",
          r"unknown (?:host|domain)", r"no such domain",
          r"name (?:server|service) error", r"name not (?:found|known)", r"unrouteable", r"illegal host",
          r"bad destination (?:system|host)", r"couldn't find any host"), "1.2"),
    (_any(r"user(?: \S+)? (?:is )?(?:unknown|not known|not found|doesn't|does not)",
          r"unknown (?:user|recipient|local|mailbox|address)", r"no such (?:user|recipient|address|mailbox|person)",
          r"(?:address|mailbox|account|recipient) (?:\S+ )?(?:is )?(?:unknown|not found|does(?: not|n't) exist|invalid"
          r"|unavailable|rejected)",
          r"(?:invalid|bad) (?:recipient|mailbox|address|user|final)", r"not a valid (?:user|mailbox|recipient)",
          r"doesn't have an? \S* ?account", r"no mailbox here", r"not (?:listed|in directory|our customer)",
          r"recipient (?:name )?is not (?:recognized|known)", r"name not in",
          r"no longer valid", r"no matches to", r"user's mailbox", r"was not found",
          r"not found in (?:the )?directory", r"non recens|no existe|unbekannt|inconnu|sconosciuto"), "1.1"),
    (_any(r"relay(?:ing)? (?:is )?(?:denied|not|prohibited)", r"unable to relay",
          r"spam|blocked|black ?list|policy|denied",
          r"not allowed|virus|rejected"), "7.1"),
    (_any(r"time(?:d)?[- ]?out|timeout", r"connection (?:refused|lost)", r"could not connect|no route to",
          r"maximum delivery attempts", r"unable to (?:connect|contact)|not respond|not reachable"), "4.1"),
    (_any(r"too many hops|loop"), "4.6"),
)  # fmt: skip
