"""Settings of the test suite. DATABASE_URL and CELERY_BROKER_URL still choose the servers."""

from newsroom.settings.base import *  # noqa: F403
from newsroom.settings.base import CACHES, DATABASES, SMEDITOR, env

DEBUG = False
SECRET_KEY = "testing-only-not-a-secret"  # noqa: S105
SMEDITOR["SECRET_KEYS"] = ["dGVzdGluZy1vbmx5LW5vdC1hLXNlY3JldC0wMDAwMDE="]
SMEDITOR["PSEUDONYM_KEY"] = "testing-only-pseudonym-key"
SMEDITOR["ALLOWED_PRIVATE_HOSTS"] = ["127.0.0.1", "localhost"]
SMEDITOR["EMBEDDING"] = ""  # loading an encoder takes seconds: the tests that want one name it
NEWSROOM_DEMO_ALLOWED = True
ALLOWED_HOSTS = ["*"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # What a test leaves need not outlive a power cut.
    DATABASES["default"]["OPTIONS"] = {
        **env.SQLITE_OPTIONS,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
    }
# Tests give the same numbers to different pictures: a rendition kept in memory would outlive its test.
CACHES["renditions"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
