"""Write docs/rights.md from the matrix: ``python -m tests.permissions``."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings.testing")
django.setup()

from tests.permissions.document import PATH, document  # noqa: E402 - the models need the settings first

PATH.write_text(document(), encoding="utf-8")
