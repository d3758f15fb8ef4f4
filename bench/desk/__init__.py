"""What the desk costs in a small and in a large newsroom: pages, filters, searches, ticks, storing and grouping."""
