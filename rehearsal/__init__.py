"""A practice web on loopback: invented sites, DNS, WHOIS and search, with the truth about each.

Nothing here imports the rest of the project, and nothing here was written from its detection
rules, so that the program is measured against pages it has not shaped.
"""

from rehearsal.facts import Contact, PlainTruth, SiteTruth, truth

__all__ = ["Contact", "PlainTruth", "SiteTruth", "truth"]
