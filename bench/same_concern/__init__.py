"""Whether two reactions raise the same concern: sets with known concerns, learning the weights that ship, and scores."""
