"""The README's example does what it says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("icarus", "library")]


def test_a_processing_element_of_your_own(tmp_path):
    file = re.search(r"`(\w+\.py)`; run it", (ROOT / "README.md").read_text())
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert file and code
    (tmp_path / file[1]).write_text(code[1])
    run = subprocess.run([sys.executable, file[1]], cwd=tmp_path, capture_output=True, text=True,
                         check=True)
    assert re.fullmatch(r"\d+ tests passed\n[\d.]+ um2\n", run.stdout), run.stdout + run.stderr
