"""The tags of the newspaper's public templates."""
