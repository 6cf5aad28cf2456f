"""The page in a browser, at a phone's width: numbers, sorting, no errors, nothing sticks out."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from report_documents import documents
from test_report import at, write

pytestmark = pytest.mark.skipif(not shutil.which("chromium"), reason="needs Debian's chromium")

PHONE = 390, 844
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--enable-logging=stderr", "--virtual-time-budget=5000", "--dump-dom")

AROUND = """
const frame = document.querySelector("iframe");
frame.onload = () => {
  const out = document.createElement("pre");
  out.id = "outer";
  out.textContent = frame.contentDocument.getElementById("found").textContent;
  document.body.append(out);
};
frame.srcdoc = page;
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Documents, and what the browser found and said."""
    from skimp.cli.report import report
    folder, some = tmp_path_factory.mktemp("browser"), documents()
    write(folder / "data", some)
    report(folder / "index.html", folder / "data", fastest=False, as_json=False)
    text = (folder / "index.html").read_text()
    probe = Path(__file__).with_name("browser.js").read_text()
    probed = text.replace("</body>", f"<script>{probe}</script></body>")
    # A window is never as narrow as a phone; a frame in it is.
    quoted = json.dumps(probed).replace("</", "<\\/")
    around = folder / "around.html"
    around.write_text(
        f'<!doctype html><iframe width="{PHONE[0]}" height="{PHONE[1]}" style="border: 0"></iframe>'
        f"<script>const page = {quoted};</script><script>{AROUND}</script>")
    run = subprocess.run(["chromium", *FLAGS, f"--user-data-dir={folder / 'profile'}",
                          around.as_uri()], capture_output=True, text=True, timeout=900)
    result = re.search(r'<pre id="outer">(.*?)</pre>', run.stdout, re.DOTALL)
    assert result, run.stderr
    return some, json.loads(html.unescape(result[1])), run.stderr


def test_no_error_on_the_console(opened):
    assert "CONSOLE" not in opened[2]


def test_numbers_are_those_of_the_documents(opened):
    some, found, _ = opened
    cells = [cell for cell in found["cells"] if cell[0]]
    assert len(cells) > 500 and all(value == at(some, path) for path, value, _ in cells)
    for _, value, text in found["cells"]:       # what is read is the number, rounded
        shown = float(re.sub(r"[^0-9.e+-]", "", text.replace(" missed", "")))
        shown /= 100 if text.endswith("%") else 1           # a share
        assert shown == pytest.approx(value, rel=0.05, abs=0.051)


def test_a_click_sorts_and_another_one_reverses(opened):
    changed = 0
    for column in opened[1]["sorted"]:
        values = sorted(value for value in column["before"] if value is not None)
        none = [None] * (len(column["before"]) - len(values))
        assert column["up"] == values + none and column["down"] == values[::-1] + none
        assert column["said"] == ["ascending", "descending"]
        changed += column["before"] != column["up"]
    assert changed > 10


def test_a_phone_does_not_scroll_sideways(opened):
    found = opened[1]
    assert found["width"] == PHONE[0] and found["scroll"] <= found["width"]
    assert len(found["boxes"]) > 10 and all(found["boxes"])
