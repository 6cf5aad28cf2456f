"""Names that Verilog takes."""

import pytest

from skimp.catalogue.names import KEYWORDS, check_name

NO_NAMES = ["", "8bit", "été", "a-b", "a b", "a.b", "a/b", "../a", "a$", "$a", "a\n", "\\a", "٣",
            "名", "a[0]", "x" * 101, "a;", "{a}"]


@pytest.mark.command
@pytest.mark.parametrize("name", [*NO_NAMES, "module", "logic", "wire", "endmodule", "unique0",
                                  "uwire", "reg"])
def test_refused(skimp, tmp_path, name):
    status, out, err = skimp("generate", "popcount", "--config", "byte", "--name", name)
    assert status == 2 and out == "" and err.startswith("skimp: --name must be ")
    assert err.count("\n") == 1 and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a", "_", "A1", "Module", "modules", "x" * 100, "_8bit"])
def test_taken(name):
    check_name(name)


def test_keywords():
    assert len(KEYWORDS) == 248 and {"module", "wire", "logic", "nettype"} < KEYWORDS
