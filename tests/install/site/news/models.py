"""The pages of a site that never heard of a social desk."""

from django.conf import settings
from django.db import models
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from taggit.models import TaggedItemBase
from wagtail import blocks
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model_string
from wagtail.models import Page


class Writer(models.Model):
    name = models.CharField(max_length=80)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)

    def __str__(self) -> str:
        return self.name


class StoryTag(TaggedItemBase):
    content_object = ParentalKey("news.StoryPage", on_delete=models.CASCADE, related_name="tagged_items")


class RubricPage(Page):
    pass


class StoryPage(Page):
    chapo = RichTextField(blank=True)
    body = StreamField([("text", blocks.RichTextBlock()), ("box", blocks.ListBlock(blocks.TextBlock()))], blank=True)
    opening_picture = models.ForeignKey(
        get_image_model_string(), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    authors = ParentalManyToManyField(Writer, blank=True)
    premium = models.BooleanField(default=False)
    labels = ClusterTaggableManager(through=StoryTag, blank=True)
