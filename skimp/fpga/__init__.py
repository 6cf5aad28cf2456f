"""Units on FPGA boards: a self-test, its expected signature, place and route, a bitstream."""
