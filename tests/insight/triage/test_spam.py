"""Spam leaves the inbox: nothing is spam without an offer and a way to get in touch, and never by one rule alone."""

import pytest

from smeditor.insight.triage import explain, shipped, triage
from tests.insight.triage.corpora import sentences

CONTACTS = {
    "fr": [
        "Mon numéro : 06 00 00 00 00.",
        "https://mairie.example/dossier",
        "Écrivez-moi en MP.",
        "Contactez-moi au 06 00 00 00 00, je suis prêt à en parler.",
        "Appelez la mairie au 03 00 00 00 00 !",
    ],
    "en": [
        "My number is 07700 900000.",
        "https://council.example/file",
        "DM me.",
        "Contact me on 07700 900000, I am happy to talk.",
        "Call the council on 0300 000 0000!",
    ],
}


def spam(texts: list[str], lang: str) -> list[str]:
    return [text for text in texts if "spam" in triage(text, lang).labels]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_ordinary_sentence_about_money_leaves_the_inbox(lang):
    assert spam(sentences(f"ordinary_money_{lang}"), lang) == []


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_readers_own_number_or_link_makes_none_of_them_spam(lang):
    texts = [f"{text} {contact}" for text in sentences(f"ordinary_money_{lang}") for contact in CONTACTS[lang]]
    assert spam(texts, lang) == []


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_at_least_seven_advertisements_in_ten_are_recognised(lang):
    texts = sentences(f"advertising_{lang}")
    assert len(spam(texts, lang)) >= 0.7 * len(texts)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_is_spam_shows_an_offer_and_a_way_to_get_in_touch(lang):
    rules = shipped().languages[lang].by_id
    for text in sentences(f"advertising_{lang}"):
        if "spam" in triage(text, lang).labels:
            found = {finding.rule for finding in explain(text, lang) if finding.label == "spam" and finding.counted}
            assert {"offer", "contact"} <= {rules[rule].cue for rule in found}, text


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Gagnez 500 euros par jour depuis chez vous. Code promo ETE20 sur tout, livraison offerte !!! 🔥💰", "fr"),
        ("https://a.example contact@a.example 0600000000 WhatsApp Telegram, cliquez ici, appelez-moi 👉 🔥", "fr"),
        ("Earn $500 a day from home, use code SUMMER, free delivery today only!!! 🔥💰", "en"),
        ("https://a.example contact@a.example 07700900000 WhatsApp Telegram, click here, call us now 👉 🔥", "en"),
    ],
)
def test_however_many_offers_or_addresses_one_kind_is_never_enough(text, lang):
    assert "spam" not in triage(text, lang).labels


def test_a_link_need_not_be_written_in_full():
    assert triage("Montres pas chères, stock limité, c'est sur montres-luxe.shop", "fr").labels == ("spam",)


def test_a_mention_of_money_takes_no_label_from_a_reader():
    text = "Merci pour cet article. Le casino en ligne est-il agréé, et où se plaindre ?"
    assert {"thanks", "question"} <= set(triage(text, "fr").labels)


def test_the_compliment_of_an_advertiser_is_no_thanks():
    assert triage("Super article ! Visitez mon blog www.crypto-blog.example", "fr").labels == ("spam",)


@pytest.mark.parametrize(
    ("advertisement", "remark"),
    [
        (
            "Récupérez vos fonds perdus, contactez avocat.rapide@mail.example, honoraires après résultat.",
            "Récupérez vos fonds avant la liquidation, m'a écrit le syndic, contact@syndic.example.",
        ),
        (
            "J'ai gagné 4'000 francs en une semaine avec ce coach, lien en bio.",
            "J'ai gagné 4'000 francs en une semaine aux vendanges, contactez-moi pour le témoignage.",
        ),
        (
            "Billets moins chers pour tous les festivals, écrivez-moi sur WhatsApp.",
            "Les billets moins chers étaient partis en une heure, écrivez-moi si vous enquêtez.",
        ),
    ],
)
def test_what_is_promised_to_all_is_told_from_what_a_reader_lived_through(advertisement, remark):
    assert spam([advertisement, remark], "fr") == [advertisement]
