"""Many sources: thousands of feeds and pages and some accounts, slow and dead ones among them, while posts go out."""
