"""Machines that answer for somebody: known by header, subject or words; people are not taken for them."""

import pytest

from mailer.mail.automatic import automatic, bulk
from mailer.mail.parse import parse


def email(subject: str = "Re: Hi", words: str = "Hello", *headers: str) -> bytes:
    return "\r\n".join(["From: bob@example.com", f"Subject: {subject}", *headers, "", words]).encode()


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; owner=x",
        "X-Autoreply: yes",
        "X-Autorespond: vacation",
        "Precedence: auto_reply",
        "X-Auto-Reply: 1",
        "Delivered-To: Autoresponder",
        "X-Mailer: vacation 1.2",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=x",
    ],
)
def test_a_header_is_enough(header: str) -> None:
    assert automatic(parse(email("Re: Hi", "Hello", header)))


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Your basket",
        "Auto: Your basket",
        "Out of Office: Your basket",
        "[Auto-Reply] Your basket",
        "Automatische Antwort: Ihr Korb",
        "Abwesenheitsnotiz",
        "Réponse automatique : votre panier",
        "Respuesta automática: su cesta",
        "Risposta automatica: il tuo cesto",
        "Automatisch antwoord: je mand",
        "Resposta automática: cesta",
        "Autosvar: kurv",
        "Automaattinen vastaus: kori",
        "Odpowiedź automatyczna: kosz",
        "Автоматический ответ: корзина",
        "自動返信: カゴ",
        "自动回复: 篮子",
    ],
)
def test_a_subject_is_enough(subject: str) -> None:
    assert automatic(parse(email(subject)))


@pytest.mark.parametrize(
    "words",
    [
        "This is an automated response. We will get back to you.",
        "I am currently out of the office until 3 May.",
        "Hi, I'm out of office from Monday with no access to email.",
        "Thank you for your message. I am on annual leave and will reply when I return.",
        "We have received your message and will respond within 2 business days.",
        "Ich bin vom 3. bis 9. Mai nicht im Büro.",
        "Vielen Dank für Ihre Nachricht. In dringenden Fällen rufen Sie bitte an.",
        "Je suis absente du bureau jusqu'au 3 mai.",
        "Estaré fuera de la oficina hasta el lunes.",
        "Sono fuori ufficio fino a lunedì.",
        "Ik ben tot 3 mei afwezig.",
        "このメールは自動送信です。",
    ],
)
def test_the_words_are_enough(words: str) -> None:
    assert automatic(parse(email("Re: Hi", words)))


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Re: Automatic reply: Hi", "Welcome back!"),
        ("Re: Hi", "I am on holiday until Monday, please ring me then."),
        ("Re: Hi", "I am out of the office, can you call my mobile?"),
        ("Re: Hi", "Thank you for your message. The pears were fine."),
        ("Re: Hi", "My husband is no longer with us. Please take his name from the account."),
        ("Re: Hi", "Thanks!\n\n> This is an automated response."),
        ("Autumn offers", "I liked them."),
        ("Absinthe", "Do you sell it?"),
        ("Re: Hi", ""),
    ],
)
def test_a_person_is_not_taken_for_a_machine(subject: str, words: str) -> None:
    assert automatic(parse(email(subject, words))) is None


def test_auto_submitted_no_is_a_person() -> None:
    assert automatic(parse(email("Re: Hi", "Hello", "Auto-Submitted: no"))) is None


@pytest.mark.parametrize("header", ["List-Id: <x.example.com>", "Precedence: bulk", "List-Unsubscribe: <mailto:x@y.z>"])
def test_mail_to_many_is_known(header: str) -> None:
    assert bulk(parse(email("News", "Hello", header)))
    assert bulk(parse(email())) is None
