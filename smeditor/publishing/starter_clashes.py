"""The clashes that a new newsroom starts with, in French and English: each is its own to change, switch off or delete."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from smeditor.models import TopicClash


@dataclass(frozen=True)
class Starter:
    """One clash to begin with, each list in both languages: topics as articles are tagged, terms as headlines say it."""

    name: StrOrPromise
    reason: StrOrPromise
    event_topics: tuple[str, ...]
    event_terms: tuple[str, ...]
    topics: tuple[str, ...]
    terms: tuple[str, ...]


FUN_TOPICS = ("humour", "humor", "satire", "quiz", "jeux", "games", "insolite", "offbeat")
FUN_TERMS = (
    "quiz",
    "hilarious",
    "funniest",
    "prank*",
    "hilarant*",
    "blague*",
    "fou rire",
    "poisson d'avril",
    "april fool*",
)

STARTERS = (
    Starter(
        _("Air accident – travel"),
        _("nobody should be invited to fly beside it"),
        ("aviation", "accident aérien", "air accident", "plane crash", "crash aérien"),
        (
            *("plane crash*", "air crash*", "helicopter crash*", "plane has crashed", "jet crash*"),
            *("crash aérien", "crash d'un avion", "crash d'avion", "accident d'avion", "catastrophe aérienne"),
            *("avion s'écrase", "avion s'est écrasé", "hélicoptère s'écrase", "hélicoptère s'est écrasé"),
        ),
        ("travel", "tourism", "holidays", "voyage", "voyages", "tourisme", "vacances", "évasion"),
        (
            *("cheap flight*", "getaway*", "city break*", "take off", "bargain flight*"),
            *("vol* pas cher*", "billets d'avion", "escapade*", "décollage immédiat", "s'envoler"),
        ),
    ),
    Starter(
        _("Attack or shooting – humour, fireworks"),
        _("a joke or a bang reads as mockery of the victims"),
        ("terrorism", "terrorisme", "attentat", "attentats", "shooting", "fusillade"),
        (
            *("terror attack*", "shooting", "stabbing*", "bombing*", "gunman", "hostage*"),
            *("attentat*", "fusillade*", "attaque au couteau", "prise d'otage*", "tuerie*", "explosion meurtrière"),
        ),
        FUN_TOPICS,
        (*FUN_TERMS, "firework*", "feu* d'artifice", "da bomb", "c'est de la bombe", "killer deal*", "une tuerie"),
    ),
    Starter(
        _("Fire, flood, earthquake – outdoor leisure"),
        _("readers there have lost their homes"),
        ("incendie", "incendies", "wildfire", "wildfires", "inondation", "inondations", "flood", "floods", "séisme"),
        (
            *("wildfire*", "deadly fire", "flood*", "earthquake*", "tsunami*", "landslide*", "hurricane*"),
            *("incendie meurtrier", "feu* de forêt*", "inondation*", "crue*", "séisme*", "tremblement de terre"),
            *("tsunami*", "glissement de terrain", "ouragan*", "cyclone*"),
        ),
        ("camping", "plage", "beach", "hiking", "randonnée", "barbecue", "plein air", "outdoors"),
        ("camping", "barbecue*", "beach day*", "à la plage", "randonnée*", "hiking", "pool party", "piscine*"),
    ),
    Starter(
        _("Train or coach accident – motoring, trips"),
        _("nobody should be invited on the road beside it"),
        ("accident de car", "accident de train", "train accident", "coach accident", "rail accident"),
        (
            *("train crash*", "derail*", "coach crash*", "bus crash*", "pile-up"),
            *("accident de train", "déraille*", "accident de car", "accident d'autocar", "carambolage*"),
        ),
        ("motoring", "automobile", "auto", "travel", "voyage", "voyages"),
        ("road trip*", "day trip*", "fast lane", "à toute vitesse", "en voiture simone", "escapade*"),
    ),
    Starter(
        _("Suicide – humour, thrillers"),
        _("people at risk read along"),
        ("suicide", "suicides"),
        ("suicide*", "took his own life", "took her own life", "mis fin à ses jours", "se donne la mort"),
        (*FUN_TOPICS, "polar", "thriller"),
        (*FUN_TERMS, "to die for", "à mourir de rire", "mort de rire"),
    ),
    Starter(
        _("Death of a child – family, back to school"),
        _("parents mourn"),
        ("infanticide", "disparition d'enfant", "missing child"),
        (
            *("child killed", "children killed", "child found dead", "school bus crash*", "school shooting*"),
            *("enfant tué*", "enfants tués", "enfant retrouvé* mort*", "mort d'un enfant", "mort d'une fillette"),
        ),
        ("parenting", "family", "famille", "parents", "rentrée scolaire", "back to school"),
        ("back to school", "rentrée des classes", "baby names", "prénoms", "goûter*", "children's party"),
    ),
    Starter(
        _("Death of a public figure – humour"),
        _("the joke would be about the dead"),
        ("obituary", "obituaries", "nécrologie", "décès", "disparition"),
        ("dies at", "has died", "dead at", "est mort*", "mort de", "mort d'", "décès de", "s'est éteint*"),
        FUN_TOPICS,
        FUN_TERMS,
    ),
)


@transaction.atomic
def set_up_clashes() -> int:
    """Write the starters, in the site's language, where there is no clash yet. Returns how many were written."""
    if TopicClash.objects.exists():
        return 0
    with translation.override(settings.LANGUAGE_CODE):
        rows = [
            TopicClash(
                name=str(starter.name),
                reason=str(starter.reason),
                event_topics=_folded(starter.event_topics),
                event_terms=_folded(starter.event_terms),
                topics=_folded(starter.topics),
                terms=_folded(starter.terms),
            )
            for starter in STARTERS
        ]
    return len(TopicClash.objects.bulk_create(rows))


def _folded(terms: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(term.casefold() for term in terms))
