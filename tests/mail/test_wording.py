"""Wishes, languages and feelings, as far as plain words tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.mail.feeling import feeling
from mailer.mail.language import language
from mailer.mail.objection import objection


@pytest.mark.parametrize(
    "words",
    [
        "unsubscribe", "STOP", "Please unsubscribe me.", "Take me off your list!", "remove me from this mailing list",
        "Stop sending me these emails", "please stop emailing me", "Don't contact me again",
        "I no longer wish to receive your newsletter", "no more emails please", "I want to opt out",
        "Abmelden", "Bitte melden Sie mich vom Newsletter ab", "Ich möchte keine E-Mails mehr",
        "Bitte keine Werbung mehr", "Ich möchte den Newsletter abbestellen", "Schreiben Sie mir bitte nicht mehr",
        "Désabonnement", "Merci de me désabonner", "Je ne souhaite plus recevoir vos emails", "désinscrivez-moi",
        "Baja", "Quiero darme de baja", "No quiero recibir más correos", "Dejen de enviarme cosas",
        "Cancellatemi", "Non voglio più ricevere le vostre email", "basta",
        "Afmelden aub", "Schrijf mij uit", "Ik wil geen mails meer", "Stop met mailen",
        "não quero mais receber", "配信停止", "メールを停止してください",
    ],
)  # fmt: skip
def test_a_wish_to_be_left_alone_is_heard(words: str) -> None:
    assert objection(words)


@pytest.mark.parametrize(
    "words",
    [
        "", "Thanks, the pears were lovely.", "Please do not unsubscribe me, I like your letters.",
        "I don't want to unsubscribe, only fewer letters.", "Please do not send me green tomatoes again.",
        "Stop by any time!", "Cancel", "Can you stop the delivery on Monday?", "I don't like the new bread.",
        "Ich melde mich morgen.", "Ich habe keine E-Mail bekommen.", "Melden Sie sich bitte bei mir.",
        "Schrijf me over het recept.", "Ik heb geen mail ontvangen.", "cancele meu pedido", "Il n'y a plus de pain ?",
        "No quiero más pan.", "Bitte nicht abmelden!",
    ],
)  # fmt: skip
def test_other_wishes_are_for_a_person(words: str) -> None:
    assert objection(words) is None


def test_a_subject_is_a_wish_when_hardly_more_is_said() -> None:
    assert objection("", "Unsubscribe")
    assert objection("thanks", "Re: unsubscribe")
    assert objection("word " * 20, "unsubscribe") is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("The pears were bad and I want my money back.", "en"),
        ("Die Birnen waren schlecht und ich möchte mein Geld zurück.", "de"),
        ("Les poires étaient mauvaises et je voudrais être remboursé, merci.", "fr"),
        ("Las peras estaban malas y quiero que me devuelvan el dinero.", "es"),
        ("Le pere non erano buone e vorrei il rimborso, grazie.", "it"),
        ("De peren waren slecht en ik wil graag mijn geld terug.", "nl"),
        ("梨がおいしくなかったです。", "ja"),
        ("ok", ""),
        ("", ""),
        ("12345", ""),
    ],
)
def test_a_language_is_guessed_from_small_words(words: str, expected: str) -> None:
    assert language(words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Thank you, the pears were wonderful.", "glad"),
        ("Thanks, but I am very disappointed.", "upset"),
        ("My mother passed away, please close her account.", "upset"),
        ("I am not happy with the bread.", "upset"),
        ("WHERE IS MY BASKET, I PAID FOR IT", "upset"),
        ("Do you open at nine?", "calm"),
        ("Das ist eine Frechheit, ich bin enttäuscht.", "upset"),
        ("Vielen Dank, sehr schön!", "glad"),
        ("C'est inadmissible.", "upset"),
        ("Merci, c'est parfait.", "glad"),
        ("Estoy muy decepcionada.", "upset"),
        ("Muchas gracias, todo perfecto.", "glad"),
        ("", "calm"),
    ],
)
def test_a_feeling_is_a_hint_from_plain_words(words: str, expected: str) -> None:
    assert feeling(words) == expected


@given(st.text(max_size=400))
def test_any_words_are_taken(words: str) -> None:
    objection(words, words[:50])
    assert feeling(words) in ("upset", "glad", "calm")
    assert language(words) in ("en", "de", "fr", "es", "it", "nl", "ja", "")
