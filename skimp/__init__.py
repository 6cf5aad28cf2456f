"""The command that joins hardware, golden model and benches."""

import os

# Matrix products here are small, and verbs use the cores in other ways: BLAS threads that wait for
# each other on a busy machine cost up to 20 times what they bring. NumPy reads this when it loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
