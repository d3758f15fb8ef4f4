"""Posts in the admin: writing, counting, checking, previewing, approving."""
