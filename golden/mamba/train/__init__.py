"""Training the Mambas that `golden.mamba` ships, on the King James Bible.

    python -m skimp.golden.mamba.train [NAME ...]

needs PyTorch (this project's extra ``train``; written with 2.13.0, CPU) and Debian's packages
``bible-kjv`` and ``bible-kjv-text``. One core trains a network in 6 minutes. As for
`golden.nets.train`, two runs on one machine and PyTorch write the same bytes; another machine may
end in other weights.
"""
