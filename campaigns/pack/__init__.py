"""A pack: one folder of YAML and pictures from which a campaign is launched.

Whoever writes a pack is told everything that is wrong with it at once, each thing with its file and line, in words
that say what to do. Nothing of a pack is trusted: it may come from outside as a zip.
"""

from campaigns.pack.lines import PackError, PackInvalid
from campaigns.pack.reader import Activity, Pack, Round, read_pack

__all__ = ["Activity", "Pack", "PackError", "PackInvalid", "Round", "read_pack"]
