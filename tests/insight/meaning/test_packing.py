"""A stored vector points where the model's did."""

import random

import pytest

from smeditor.insight.meaning.encoder import cosine
from smeditor.insight.meaning.packing import pack, unpack


def test_what_is_read_points_where_what_was_stored_did():
    rng = random.Random(1)
    vector = [rng.gauss(0, 1) for _ in range(512)]
    packed = pack(vector)
    assert len(packed) == 512
    assert cosine(unpack(packed), vector) > 0.9999


def test_what_is_read_has_unit_length():
    assert unpack(pack([300.0, -400.0])).tolist() == pytest.approx([0.6, -0.8], abs=0.01)


def test_a_database_may_give_a_memory_view():
    assert unpack(memoryview(pack([0.0, 1.0]))).tolist() == [0.0, 1.0]


def test_a_null_vector_stays_null():
    assert unpack(pack([0.0, 0.0])).tolist() == [0.0, 0.0]
