"""JSON has finite numbers only, and what is none is refused in words of ours."""

import json
import math

import pytest

from skimp.jobs.documents import from_json, to_json
from skimp.show.terminal import show


def test_numbers_that_json_has_not_are_null():
    document = {"a": math.nan, "b": [math.inf, (1.5, -math.inf)], "c": "NaN", "d": None, "e": True}
    text = to_json(document)
    assert json.loads(text, parse_constant=pytest.fail) == {
        "a": None, "b": [None, [1.5, None]], "c": "NaN", "d": None, "e": True}
    assert to_json({"b": 1, "a": 2}, sort_keys=True) == '{"a": 2, "b": 1}'


def test_what_is_printed_is_json(capsys):
    show([{"slack_ns": math.inf}], True, list)
    assert json.loads(capsys.readouterr().out, parse_constant=pytest.fail) == [{"slack_ns": None}]


@pytest.mark.parametrize("text, sentence", [
    ("", "not JSON: line 1, column 1 is not as it must be"),
    ('{"a":\n 1,}', "not JSON: line 2, column 4 is not as it must be"),
    ("[NaN]", "not JSON: NaN is no number of it"),
    ("[Infinity]", "not JSON: Infinity is no number of it"),
    ("[-1e999]", "not JSON: -1e999 is no number of it"),
    ("[1" + "0" * 400 + ".0]", "not JSON: one of forty digits or more is no number of it"),
    ("9" * 5000, "not JSON that anybody would write: it has a number of thousands of digits"),
    ("[" * 100_000, "not JSON that anybody would write: it is nested too deeply"),
    ('{"a":' * 100_000, "not JSON that anybody would write: it is nested too deeply"),
    (b"\xff[]", "not JSON: its byte 1 is no text of UTF-8"),
    (b"[]\0", "not JSON: line 1, column 3 is not as it must be"),
])
def test_what_is_not_json(text, sentence):
    with pytest.raises(ValueError, match="not JSON") as refusal:
        from_json(text)
    assert str(refusal.value) == sentence
