"""Settings for development, testing and production, on one base; ``env`` reads what a machine says of itself."""
