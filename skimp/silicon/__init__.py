"""What a unit costs in standard cells: library, mapping, design rules, timing, area, bounds."""
