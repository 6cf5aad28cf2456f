"""The output-stationary systolic array, of any processing element."""
