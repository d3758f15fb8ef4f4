"""The few strokes from which the demo's illustrations are made, on Pillow."""

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1600, 1066
FINE = 2  # drawn twice as large, then reduced, so that edges are smooth

Colour = tuple[int, int, int]


def hexa(text: str) -> Colour:
    """``"#1a2b3c"`` as red, green, blue."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def blend(first: Colour, second: Colour, share: float) -> Colour:
    """The colour at ``share`` (0 to 1) of the way from ``first`` to ``second``."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


class Canvas:
    """A sheet of 1600 × 1066 units; all coordinates are in those units, from the top left."""

    def __init__(self, seed: int, top: str, bottom: str) -> None:
        self.random = random.Random(seed)  # noqa: S311 - the same picture each time, nothing secret
        column = Image.new("RGB", (1, 256))
        for y in range(256):
            column.putpixel((0, y), blend(hexa(top), hexa(bottom), y / 255))
        self.image = column.resize((WIDTH * FINE, HEIGHT * FINE), Image.Resampling.BICUBIC)
        self.draw = ImageDraw.Draw(self.image)

    def polygon(self, points, colour: str) -> None:
        """A filled area between ``points``."""
        self.draw.polygon([(x * FINE, y * FINE) for x, y in points], fill=hexa(colour))

    def box(self, left, top, width, height, colour: str, radius: float = 0) -> None:
        """A filled rectangle with corners of ``radius``."""
        corners = (left * FINE, top * FINE, (left + width) * FINE, (top + height) * FINE)
        self.draw.rounded_rectangle(corners, radius * FINE, fill=hexa(colour))

    def disc(self, x, y, radius, colour: str) -> None:
        """A filled circle around a point."""
        corners = ((x - radius) * FINE, (y - radius) * FINE, (x + radius) * FINE, (y + radius) * FINE)
        self.draw.ellipse(corners, fill=hexa(colour))

    def line(self, points, width: float, colour: str) -> None:
        """A line through ``points``."""
        self.draw.line([(x * FINE, y * FINE) for x, y in points], hexa(colour), round(width * FINE), "curve")

    def glow(self, x, y, radius, colour: str, strength: float = 0.8) -> None:
        """Light that falls off around a point."""
        small = Image.new("L", (WIDTH // 4, HEIGHT // 4))
        box = ((x - radius) / 4, (y - radius) / 4, (x + radius) / 4, (y + radius) / 4)
        ImageDraw.Draw(small).ellipse(box, fill=round(255 * strength))
        mask = small.filter(ImageFilter.GaussianBlur(radius / 9)).resize(self.image.size)
        self.image.paste(Image.new("RGB", self.image.size, hexa(colour)), mask=mask)

    def hills(self, level, height, colour: str, waves: float = 2.0) -> None:
        """A ridge across the sheet, filled down to the bottom."""
        shift = self.random.uniform(0, math.tau)
        ridge = [
            (
                x,
                level
                - height * math.sin(shift + waves * math.tau * x / WIDTH)
                - height * 0.45 * math.sin(2.3 * shift + waves * 2.7 * math.tau * x / WIDTH),
            )
            for x in range(0, WIDTH + 1, 8)
        ]
        self.polygon([*ridge, (WIDTH, HEIGHT), (0, HEIGHT)], colour)

    def ripples(self, top, bottom, colour: str, number: int = 60) -> None:
        """Short horizontal strokes, longer and thicker towards the viewer."""
        for _ in range(number):
            depth = self.random.random()
            y = top + (bottom - top) * depth
            length = 30 + 190 * depth * self.random.random()
            x = self.random.uniform(-50, WIDTH)
            self.box(x, y, length, 1.5 + 4 * depth, colour, 2)

    def stars(self, bottom, number: int = 220) -> None:
        """Stars of several sizes above the height ``bottom``."""
        for _ in range(number):
            radius = self.random.choice([0.9, 1.2, 1.6, 2.6])
            self.disc(self.random.uniform(0, WIDTH), self.random.uniform(0, bottom), radius, "#fdf3d0")

    def finished(self) -> Image.Image:
        """The picture in its final size, with a little paper grain."""
        image = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        tile = Image.new("L", (200, 200))
        tile.putdata([128 + self.random.randint(-7, 7) for _ in range(200 * 200)])
        grain = Image.new("L", image.size)
        for x in range(0, WIDTH, 200):
            for y in range(0, HEIGHT, 200):
                grain.paste(tile, (x, y))
        return ImageChops.overlay(image, Image.merge("RGB", (grain, grain, grain)))
