"""Sentences for a made-up newsroom: what is on the same subject shares three rare words, as readers' messages do."""

from __future__ import annotations

import itertools
import random

FRENCH = [
    "la", "ville", "le", "tram", "le", "prix", "du", "billet", "les", "horaires", "la", "ligne", "le", "maire", "le",
    "conseil", "un", "accident", "la", "pollution", "l'eau", "le", "marché", "les", "travaux", "la", "gare", "les",
    "écoles", "la", "cantine", "les", "loyers", "la", "mairie", "le", "budget", "la", "piscine", "le", "théâtre",
    "la", "forêt", "un", "incendie", "les", "pompiers", "l'hôpital", "les", "urgences", "le", "médecin", "la",
    "retraite", "les", "impôts", "le", "vélo", "la", "piste", "le", "parking", "la", "police", "le", "procès", "la",
    "décharge", "l'usine", "les", "salaires", "le", "chômage", "la", "grève", "le", "bus", "la", "nuit", "dimanche",
    "matin",
]  # fmt: skip
FREQUENT = "cantine"
"""One of them, looked for in any newsroom."""
ENGLISH = [
    "the", "city", "the", "tram", "the", "fare", "the", "timetable", "the", "line", "the", "mayor", "the", "council",
    "an", "accident", "pollution", "water", "the", "market", "roadworks", "the", "station", "schools", "canteen",
    "rents", "town", "hall", "budget", "the", "pool", "theatre", "forest", "a", "fire", "firefighters", "hospital",
    "emergency", "doctor", "pension", "taxes", "cycling", "lane", "parking", "police", "trial", "landfill", "factory",
    "wages", "unemployment", "strike", "bus", "night", "sunday", "morning",
]  # fmt: skip
SYLLABLES = [
    "ba", "be", "bo", "ca", "co", "da", "do", "fa", "fo", "ga", "go", "la", "le", "lo", "ma", "me", "mo", "na", "ne",
    "no", "pa", "po", "ra", "re", "ro", "sa", "se", "so", "ta", "te", "to", "va", "vo",
]  # fmt: skip
RARE = ["".join(syllables) for syllables in itertools.product(SYLLABLES, repeat=3)]
FRAMES = {
    "question": ("Pourquoi {} et {} ?", "Why is {} so bad for {}?"),
    "correction": ("C'est faux : {} n'est pas {}.", "That is wrong: {} is not {}."),
    "criticism": ("Votre article oublie {} et {}, c'est dommage.", "Your article forgets {} and {}, a pity."),
    "testimony": ("Chez moi aussi : {} depuis des mois, {}.", "It happened to me: {} for months, {}."),
    "thanks": ("Merci pour cet article sur {} et {}.", "Thank you for this article on {} and {}."),
    "tip": ("Je travaille à {} : on nous cache {}.", "I work at {}: they hide {} from us."),
    "suggestion": ("Vous devriez enquêter sur {} et {}.", "You should look into {} and {}."),
    "": ("On verra bien si {} change avec {}.", "We shall see whether {} changes with {}."),
}
LABELS = {
    "question": 22,
    "criticism": 14,
    "correction": 5,
    "testimony": 6,
    "thanks": 8,
    "tip": 1,
    "suggestion": 5,
    "": 39,
}
"""How often each label is met, "" for none, in percent."""


def sentence(rng: random.Random, subject: int, language: str, label: str) -> str:
    """Return a reader's message on ``subject`` (any number; the same number, the same rare words)."""
    rare = [RARE[subject * prime % len(RARE)] for prime in (7_919, 104_729, 1_299_709)]
    filler = FRENCH if language == "fr" else ENGLISH
    chosen = [" ".join([*rng.choices(filler, k=rng.randint(1, 4)), rare[n]]) for n in (0, 1)]
    text = FRAMES[label][language == "en"].format(*chosen)
    return f"{text} {rare[2]} {' '.join(rng.choices(filler, k=rng.randint(2, 30)))}."


def headline(rng: random.Random, number: int) -> str:
    """Return a title that no other number has."""
    return f"{' '.join(rng.choices(FRENCH, k=6))} {number}"
