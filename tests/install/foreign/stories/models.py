"""Pages that are none of Wagtail's ``Page``: a story and an index."""

from django.db import models
from wagtail.fields import RichTextField
from wagtail.test.basepage.models import BasePage


class StoryPage(BasePage):
    filed_on = models.DateField(null=True, blank=True)
    story = RichTextField(blank=True)


class ShelfPage(BasePage):
    introduction = models.TextField(blank=True)
