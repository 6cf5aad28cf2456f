"""The command as ``python -m skimp``."""

from skimp.cli import main

if __name__ == "__main__":
    main()
