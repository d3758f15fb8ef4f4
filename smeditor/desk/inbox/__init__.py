"""The inbox: what readers wrote, and what an editor does with it."""
