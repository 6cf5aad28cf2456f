"""The RTL: Amaranth components, their parameter classes, and the emitter. Nothing else."""
