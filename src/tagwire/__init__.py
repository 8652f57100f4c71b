"""Tagwire: reads many sources, keeps each story once, tags it, publishes feeds."""

__version__ = "0.1.0"
