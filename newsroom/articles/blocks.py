"""What the body of an article is made of."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from smeditor.articles import plain_lines

INLINE = ["bold", "italic", "link", "superscript", "subscript"]


class PictureBlock(blocks.StructBlock):
    """A picture between paragraphs, with its caption and who made it."""

    image = ImageChooserBlock(label=_("Image"))
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=400)
    credit = blocks.CharBlock(
        label=_("Credit"), required=False, max_length=160, help_text=_("Empty: the image's own credit.")
    )

    class Meta:
        icon = "image"
        label = _("Image")
        template = "articles/blocks/picture.html"


class PullQuoteBlock(blocks.StructBlock):
    """A sentence of somebody's, set large."""

    text = blocks.TextBlock(label=_("Quotation"), rows=3)
    who = blocks.CharBlock(label=_("Who says it"), required=False, max_length=160)

    class Meta:
        icon = "openquote"
        label = _("Pull quote")
        template = "articles/blocks/quote.html"


class EmbedBlock(blocks.StructBlock):
    """Something that lives elsewhere, shown as a link: no other site learns who reads us."""

    url = blocks.URLBlock(label=_("Address"))
    title = blocks.CharBlock(label=_("Title"), max_length=200)
    source = blocks.CharBlock(label=_("Where it is"), required=False, max_length=80)

    class Meta:
        icon = "link-external"
        label = _("Elsewhere on the web")
        template = "articles/blocks/embed.html"


class FactBoxBlock(blocks.StructBlock):
    """Background beside the story."""

    title = blocks.CharBlock(label=_("Title"), max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), features=[*INLINE, "ul", "ol"])

    class Meta:
        icon = "info-circle"
        label = _("Fact box")
        template = "articles/blocks/fact_box.html"


class KeyPointsBlock(blocks.ListBlock):
    """The story in a few points."""

    def __init__(self, **kwargs):
        super().__init__(blocks.CharBlock(label=_("Point"), max_length=240), **kwargs)

    class Meta:
        icon = "list-ul"
        label = _("Key points")
        template = "articles/blocks/key_points.html"


class BodyBlock(blocks.StreamBlock):
    """The body of an article: paragraphs, headings and what stands between them."""

    paragraph = blocks.RichTextBlock(label=_("Paragraph"), icon="pilcrow", features=[*INLINE, "ul", "ol"])
    heading = blocks.CharBlock(
        label=_("Heading"), icon="title", max_length=160, template="articles/blocks/heading.html"
    )
    image = PictureBlock()
    quote = PullQuoteBlock()
    embed = EmbedBlock()
    fact_box = FactBoxBlock()
    key_points = KeyPointsBlock()


def plain_paragraphs(body) -> tuple[str, ...]:
    """The prose of a body, one plain-text string for each paragraph, list item or heading; boxes and quotes left out."""
    found: list[str] = []
    for block in body:
        if block.block_type == "heading":
            found.append(block.value)
        elif block.block_type == "paragraph":
            found.extend(plain_lines(block.value.source))
    return tuple(text for text in found if text)
