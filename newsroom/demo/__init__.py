"""The demo: an invented newspaper, its readers, and a network on loopback where they meet."""
