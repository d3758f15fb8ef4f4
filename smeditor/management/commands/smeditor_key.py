"""``manage.py smeditor_key``: make a key for SMEDITOR["SECRET_KEYS"]."""

from cryptography.fernet import Fernet
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = 'Print a new key for SMEDITOR["SECRET_KEYS"] (environment variable SMEDITOR_SECRET_KEYS).'
    requires_system_checks: list[str] = []

    def handle(self, *args, **options) -> None:
        self.stdout.write(Fernet.generate_key().decode())
