"""stancewire: who blames whom, who claims a ceasefire, who appeals to whom, and does the outlet take sides?"""

__version__ = "0.2.0"
