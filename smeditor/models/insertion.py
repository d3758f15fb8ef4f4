"""One row, written in one statement: what answers at once has no time for a transaction around it."""

from __future__ import annotations

from django.db import IntegrityError, models, router, transaction


def insert_unless_known(row: models.Model) -> bool:
    """Insert ``row``, unless a row with one of its unique values is there already. Returns whether it is new.

    ``bulk_create(ignore_conflicts=True)`` opens a transaction and commits it: three messages to the database instead of one.
    """
    using = router.db_for_write(type(row))
    try:
        if transaction.get_connection(using).in_atomic_block:
            with transaction.atomic(
                using=using
            ):  # else the caller's transaction would be broken by a row that is known
                row.save(force_insert=True)
        else:
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True
