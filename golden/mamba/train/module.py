"""The float Mamba as a PyTorch module, and its scan with a gradient of its own.

PyTorch would keep a tensor for each step of the scan, and a graph of thousands of nodes; written
out, the gradient is one more scan, backwards. Tensors of the scan are ``(time, batch, states,
channels)``: a step is contiguous, and the longest axis is the innermost.
"""

import importlib
import math

__all__ = ["Mamba", "selective_scan"]

torch = importlib.import_module("torch")
nn, functional = torch.nn, torch.nn.functional


#: Steps that are worked on together: some hundred kilobytes, which stay in a core's cache.
CHUNK = 16


class _Scan(torch.autograd.Function):
    """``h = exp(dt A) h + dt u B; y = C h``, from a state of zeros.

    States are kept at the beginnings of chunks and made again for the gradient: a third more
    arithmetic, but no traffic to memory, which is what costs.
    """

    @staticmethod
    def forward(ctx, u, dt, a, b, c):
        h = torch.zeros(u.shape[1], *a.shape, dtype=u.dtype)
        begins, ys = [], []
        for u_, dt_, b_, c_ in _chunks(u, dt, b, c):
            begins.append(h)
            states = _states(h, _decay(dt_, a), u_ * dt_, b_)
            ys.append((c_[:, :, None] @ states).squeeze(2))
            h = states[-1].clone()
        ctx.save_for_backward(u, dt, a, b, c, *begins)
        return torch.cat(ys)

    @staticmethod
    def backward(ctx, *grads):
        u, dt, a, b, c, *begins = ctx.saved_tensors
        carry, da, found = torch.zeros_like(begins[0]), torch.zeros_like(a), []
        parts = zip(begins, *(x.split(CHUNK) for x in (u, dt, b, c, grads[0])), strict=True)
        for h, u_, dt_, b_, c_, dy in reversed(list(parts)):
            decay, x = _decay(dt_, a), u_ * dt_
            states = _states(h, decay, x, b_)
            dh = dy[:, :, None] * c_[..., None]
            dh[-1] += carry
            for t in range(len(dh) - 1, 0, -1):
                dh[t - 1].addcmul_(decay[t], dh[t])
            carry = decay[0] * dh[0]
            dc = (states @ dy[..., None]).squeeze(3)
            db, dx = (dh @ x[..., None]).squeeze(3), (b_[:, :, None] @ dh).squeeze(2)
            exponent = dh.mul_(decay)                   # the gradient of dt A
            exponent[0] *= h
            exponent[1:] *= states[:-1]
            d_dt = (exponent * a).sum(2) + dx * u_
            da += exponent.mul_(dt_[:, :, None]).sum((0, 1))
            found.append((dx * dt_, d_dt, db, dc))
        du, d_dt, db, dc = (torch.cat(parts) for parts in zip(*reversed(found), strict=True))
        return du, d_dt, da, db, dc


def _chunks(*tensors):
    return zip(*(tensor.split(CHUNK) for tensor in tensors), strict=True)


def _decay(dt, a):
    return (dt[:, :, None] * a).exp_()


def _states(h, decay, x, b):
    """Return the states after each step of a chunk that begins with ``h``."""
    states = x[:, :, None] * b[..., None]
    for t, state in enumerate(states):
        h = state.addcmul_(decay[t], h)
    return states


def selective_scan(u, dt, a, b, c):
    """Return the scan's ``y``, ``(time, batch, channels)``, without the term ``D u``.

    ``u`` and ``dt`` are ``(time, batch, channels)``, ``a`` ``(states, channels)``, ``b`` and ``c``
    ``(time, batch, states)``; float32, contiguous.
    """
    return _Scan.apply(u, dt, a, b, c)


class _Block(nn.Module):
    """A block of Mamba-1 (Gu, Dao, arXiv 2312.00752), its norm and its residual included."""

    def __init__(self, width, inner, states, rank, taps):
        super().__init__()
        self.norm = nn.Parameter(torch.ones(width))
        self.in_proj = nn.Linear(width, 2 * inner, bias=False)
        self.conv = nn.Conv1d(inner, inner, taps, groups=inner, padding=taps - 1)
        self.x_proj = nn.Linear(inner, rank + 2 * states, bias=False)
        self.dt_proj = nn.Linear(rank, inner)
        self.a_log = nn.Parameter(torch.log(torch.arange(1.0, states + 1)).repeat(inner, 1))
        self.d = nn.Parameter(torch.ones(inner))
        self.out_proj = nn.Linear(inner, width, bias=False)
        self.split = rank, states, states
        # As the paper: dt begins between 0.001 and 0.1, evenly in its logarithm.
        dt = torch.exp(torch.empty(inner).uniform_(math.log(0.001), math.log(0.1)))
        with torch.no_grad():
            self.dt_proj.weight.uniform_(-rank**-0.5, rank**-0.5)
            self.dt_proj.bias.copy_(dt + torch.log(-torch.expm1(-dt)))

    def forward(self, x):
        """Add the block to ``x``, ``(time, batch, width)``."""
        time = len(x)
        u, gate = self.in_proj(rms_norm(x, self.norm)).chunk(2, -1)
        u = self.conv(u.permute(1, 2, 0))[..., :time].permute(2, 0, 1)
        u = functional.silu(u).contiguous()
        dt, b, c = self.x_proj(u).split(self.split, -1)
        dt = functional.softplus(self.dt_proj(dt))
        y = selective_scan(u, dt, -torch.exp(self.a_log).T.contiguous(), b.contiguous(),
                           c.contiguous())
        return x + self.out_proj((y + self.d * u) * functional.silu(gate))


def rms_norm(x, weight):
    """Divide by the root of the mean square over the last axis, and scale."""
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * weight


class Mamba(nn.Module):
    """Predict the next character: 97,024 weights with an alphabet of 63."""

    def __init__(self, characters, *, blocks=3, width=64, inner=128, states=8, rank=4, taps=4):
        super().__init__()
        self.embedding = nn.Embedding(characters, width)
        nn.init.normal_(self.embedding.weight, std=0.1)
        self.blocks = nn.ModuleList(_Block(width, inner, states, rank, taps)
                                    for _ in range(blocks))
        self.norm = nn.Parameter(torch.ones(width))
        self.head = nn.Linear(width, characters, bias=False)

    def forward(self, tokens):
        """Return logits ``(batch, time, characters)`` for integers ``(batch, time)``."""
        x = self.embedding(tokens.T)
        for block in self.blocks:
            x = block(x)
        return self.head(rms_norm(x, self.norm)).transpose(0, 1)
