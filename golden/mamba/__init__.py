"""A small Mamba that reads the King James Bible a character at a time, in floats and in integers.

`network` is the file of its weights, `floating` the float model, `text` the text that ships,
`eight` full W8A8 simulated in floats, `integer` the same in integers, `ranges` what both are
calibrated by; `golden.workloads.text` has all of it as a workload.

Gu, Dao, "Mamba: Linear-Time Sequence Modeling with Selective State Spaces", 2023, arXiv 2312.00752:
three blocks of Mamba-1, width 64, 128 channels of 8 states, 97,024 weights. It is trained here
(`train`), three times, from different seeds.

The text is out of copyright: ``LICENSE-king-james`` beside this file.
"""
