import pytest

from smeditor.text import WeightConfig, parse_weighted

from .vectors import cases, weight_config


def config(version):
    published = weight_config(version)
    return WeightConfig(
        limit=published["maxWeightedTweetLength"],
        scale=published["scale"],
        default_weight=published["defaultWeight"],
        url_length=published["transformedURLLength"],
        emoji_as_one=published.get("emojiParsingEnabled", False),
        ranges=tuple((each["start"], each["end"], each["weight"]) for each in published["ranges"]),
    )


def parsed(text, version):
    result = parse_weighted(text, config(version))
    return {
        "weightedLength": result.weighted_length,
        "valid": result.valid,
        "permillage": result.permillage,
        "displayRangeStart": result.display_range_start,
        "displayRangeEnd": result.display_range_end,
        "validRangeStart": result.valid_range_start,
        "validRangeEnd": result.valid_range_end,
    }


def test_the_weights_are_the_published_ones():
    assert config(3) == WeightConfig()


@pytest.mark.parametrize(("text", "expected"), cases("validate", "tweets"))
def test_a_post_is_valid_by_the_first_weights(text, expected):
    assert parse_weighted(text, config(1)).valid == expected


@pytest.mark.parametrize(("text", "expected"), cases("validate", "WeightedTweetsCounterTest"))
def test_a_post_is_weighed_by_the_second_weights(text, expected):
    assert parsed(text, 2) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    cases("validate", "WeightedTweetsWithDiscountedEmojiCounterTest", "UnicodeDirectionalMarkerCounterTest"),
)
def test_a_post_is_weighed_by_the_third_weights(text, expected):
    assert parsed(text, 3) == expected
