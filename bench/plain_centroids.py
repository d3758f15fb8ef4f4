"""The plain index to beat: words, one centroid a concern, TF-IDF cosine, one threshold, in one pass."""

import math
import re

tokens_of = re.compile(r"\w+").findall
POSTINGS = 64
QUERY = 24


def group(texts: list[str], threshold: float) -> list[int]:
    """Return the concern of each text, in the order of the texts."""
    frequencies: dict[str, int] = {}
    postings: dict[str, dict[int, int]] = {}
    centroids: list[dict[str, int]] = []
    squares: list[float] = []
    copies: dict[tuple[str, ...], int] = {}
    result = []
    for number, text in enumerate(texts, 1):
        split = tokens_of(text.lower())
        bag: dict[str, int] = {}
        for word in split:
            bag[word] = bag.get(word, 0) + 1
        for word in bag:
            frequencies[word] = frequencies.get(word, 0) + 1
        rarity = {word: math.log((number + 1) / frequencies[word]) for word in bag}
        copy = tuple(split)
        concern = copies.get(copy)
        if concern is None:
            weight = {word: (1 + math.log(n)) * rarity[word] for word, n in bag.items()}
            scores: dict[int, float] = {}
            for word in sorted(weight, key=lambda w: -weight[w])[:QUERY]:
                factor = weight[word] * rarity[word]
                for c, n in postings.get(word, {}).items():
                    scores[c] = scores.get(c, 0.0) + n * factor
            length = math.sqrt(sum(w * w for w in weight.values())) or 1.0
            best, similarity = -1, 0.0
            for c, s in scores.items():
                value = s / (length * math.sqrt(squares[c]))
                if value > similarity:
                    best, similarity = c, value
            if similarity >= threshold:
                concern = best
            else:
                concern = len(centroids)
                centroids.append({})
                squares.append(1e-9)
            copies[copy] = concern
        centroid = centroids[concern]
        for word, n in bag.items():
            before = centroid.get(word, 0)
            centroid[word] = after = before + n
            found = postings.setdefault(word, {})
            if concern not in found and len(found) >= POSTINGS:
                weakest = min(found, key=found.__getitem__)
                if found[weakest] >= after:
                    continue
                del found[weakest]
            found[concern] = after
        # From today's rarities: a sum kept as it goes would carry those of the first texts along for ever.
        top = number + 1
        squares[concern] = sum((n * math.log(top / frequencies[word])) ** 2 for word, n in centroid.items()) or 1e-9
        result.append(concern)
    return result
