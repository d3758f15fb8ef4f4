"""Tests of the networks. The contract's files are read with pytest's eyes, so that a failed promise shows its values."""

import pytest

PARTS = ("contract", "contract_sending", "contract_listening", "contract_failing")
pytest.register_assert_rewrite(*(f"tests.networks.{part}" for part in PARTS))
