"""A newsroom open to the world, wholly from the environment. It refuses to start insecurely and says why.

Needed: SECRET_KEY, ALLOWED_HOSTS, NEWSROOM_URL, DATABASE_URL, SMEDITOR_SECRET_KEYS, SMEDITOR_PSEUDONYM_KEY, EMAIL_HOST,
DEFAULT_FROM_EMAIL. Behind a proxy that ends TLS also NEWSROOM_PROXIES (how many), so that its headers are believed.
"""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from newsroom.settings.base import *  # noqa: F403
from newsroom.settings.base import DEFAULT_FROM_EMAIL, MIDDLEWARE, NEWSROOM_PROXIES, SMEDITOR, env
from newsroom.settings.safety import reasons_to_refuse

DEBUG = env.boolean("DEBUG")
SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS")
WAGTAILADMIN_BASE_URL = env.text("NEWSROOM_URL")
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 31_536_000)
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")

_reasons = reasons_to_refuse(
    secret_key=SECRET_KEY,
    debug=DEBUG,
    allowed_hosts=ALLOWED_HOSTS,
    url=WAGTAILADMIN_BASE_URL,
    database_url=env.text("DATABASE_URL"),
    desk_keys=SMEDITOR["SECRET_KEYS"],
    pseudonym_key=SMEDITOR["PSEUDONYM_KEY"],
    mail_backend=EMAIL_BACKEND,
    mail_host=env.text("EMAIL_HOST"),
    mail_from=DEFAULT_FROM_EMAIL,
    metrics_token=SMEDITOR["METRICS_TOKEN"],
    hsts_seconds=SECURE_HSTS_SECONDS,
)
if _reasons:
    raise ImproperlyConfigured("The newsroom does not start:\n" + "\n".join(f"- {reason}" for reason in _reasons))

_origin = urlsplit(WAGTAILADMIN_BASE_URL)
CSRF_TRUSTED_ORIGINS = [f"https://{_origin.netloc}"]
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.boolean("HSTS_SUBDOMAINS")
SECURE_HSTS_PRELOAD = env.boolean("HSTS_PRELOAD")
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
if NEWSROOM_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

MIDDLEWARE = [MIDDLEWARE[0], "whitenoise.middleware.WhiteNoiseMiddleware", *MIDDLEWARE[1:]]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"secrets": {"()": "smeditor.redaction.RedactSecrets"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
}
