"""A trained PyTorch module as a `golden.mamba.network.Mamba`."""

from skimp.golden.mamba.network import Block, Mamba

__all__ = ["export"]

#: Where a block's arrays are in a module.
NAMES = {"norm": "norm", "in_proj": "in_proj.weight", "conv": "conv.weight",
         "conv_bias": "conv.bias", "x_proj": "x_proj.weight", "dt_proj": "dt_proj.weight",
         "dt_bias": "dt_proj.bias", "a_log": "a_log", "skip": "d", "out_proj": "out_proj.weight"}


def export(state, alphabet, metadata):
    """Return the network of a module's ``state_dict``."""
    arrays = {name: tensor.detach().numpy().copy() for name, tensor in state.items()}
    count = 1 + max(int(name.split(".")[1]) for name in arrays if name.startswith("blocks."))
    blocks = []
    for number in range(count):
        own = {name: arrays[f"blocks.{number}.{key}"] for name, key in NAMES.items()}
        blocks.append(Block(**own | {"conv": own["conv"][:, 0]}))
    return Mamba(alphabet, arrays["embedding.weight"], arrays["norm"], arrays["head.weight"],
                 tuple(blocks), metadata)
