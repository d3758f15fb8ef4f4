"""A site that nobody made with ``wagtail start``: its own users, its own pictures, the shortest list of applications."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bureau.settings")
execute_from_command_line(sys.argv)
