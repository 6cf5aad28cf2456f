"""cocotb benches of the emitted Verilog, and what they are made of."""
