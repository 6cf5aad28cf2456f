"""Liberty files: what is read, what is refused, what several files make together."""

import gzip
from pathlib import Path

import libraries
import pytest

from skimp.silicon.functions import gate_of, truth
from skimp.silicon.liberty import cut, merged, parse, read, split
from skimp.silicon.library import Library

SMALL = """
library (x) { /* a comment with } */ time_unit : "1ns";
  cell ("A") { area : 1; pin (Y) { timing () { related_pin : "I"; values ("1, 2", \\
    "3, 4"); } } } // another {
  cell (B) { area : 2.5; note : "a } in a string"; }
}
"""


def written(folder, text, name="some.lib"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_comments_and_line_ends_are_gone_but_strings_stay(tmp_path):
    text = read(written(tmp_path, SMALL))
    assert "comment" not in text and "another" not in text and "\\" not in text
    head, cells = split(text)
    assert list(cells) == ["A", "B"] and "time_unit" in head and "cell" not in head
    assert parse(cells["B"]).values == {"area": "2.5", "note": "a } in a string"}
    arc = parse(cells["A"]).groups[0].groups[0]
    assert arc.kind == "timing" and arc.values["values"] == ["1, 2", "3, 4"]


def test_groups_are_cut_with_all_that_is_in_them(tmp_path):
    text = cut(read(written(tmp_path, SMALL)), "timing")
    assert "related_pin" not in text and parse(text).groups[0].groups[0].name == "Y"


@pytest.mark.parametrize("content, sentence", [
    (b"cells\n", "is not a Liberty file: it has no library group"),
    (b"", "is not a Liberty file"),
    (b"\x1f\x8b\x08\x00broken", "it is damaged"),
    (gzip.compress(SMALL.encode())[:60], "it is damaged"),
    (SMALL[:-40].encode(), "is not a whole Liberty file: it ends inside a group"),
    ((SMALL + "}").encode(), "it has one } too many"),
    (b"library (x) { time_unit : \"1ns\"; }", "has no cells"),
    (b"library (x) { cell (A) { area : 1; } }", "has no timing"),
    (b"library (x) { cell (A) { area : 1; pin (Y) { timing () { } } } }",
     "there is no inverter that may be used"),
    (b"library (x) { oops; cell (A) { pin (Y) { timing () { } } } }", "cannot be read where"),
    (b"library (x) { cell (A) { area : wide; pin (Y) { timing () { } } } }",
     "area must be a number, not 'wide'"),
], ids=["text", "empty", "no-gzip", "short-gzip", "short", "long", "no-cells", "no-timing",
        "nothing", "syntax", "number"])
def test_refused(tmp_path, content, sentence):
    with pytest.raises(ValueError, match="Liberty|lib") as refused:
        Library.find(written(tmp_path, content))
    assert sentence in str(refused.value)


def test_what_is_not_there_or_is_a_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match="cannot read the Liberty file .*No such file"):
        Library.find(tmp_path / "no.lib")
    with pytest.raises(ValueError, match="cannot read the Liberty file .*directory"):
        Library.find(tmp_path)


def test_an_archive_that_inflates_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("skimp.silicon.liberty.MOST", 1 << 20)
    path = written(tmp_path, gzip.compress(b"library (x) { " + b" " * (3 << 20) + b"}"))
    with pytest.raises(ValueError, match="has more than 1 MB"):
        read(path)


@pytest.mark.parametrize("name", libraries.LIBRARIES)
def test_gzipped_files_say_what_plain_ones_do(tmp_path, name):
    plain, zipped = (Library.find(libraries.write(name, tmp_path, gz=gz)) for gz in (False, True))
    assert plain and zipped and plain.text == zipped.text and plain.name == zipped.name


def test_two_files_say_what_one_does(tmp_path):
    text = libraries.plain()
    whole = Library.find(written(tmp_path, text))
    head, cells = split(read(tmp_path / "some.lib"))
    half = len(cells) // 2
    parts = [written(tmp_path, "\n".join([head, *bodies, "}"]), f"part{number}.lib")
             for number, bodies in enumerate((list(cells.values())[:half],
                                              list(cells.values())[half:]))]
    two = Library.find(parts)
    assert whole and two and two.cells == whole.cells and two.name == "part0 and 1 more"
    assert two.for_mapping.split() == whole.for_mapping.split()
    with pytest.raises(ValueError, match="two files of a library have a cell INV: .*some.*part0"):
        Library.find([tmp_path / "some.lib", parts[0]])


def test_files_that_do_not_fit_together_are_refused():
    other = SMALL.replace("1ns", "1ps").replace('"A"', '"C"').replace("(B)", "(D)")
    with pytest.raises(ValueError, match="must agree: time_unit is 1ns in a.lib and 1ps in b.lib"):
        merged([SMALL, other], ["a.lib", "b.lib"])


def test_templates_of_the_same_name_stay_apart():
    def text(name, axis):
        return (f"library (x) {{ lu_table_template (t) {{ variable_1 : {axis}; }}\n"
                f"cell ({name}) {{ cell_rise (t) {{ }} }} }}")
    both = parse(merged([text("A", "load"), text("B", "slew")], ["a", "b"]))
    templates = {group.name: group.values["variable_1"] for group in both.all("lu_table_template")}
    used = {group.name: group.groups[0].name for group in both.all("cell")}
    assert templates[used["A"]] == "load" and templates[used["B"]] == "slew"
    same = parse(merged([text("A", "load"), text("B", "load")], ["a", "b"]))
    assert len(same.all("lu_table_template")) == 1


@pytest.mark.parametrize("function, inputs, table", [
    ("A", "A", 0b10), ("!A", "A", 0b01), ("A'", "A", 0b01), ("(A B)", "AB", 0b1000),
    ("A*B", "AB", 0b1000), ("A&!B", "AB", 0b0010), ("A+B", "AB", 0b1110), ("A|B'", "AB", 0b1011),
    ("A^B", "AB", 0b0110), ("A^B^C", "ABC", 0b10010110), ("A B + C", "ABC", 0b11111000),
    ("A ^ B C", "ABC", 0b01100000), ("1", "", 1), ("0", "", 0), ("IQ", "A", None),
    ("A +", "A", None), ("__import__('os')", "A", None)])
def test_functions(function, inputs, table):
    assert truth(function, list(inputs)) == table


@pytest.mark.parametrize("function, name, found", [
    ("!((A B) C)", "C", ("both", 0.25)), ("!((A B) C)", "A", ("both", 0.5)),
    ("!((A B)+C)", "C", ("either", 0.25)), ("((A^B)^C)", "C", ("parity", 0.5)),
    ("(!A)", "A", None), ("A B !C", "C", ("both", 0.25))])
def test_what_an_input_meets_first(function, name, found):
    assert gate_of(function, name) == found


def test_a_path_may_have_any_name(tmp_path):
    for name in ("a b.lib", "[exec touch x].lib", "$HOME;{.lib", 'quote".lib'):
        found = Library.find(libraries_at(tmp_path, name))
        assert found and found.name == name.removesuffix(".lib")
    assert {path.name for path in tmp_path.iterdir()} == {
        "a b.lib", "[exec touch x].lib", "$HOME;{.lib", 'quote".lib'}


def libraries_at(folder: Path, name: str) -> Path:
    return written(folder, libraries.plain(), name)
