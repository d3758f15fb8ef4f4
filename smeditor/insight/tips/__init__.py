"""Tips: information for the newsroom, sealed under a code name."""
