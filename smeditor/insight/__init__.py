"""From a reaction to something that an editor can act on, with its reasons."""
