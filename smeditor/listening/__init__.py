"""From a network to a reaction stored on its article: poll, identify, attach, store, keep true."""
