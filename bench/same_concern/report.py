"""The figures of "the same concern" for ``bench.insight``: trained without the set that is scored, with and without the extra."""

from typing import Any

from bench.same_concern import scores
from bench.same_concern.annotated import FOREIGN, TRAINED_ON, annotated, is_there
from bench.same_concern.training import from_sets
from smeditor.insight.same_concern.probability import LEXICAL, OTHER_ENCODER, SEMANTIC

KINDS = {"with the extra": SEMANTIC, "with another encoder": OTHER_ENCODER, "without": LEXICAL}
GOOD, GOOD_ASKED = 0.8, 0.9
FOUND = {"a third": 0.3, "two thirds": 0.55}
TIMES_ENCODER, ACROSS = 1.2, 0.4


def run(*, quick: bool) -> dict[str, Any]:
    """Return for each foreign set what is found by weights that were trained on all the others. ``quick``: one of them."""
    found: dict[str, Any] = {}
    for name in [name for name in FOREIGN if is_there(name)][: 1 if quick else None]:
        others = [other for other in (*FOREIGN, *TRAINED_ON) if other != name and is_there(other)]
        articles = annotated(name, meaning=True)
        encoder = scores.by_encoder(articles)
        found[name] = {"encoder alone": _of_questions(articles, encoder)}
        for title, kind in KINDS.items():
            articles = annotated(name, meaning=kind != LEXICAL)
            judged = scores.by_model(articles, from_sets(others, kind))
            found[name][title] = {
                **_of_questions(articles, judged),
                "sure": scores.sure(articles, judged),
                "across languages": scores.across_languages(articles, judged),
            }
    return found


def _of_questions(articles: Any, judged: scores.Scores) -> dict[str, Any]:
    return {
        "average precision": round(scores.average_precision(articles, judged), 3),
        "questions in one go": scores.after_questions(articles, judged, listed=True),
        "each answer moves the next": scores.after_questions(articles, judged, listed=False),
    }


def missed(metrics: dict[str, Any]) -> list[str]:
    """Return in words which bounds are missed with the extra, and where what is sure is not good."""
    found = []
    for name, each in metrics.items():
        extra, encoder = each["with the extra"], each["encoder alone"]
        least = round(TIMES_ENCODER * encoder["average precision"], 3)
        if extra["average precision"] < least:
            found.append(f"same concern, {name}: average precision {extra['average precision']}, wanted {least}")
        for budget, share in FOUND.items():
            row = extra["questions in one go"][budget]
            if row["share"] < share:
                found.append(f"same concern, {name}: {row['share']} found after {budget}, wanted {share}")
            if row["good"] is not None and row["good"] < GOOD_ASKED:
                found.append(f"same concern, {name}: {row['good']} good after {budget}, wanted {GOOD_ASKED}")
        if extra["across languages"]["asked"] < ACROSS:
            found.append(
                f"same concern, {name}: {extra['across languages']['asked']} across languages, wanted {ACROSS}"
            )
        for title in KINDS:
            good = each[title]["sure"]["good"]
            if good is not None and good < GOOD:
                found.append(f"same concern, {name}, {title}: {good} of what is sure is good, wanted {GOOD}")
    return found
