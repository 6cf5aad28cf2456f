"""The command, as ``skimp`` or ``python -m skimp``."""

import os

__all__ = ["main"]


def main() -> None:
    """Run the command with BLAS on one thread.

    Matrix products here are small, and verbs use the cores in other ways: BLAS threads that wait
    for each other on a busy machine cost up to 20 times what they bring. NumPy reads the variable
    when it loads, so nothing that needs it is imported before.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from skimp import cli

    cli.main()


if __name__ == "__main__":
    main()
