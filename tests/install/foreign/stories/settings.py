"""The bureau's settings, with a page model of the site's own in the place of Wagtail's.

That model is the one that Wagtail tests itself with: its migrations, which must run before Wagtail's own, are right.
"""

from bureau.settings import *  # noqa: F403
from bureau.settings import BASE_DIR, INSTALLED_APPS

INSTALLED_APPS = ["stories", "wagtail.test.basepage", *(app for app in INSTALLED_APPS if app != "bureau")]
WAGTAIL_PAGE_MODEL = "basepage.BasePage"
WAGTAILIMAGES_IMAGE_MODEL = "wagtailimages.Image"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "stories.sqlite3"}}
