"""What a text is to a network and to us: its length, its links, its normal form, its language.

Pure functions on strings: no Django, no models, no network. Each takes outside text of any content, in time that grows with
its length and no faster. Each is imported from the module that it stands in: nobody loads a language guesser to count letters.
"""

LONGEST_TEXT = 20_000
"""Code points of a text in its normal form, where nothing else is agreed."""
