"""digestbot: the day's papers, and each reader's own digest of them."""

__version__ = "0.1.0"
