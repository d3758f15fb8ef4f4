"""Whether two reactions to an article raise the same concern: evidence, one probability, what is sure, what to ask."""
