"""A model behind an address: asked as OpenAI's documentation says, by the guarded client, and checked."""

import json

import httpx
import pytest

from smeditor.exceptions import BadAnswer, FetchRefused, Temporary
from smeditor.networks.embedding_endpoint import LONGEST, Endpoint

URL = "http://127.0.0.1:9/v1/embeddings"


def answering(answer, status=200, asked=None):
    def handle(request):
        if asked is not None:
            asked.append(request)
        return httpx.Response(status, json=answer)

    return Endpoint(URL, "small", {"Authorization": "Bearer key"}, private=True, transport=httpx.MockTransport(handle))


def test_a_batch_is_one_request_in_the_words_of_the_documentation():
    asked = []
    rows = [{"object": "embedding", "index": n, "embedding": [n, 1]} for n in (1, 0)]
    assert answering({"object": "list", "data": rows}, asked=asked)(["a", "b"]) == [[0.0, 1.0], [1.0, 1.0]]
    (request,) = asked
    assert (request.method, str(request.url), request.headers["authorization"]) == ("POST", URL, "Bearer key")
    assert json.loads(request.content) == {"input": ["a", "b"], "model": "small", "encoding_format": "float"}


def test_an_empty_text_is_sent_as_a_blank_and_a_long_one_is_cut():
    asked = []
    answering({"data": [{"index": 0, "embedding": [1]}]}, asked=asked)(["", "a" * 100_000])
    assert json.loads(asked[0].content)["input"] == [" ", "a" * LONGEST]


@pytest.mark.parametrize(
    "answer",
    [[], {}, {"data": None}, {"data": [{"index": 0}]}, {"data": [{"index": 0, "embedding": ["x"]}]}, {"data": [1]}],
)
def test_an_answer_of_another_shape_is_named_as_such(answer):
    with pytest.raises(BadAnswer):
        answering(answer)(["a"])


def test_a_refusal_is_an_error_that_quotes_nothing():
    with pytest.raises(BadAnswer) as error:
        answering({"error": "cannot read 'my secret illness'"}, status=400)(["my secret illness"])
    assert "secret" not in f"{error.value} {error.value.cause}"


def test_an_address_in_a_private_network_is_asked_only_where_the_newsroom_says_so():
    with pytest.raises(FetchRefused):
        Endpoint(URL)(["a"])
    with pytest.raises(Temporary):
        Endpoint(URL, private=True)(["a"])  # nobody listens there


def test_the_version_names_host_and_model_and_no_secret():
    assert (
        Endpoint("https://user:key@models.example:8080/v1/embeddings", "small").version == "models.example:8080 small"
    )
