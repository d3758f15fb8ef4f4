"""Pages whose authors hang on a relation, an index, a form, a gallery, and pictures of the site's own."""

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.contrib.forms.models import AbstractForm
from wagtail.fields import RichTextField
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtail.models import Orderable, Page


class Photo(AbstractImage):
    agency = models.CharField(max_length=80, blank=True)
    admin_form_fields = (*Image.admin_form_fields, "agency")


class PhotoRendition(AbstractRendition):
    image = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)


class Contributor(models.Model):
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)


class DispatchPage(Page):
    filed_on = models.DateField(null=True, blank=True)
    story = RichTextField(blank=True)


class DispatchContributor(Orderable):
    page = ParentalKey(DispatchPage, related_name="dispatch_contributors", on_delete=models.CASCADE)
    contributor = models.ForeignKey(Contributor, related_name="+", on_delete=models.CASCADE)


class IndexPage(Page):
    introduction = models.TextField(blank=True)


class GalleryPage(Page):
    body = RichTextField(blank=True)


class AskUsPage(AbstractForm):
    body = RichTextField(blank=True)
    opened_on = models.DateField(null=True, blank=True)
