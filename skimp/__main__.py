"""The command, as a script and as ``python -m skimp``."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command; Ctrl-C ends it in a sentence while Python still imports it, too."""
    try:
        from skimp import cli  # takes a second

        cli.main()
    except KeyboardInterrupt:
        print("skimp: interrupted", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
