"""How multipliers treat their operands."""
