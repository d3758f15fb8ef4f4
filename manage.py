#!/usr/bin/env python
"""Django's command line for the newsroom host."""

import os
import sys


def main() -> None:
    """Run one of Django's commands, with the development settings where none are named."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings.development")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
