"""The command as ``python -m skimp.cli``."""

from skimp.__main__ import main

if __name__ == "__main__":
    main()
