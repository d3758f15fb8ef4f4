"""Management: what the commands share."""
