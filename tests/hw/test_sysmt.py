"""Tags of NB-SMT operands, as modules of their own: what arrays put at their edges."""

import pytest
from test_arith import evaluate

from skimp.hw.sysmt.operands import ActivationTag, WeightTag
from skimp.hw.sysmt.params import Policy, SysmtPeParams
from skimp.hw.sysmt.pe import SysmtPe

pytestmark = pytest.mark.usefixtures("icarus")


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("threads", [2, 4])
def test_tags_fit_the_element_and_tell_operands_apart(tmp_path, threads, policy):
    params = SysmtPeParams(threads=threads, policy=policy)
    element = SysmtPe(params)
    for tag, operand in ((ActivationTag(params), element.activation.shape()),
                         (WeightTag(params), element.weight.shape())):
        assert tag.o.shape() == operand
        codes, _ = evaluate(tmp_path, tag, range(256))          # of the first thread
        assert codes[0] == 0 and all(codes[1:])
        width = len(tag.o.as_value()) // threads
        other, _ = evaluate(tmp_path, tag, [operand << 8 for operand in range(256)])
        assert other == [code << width for code in codes]
