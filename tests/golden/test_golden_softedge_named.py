"""Texts of codes."""

import doctest

import pytest

from skimp.golden.softedge import (
    ABLATIONS,
    CODES,
    Float,
    Setting,
    Uniform,
    calibrate,
    code,
    named,
    parse_code,
    parse_setting,
)

TEXTS = [*(f"softedge:{name}" for name in CODES), *(f"int{bits}{zero}" for bits in (8, 6, 5, 4)
                                                   for zero in ("", ":zero")), "float",
         *(f"ablation:{kind}" for kind in ABLATIONS)]


@pytest.mark.parametrize("text", TEXTS)
def test_texts_come_back(text):
    assert str(parse_code(text)) == text
    assert parse_setting(text) == Setting(parse_code(text))
    for percentile in ("0.99", "0.9995", "0.99999", "1"):
        setting = parse_setting(f"{text}@{percentile}")
        assert str(setting) == f"{text}@{percentile}"
        assert setting.percentile == float(percentile)


def test_what_they_are():
    assert parse_code("softedge:short") is CODES["short"]
    assert parse_code("int6:zero") == Uniform(6, zero=True)
    assert isinstance(parse_code("float"), Float)
    assert [str(parse_code(f"ablation:{number}")) for number in ("5-1", "5-2", "5-3", "5-4")] == [
        "ablation:floats", "ablation:large", "ablation:second", "ablation:fine"]


@pytest.mark.parametrize(("text", "sentence"), [
    ("softedge", "A code must be softedge:NAME, .* not 'softedge'"),
    ("softedge:hard", "must be one of paper, aligned, .* not 'hard'"),
    ("ablation:5-6", "An ablation must be one of floats, .* not '5-6'"),
    ("int9", "A code must be"), ("int8:one", "A code must be"), ("", "not ''"),
    ("int8@", "A percentile must be a number .* not ''"),
    ("int8@x", "not 'x'"), ("int8@1.5", "above 0 and at most 1, not 1.5"),
    ("int8@0", "above 0 and at most 1, not 0.0"), ("int8@nan", "not 'nan'"),
])
def test_refused_with_a_sentence(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse_setting(text)


@pytest.mark.parametrize("module", [code, named, calibrate])
def test_examples(module):
    failed, tried = doctest.testmod(module)
    assert tried and not failed
