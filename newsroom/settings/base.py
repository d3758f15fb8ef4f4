"""What every newsroom shares. Everything that differs between two machines comes from the environment."""

from pathlib import Path
from typing import Any

from newsroom.settings import env

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env.text("NEWSROOM_VAR", str(BASE_DIR / "var")))

INSTALLED_APPS = [
    "newsroom.articles",
    "newsroom.demo",
    "smeditor",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.contrib.redirects",
    "wagtail.contrib.sitemaps",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "newsroom.login.LoginThrottleMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "newsroom.articles.middleware.ContentSecurityPolicyMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ]
        },
    }
]

DATABASES = {"default": env.database(env.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'newsroom.sqlite3'}"))}
CACHES = {"default": env.cache(env.text("CACHE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = env.text("NEWSROOM_LANGUAGE", "fr")
LANGUAGES = [("fr", "Français"), ("en", "English")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
LOCALE_PATHS = [BASE_DIR / "newsroom" / "locale"]
TIME_ZONE = env.text("NEWSROOM_TIME_ZONE", "Europe/Paris")
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "newsroom" / "static"] if (BASE_DIR / "newsroom" / "static").is_dir() else []
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR_DIR / "media")))

# How many proxies of ours stand between a reader and this server.
NEWSROOM_PROXIES = env.number("NEWSROOM_PROXIES", 0)

WAGTAIL_PAGE_MODEL = "wagtailcore.Page"
WAGTAIL_SITE_NAME = env.text("NEWSROOM_NAME", "Newsroom")
WAGTAILADMIN_BASE_URL = env.text("NEWSROOM_URL", "http://127.0.0.1:8000")
WAGTAILIMAGES_IMAGE_MODEL = "articles.NewsImage"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # no picture is asked of a third party
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False

EMAIL_HOST = env.text("EMAIL_HOST", "127.0.0.1")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS")
EMAIL_USE_SSL = env.boolean("EMAIL_USE_SSL")
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT", 20)  # seconds
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "desk@newsroom.example")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# The demo's people have known passwords: only development and testing may load it.
NEWSROOM_DEMO_ALLOWED = False

CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "memory://")

SMEDITOR: dict[str, Any] = {
    "ARTICLE_MODELS": ["articles.ArticlePage"],
    "ARTICLE_ADAPTER": "newsroom.articles.adapter.ArticleAdapter",
    "SECRET_KEYS": env.items("SMEDITOR_SECRET_KEYS"),
    "PSEUDONYM_KEY": env.text("SMEDITOR_PSEUDONYM_KEY"),
    "TIME_ZONE": TIME_ZONE,
    "METRICS_TOKEN": env.text("SMEDITOR_METRICS_TOKEN"),
    "POLL_PLAN": env.value("SMEDITOR_POLL_PLAN", [[120, 5], [1440, 30], [10080, 360], [43200, 1440]]),
    "ALLOWED_PRIVATE_HOSTS": env.items("SMEDITOR_ALLOWED_PRIVATE_HOSTS"),
}
