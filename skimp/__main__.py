"""The command, as a script and as ``python -m skimp``."""

import os
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command with BLAS on one thread; Ctrl-C ends it in a sentence, whenever it comes.

    Matrix products here are small, and verbs use the cores in other ways. BLAS threads that wait
    for each other on a busy machine make it up to 20 times slower. NumPy reads the variable when it
    loads, so it is imported later.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from skimp.cli.main import main as command  # takes a second

        command()
    except KeyboardInterrupt:
        print("skimp: interrupted", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
