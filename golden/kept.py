"""Layer results that are kept while a search changes the layers behind them."""

import threading
from collections import OrderedDict

__all__ = ["Kept"]


class Kept:
    """Results by what stands before them, a tuple of choices; least recently used go first.

    Threads may share it.

    Parameters
    ----------
    most : int
        Bytes of all arrays.
    """

    def __init__(self, most):
        self.most = most
        self._found = OrderedDict()
        self._lock = threading.Lock()

    def longest(self, choices, lengths):
        """Return the length and the result of the longest known beginning of ``choices``.

        ``lengths`` are those at which there may be results; ``(0, None)`` if there is none.
        """
        with self._lock:
            for length in sorted(lengths, reverse=True):
                if choices[:length] in self._found:
                    self._found.move_to_end(choices[:length])
                    return length, self._found[choices[:length]]
        return 0, None

    def keep(self, choices, result):
        """Keep an array for the layers that ``choices`` are made for."""
        with self._lock:
            self._found[choices] = result
            self._found.move_to_end(choices)
            while sum(array.nbytes for array in self._found.values()) > self.most:
                self._found.popitem(last=False)
