"""A self-test, which takes no words and reports by itself whether it passed."""

from skimp.golden.selftest import signature
from skimp.sim.models.base import Model

__all__ = ["SelfTestModel"]


class SelfTestModel(Model):
    """No operands, and no words."""

    benches = ("skimp.sim.tb_selftest",)
    golden = staticmethod(signature)
    inputs = outputs = ()
