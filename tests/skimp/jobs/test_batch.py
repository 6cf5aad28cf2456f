"""Jobs: made once, in the order of what needs what, kept, failing without taking others along."""

import os
from contextlib import closing
from dataclasses import dataclass
from threading import Event

import pytest

from skimp.jobs import cache, local
from skimp.jobs.batch import Batch, results_of
from skimp.jobs.job import Job, made

pytestmark = pytest.mark.command
RUN: list[str] = []


@pytest.fixture(autouse=True)
def nothing_has_run():
    RUN.clear()


@dataclass(frozen=True)
class Part(Job[dict]):
    """Remembers that it ran."""

    name: str
    fails: bool = False

    kind = "part"

    def run(self, needed):
        RUN.append(self.name)
        if self.fails:
            raise RuntimeError(f"{self.name} failed")
        return {"name": self.name}


@dataclass(frozen=True)
class Whole(Job[str]):
    """Needs parts."""

    parts: tuple[Part, ...]

    def needs(self):
        return self.parts

    def run(self, needed):
        RUN.append("whole")
        return "+".join(needed[part]["name"] for part in self.parts)


class Sum(Whole):
    light = True


class Slow(Part):
    def run(self, needed):
        Event().wait(0.02)
        return super().run(needed)


@dataclass(frozen=True)
class Dies(Job[None]):
    """Ends the process that it runs in."""

    def run(self, needed):
        os._exit(1)


A, B = Part("a"), Part("b")


def test_what_several_need_is_made_once_and_before():
    jobs: list[Job] = [Whole((A, B)), Sum((B,)), Whole((A,)), A]
    found = results_of(jobs)
    assert found == ["a+b", "b", "a", {"name": "a"}]
    assert sorted(RUN) == ["a", "b", "whole", "whole", "whole"]


def test_what_is_kept_is_not_made_again():
    assert made(A) == {"name": "a"} and RUN == ["a"]
    batch = Batch([A, Sum((A,)), B])
    assert batch.missing == [B] and batch.outcomes[Sum((A,))] == "a"
    assert dict(batch.results())[B] == {"name": "b"} and RUN == ["a", "whole", "b"]
    assert len(list(cache.folder().glob("part-*"))) == 2


def test_a_failure_is_that_of_all_that_need_it_and_of_no_other():
    wrong = Part("c", fails=True)
    found = dict(Batch([Whole((A, wrong)), Sum((B,)), wrong]).results())
    assert str(found[wrong]) == "c failed" and found[Whole((A, wrong))] is found[wrong]
    assert found[Sum((B,))] == "b" and RUN.count("c") == 1
    with pytest.raises(RuntimeError, match="c failed"):
        results_of([wrong])


def test_nothing_is_begun_after_a_failure():
    with pytest.raises(RuntimeError, match="failed"):
        results_of([Slow(f"p{number}", fails=True) for number in range(100)])
    assert len(RUN) < 100


def test_nothing_is_begun_after_the_end():
    with closing(Batch([Slow(f"p{number}") for number in range(100)]).results()) as outcomes:
        next(outcomes)
    assert len(RUN) < 100


def test_what_nobody_wants_any_more_is_let_go():
    batch = Batch([Whole((A, B)), B])
    for _ in batch.results():
        pass
    assert set(batch.outcomes) == {B, Whole((A, B))}


def test_progress():
    steps = []
    jobs: list[Job] = [A, B, Sum((A, B))]
    results_of(jobs, done=lambda: steps.append(0))
    assert len(steps) == 3


def test_processes_that_always_die_are_reported():
    with pytest.raises(RuntimeError, match="a process died while it measured Dies.* or one beside"):
        results_of([Dies()], on=local.processes)
