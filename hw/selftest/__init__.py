"""A test around a unit on an FPGA: stimulus in, a signature of what comes out, a LED."""
