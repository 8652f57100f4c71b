"""The user's files become a site: every file is checked, every problem is told at once, nothing broken gets in."""

from tagwire.definitions.examine import examined
from tagwire.definitions.site import Loaded, is_site, load, remember
from tagwire.definitions.stamps import stamps

__all__ = ["Loaded", "examined", "is_site", "load", "remember", "stamps"]
