"""New words, signature, quoted text: parted by the marks of many programs, and nothing lost."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.mail.parse import parse
from mailer.mail.quoting import split, split_text

ATTRIBUTIONS = [
    "On Mon, Mar 16, 2026 at 10:00 AM Ann Lee <ann@example.com> wrote:",
    "On Mon, Mar 16, 2026 at 10:00 AM, Ann Lee <\nann@example.com> wrote:",
    "On 16 March 2026 at 10:00, Ann wrote:",
    "Am 16.03.26 um 10:00 schrieb Ann Lee:",
    "Am Mo., 16. März 2026 um 10:00 Uhr schrieb Ann Lee <ann@example.com>:",
    "Ann Lee <ann@example.com> schrieb am Mo., 16. März 2026, 10:00:",
    "Le lun. 16 mars 2026 à 10:00, Ann Lee <ann@example.com> a écrit :",
    "El lun, 16 mar 2026 a las 10:00, Ann Lee (<ann@example.com>) escribió:",
    "Il giorno lun 16 mar 2026 alle ore 10:00 Ann Lee <ann@example.com> ha scritto:",
    "Op ma 16 mrt 2026 om 10:00 schreef Ann Lee <ann@example.com>:",
    "Em seg., 16 de mar. de 2026 às 10:00, Ann Lee <ann@example.com> escreveu:",
    "Den mån 16 mars 2026 kl 10:00 skrev Ann Lee <ann@example.com>:",
    "man. 16. mar. 2026 kl. 10:00 skrev Ann Lee <ann@example.com\n>:",
    "W dniu 16.03.2026 o 10:00, Ann Lee pisze:",
    "pon., 16 mar 2026 o 10:00 Ann Lee <ann@example.com> napisał(a):",
    '16.03.2026, 10:00, "Ann Lee" <ann@example.com>:',
    "пн, 16 мар. 2026 г. в 10:00, Ann Lee <ann@example.com> написал(а):",
    "2026年3月16日(月) 10:00 Ann Lee <ann@example.com>:",
    "2026-03-16 10:00 GMT+01:00 Ann Lee <ann@example.com>:",
]
HEADERS = [
    "From: Ann Lee <ann@example.com>\nSent: Monday, March 16, 2026 10:00 AM\nTo: Bob\nSubject: Your basket",
    "Von: Ann Lee <ann@example.com>\nGesendet: Montag, 16. März 2026 10:00\nAn: Bob\nBetreff: Ihr Korb",
    "De : Ann Lee <ann@example.com>\nEnvoyé : lundi 16 mars 2026 10:00\nÀ : Bob\nObjet : Votre panier",
    "De: Ann Lee <ann@example.com>\nEnviado el: lunes, 16 de marzo de 2026 10:00\nPara: Bob\nAsunto: Su cesta",
    "Da: Ann Lee <ann@example.com>\nInviato: lunedì 16 marzo 2026 10:00\nA: Bob\nOggetto: Il tuo cesto",
    "Van: Ann Lee <ann@example.com>\nVerzonden: maandag 16 maart 2026 10:00\nAan: Bob\nOnderwerp: Je mand",
    "差出人: Ann Lee <ann@example.com>\n送信日時: 2026年3月16日 10:00\n宛先: Bob\n件名: カゴ",
    "*From:* Ann Lee <ann@example.com>\n*Date:* Monday, 16 March 2026 at 10:00\n*To:* Bob\n*Subject:* Your basket",
    "________________________________\nFrom: Ann Lee\nSent: Monday, March 16, 2026 10:00 AM\nTo: Bob\nSubject: Hi",
    "-----Original Message-----\nFrom: Ann Lee\nSubject: Hi",
    "-----Ursprüngliche Nachricht-----\nVon: Ann Lee",
    "---------- Forwarded message ---------\nFrom: Ann Lee",
    "Begin forwarded message:\n\nFrom: Ann Lee",
]  # fmt: skip
SIGNATURES = [
    "-- \nBob Ray\nExample Ltd",
    "--\nBob Ray",
    "Sent from my iPhone",
    "Get Outlook for iOS",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "iPhoneから送信",
    "Best regards,\nBob Ray",
    "Mit freundlichen Grüßen\nBob Ray\nBeispiel GmbH",
    "Cordialement,\nBob",
    "Saludos\nBob Ray",
    "Met vriendelijke groet,\nBob",
    "Thanks,\nBob\n+49 30 1234567",
    "-Bob Ray",
    "Bob Ray\nwww.example.com\n+49 30 1234567",
]
OURS = "Dear Bob, we have missed you in the shop.\nYour favourite pears are back this week.\nAnn is there every day."


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("quote", ["> Dear Bob,\n> we have missed you.", "\n> Dear Bob,\n>\n> we have missed you.\n"])
def test_an_attribution_and_its_quotation_are_quoted(attribution: str, quote: str) -> None:
    parts = split_text(f"The pears were bad.\nAll of them.\n\n{attribution}\n{quote}\n")
    assert parts.new_words == "The pears were bad.\nAll of them."
    assert "missed you" in parts.quoted


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_without_marks_all_below_an_attribution_is_quoted(attribution: str) -> None:
    parts = split_text(f"The pears were bad.\n\n{attribution}\n\nDear Bob,\nwe have missed you.\n")
    assert parts.new_words == "The pears were bad."
    assert "missed you" in parts.quoted


@pytest.mark.parametrize("headers", HEADERS)
def test_all_below_a_block_of_headers_or_a_separator_is_quoted(headers: str) -> None:
    parts = split_text(f"The pears were bad.\n\n{headers}\n\nDear Bob,\nwe have missed you.\n")
    assert parts.new_words == "The pears were bad."
    assert parts.quoted.endswith("we have missed you.")
    assert parts.mark


@pytest.mark.parametrize("signature", SIGNATURES)
@pytest.mark.parametrize("below", ["", "\n\nOn 16 March 2026 at 10:00, Ann <ann@example.com> wrote:\n> Dear Bob"])
def test_a_signature_is_told_from_the_words(signature: str, below: str) -> None:
    parts = split_text(f"The pears were bad, so I would like to have my money back.\n\n{signature}{below}")
    assert parts.new_words == "The pears were bad, so I would like to have my money back."
    assert parts.signature == signature
    assert parts.words_and_signature.endswith(signature)


@pytest.mark.parametrize(
    "words",
    [
        "Sent from my desk, which is easier than my telephone.",
        "On Monday I wrote: nothing came.",
        "I wrote you on 16 March:\nplease call me.",
        "From: Berlin\nTo: Hamburg\nDate: 3 May\nCan you deliver there?",
        "My numbers:\n1. pears\n2. apples -- both bad\n-- and late",
        "Thanks, I will come tomorrow at ten. Will you be there?",
        "Please send this:\n--------\npears and apples, and some of the good bread you had last week",
        "best",
    ],
)
def test_words_that_look_like_marks_stay_words(words: str) -> None:
    assert split_text(words).new_words == words


def test_answers_between_the_quoted_lines_are_new_words() -> None:
    parts = split_text(
        "See below.\n\nOn 16 March 2026 at 10:00, Ann <ann@example.com> wrote:\n"
        "> Were the pears good?\n\nNo, they were not.\n\n> And the apples?\n\nYes!\n"
    )
    assert [line for line in parts.new_words.split("\n") if line] == ["See below.", "No, they were not.", "Yes!"]
    assert [line for line in parts.quoted.split("\n") if line][1:] == ["> Were the pears good?", "> And the apples?"]


def test_an_answer_below_the_quotation_is_new_words() -> None:
    parts = split_text("On 16 March 2026 at 10:00, Ann <ann@example.com> wrote:\n> Were the pears good?\n\nNo.")
    assert parts.new_words == "No."


def test_the_end_of_a_broken_quoted_line_is_no_answer() -> None:
    long = "> a line of our letter that was so long that some program on the way broke it in\n"
    assert split_text(f"No.\n\n{long}two\n> and went on").new_words == "No."


def test_nothing_but_a_quotation_leaves_no_words() -> None:
    assert split_text("> Were the pears good?\n> Ann").new_words == ""


def test_what_stands_below_pasted_headers_is_said_to_us() -> None:
    parts = split_text("From: Ann <ann@example.com>\nSent: Monday 10:00\nSubject: Hi\n\nIs this mail really from you?")
    assert parts.new_words == "Is this mail really from you?"


def test_our_own_words_that_come_back_unmarked_are_quoted() -> None:
    parts = split_text(f"The pears were bad.\n\n{OURS}", ours=OURS)
    assert parts.new_words == "The pears were bad."
    assert parts.quoted.endswith("every day.")
    assert split_text(f"The pears were bad.\n\n{OURS}").quoted == ""


@pytest.mark.parametrize(
    "html",
    [
        '<div>The pears were bad.</div><div class="gmail_quote"><div class="gmail_attr">On Mon, Mar 16,'
        " 2026 at 10:00 AM Ann &lt;ann@example.com&gt; wrote:<br></div><blockquote class='gmail_quote'>Dear Bob"
        "</blockquote></div>",
        '<p>The pears were bad.</p><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>Lähettäjä:</b> Ann</div>'
        "<div>Dear Bob</div>",
        "<p>The pears were bad.</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>From:</b> Ann "
        "&lt;ann@example.com&gt;<br><b>Sent:</b> Monday, March 16, 2026 10:00 AM<br><b>To:</b> Bob<br><b>Subject:</b>"
        " Hi</p></div><p>Dear Bob</p>",
        'The pears were bad.<br><div class="moz-cite-prefix">Am 16.03.26 um 10:00 schrieb Ann:<br></div>'
        '<blockquote type="cite" cite="mid:1@example.com">Dear Bob</blockquote>',
        '<div>The pears were bad.</div><br><blockquote type="cite"><div>On 16. Mar 2026, at 10:00, Ann &lt;ann@'
        "example.com&gt; wrote:</div><div>Dear Bob</div></blockquote>",
        '<div>The pears were bad.</div><div class="protonmail_quote">On Monday Ann wrote:<blockquote>Dear Bob'
        "</blockquote></div>",
        '<div>The pears were bad.</div><div class="yahoo_quoted"><div>On Monday, Ann wrote:</div>Dear Bob</div>',
    ],
    ids=["gmail", "outlook web", "outlook", "thunderbird", "apple", "proton", "yahoo"],
)
def test_the_html_of_each_program_is_parted(html: str) -> None:
    parts = split(parse(b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html.encode()))
    assert parts.new_words == "The pears were bad."
    assert "Dear Bob" in parts.quoted


def test_a_forward_is_known() -> None:
    assert split_text("fyi\n\n---------- Forwarded message ---------\nFrom: Ann").forwarded
    assert not split_text("fyi\n\n-----Original Message-----\nFrom: Ann").forwarded


LINES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["> x", ">", "", "-- ", "--", "From: a <a@b.example>", "Sent: 10:00", "Subject: x", "Best regards,", "Bob Ray",
         "On 16 March 2026 at 10:00, Ann <a@b.example> wrote:", "-----Original Message-----", "________________",
         "Sent from my iPhone", "tel +49 30 1234567"]
    ),
)  # fmt: skip


@given(st.lists(LINES, max_size=25).map("\n".join), st.none() | st.text(max_size=100))
def test_every_line_is_kept_in_one_of_the_parts(text: str, ours: str | None) -> None:
    parts = split_text(text, ours=ours)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = "\n".join([parts.new_words, parts.signature, parts.quoted]).split("\n")
    assert Counter(line for line in kept if line) == Counter(line for line in lines if line)
