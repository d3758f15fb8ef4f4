"""A newsroom on one's own machine: SQLite, an in-process worker, mail on the console."""

from newsroom.settings.base import *  # noqa: F403
from newsroom.settings.base import SMEDITOR, env

DEBUG = env.boolean("DEBUG", True)
# Not secrets: they protect nothing but a developer's own machine, and production refuses them.
SECRET_KEY = env.text("SECRET_KEY", "development-only-not-a-secret")
SMEDITOR["SECRET_KEYS"] = SMEDITOR["SECRET_KEYS"] or ["ZGV2ZWxvcG1lbnQtb25seS1ub3QtYS1zZWNyZXQtMDE="]
SMEDITOR["PSEUDONYM_KEY"] = SMEDITOR["PSEUDONYM_KEY"] or "development-only-pseudonym-key"
SMEDITOR["TICK"] = 1  # whoever tries things out wants to see them at once
NEWSROOM_DEMO_ALLOWED = True
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
