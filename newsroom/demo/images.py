"""The demo's illustrations, drawn when the demo is loaded: poster-like scenes, the same each time, free to use."""

import io
import math
from collections.abc import Callable

from newsroom.demo.canvas import HEIGHT, WIDTH, Canvas

CREDIT = "Illustration : La Vigie de Lune"


def jpeg(scene: str) -> bytes:
    """Return the JPEG (1600 × 1066) of a scene. Raises KeyError for a scene that does not exist."""
    out = io.BytesIO()
    SCENES[scene]().finished().save(out, "JPEG", quality=88, optimize=True)
    return out.getvalue()


def tram() -> Canvas:
    """A tram on a bridge, at sunset."""
    c = Canvas(1, "#f4b183", "#fbe3c0")
    c.glow(1180, 430, 420, "#fff1cf")
    c.disc(1180, 430, 120, "#fff6e0")
    c.hills(560, 40, "#d99a82", 1.5)
    c.hills(640, 35, "#b8766f", 2)
    for x, height in ((40, 190), (150, 260), (255, 170), (1330, 230), (1440, 300), (1545, 200)):
        c.box(x, 700 - height, 90, height, "#8d5661")
        for row in range(1, height // 45):
            for column in range(2):
                c.box(x + 18 + column * 34, 700 - height + row * 40 - 14, 18, 22, "#f2c199")
    c.box(0, 690, WIDTH, 400, "#5d6f8c")
    c.ripples(770, HEIGHT, "#7f91ab", 90)
    c.ripples(780, HEIGHT, "#f3c9a0", 24)
    for pier in range(5):
        x = 60 + pier * 370
        points = [
            (x + 185 + 185 * math.cos(a / 20 * math.pi), 800 - 100 * math.sin(a / 20 * math.pi)) for a in range(21)
        ]
        c.polygon([(x, 690), (x + 370, 690), (x + 370, 800), *points, (x, 800)], "#39404f")
        c.box(x - 16, 690, 32, 260, "#2c323f")
    c.box(0, 668, WIDTH, 34, "#2c323f")
    c.line([(0, 470), (WIDTH, 470)], 2.5, "#2c323f")
    for x in (120, 860, 1520):
        c.box(x, 470, 8, 200, "#2c323f")
    for wagon in range(3):
        x = 250 + wagon * 318
        c.box(x, 530, 306, 138, "#d9531e", 20)
        c.box(x, 618, 306, 16, "#f7e6cf")
        for window in range(4):
            c.box(x + 20 + window * 70, 552, 56, 50, "#26384f", 8)
            c.box(x + 24 + window * 70, 556, 16, 42, "#49617d", 6)
        for wheel in (60, 110, 196, 246):
            c.disc(x + wheel, 668, 14, "#1d222c")
    c.line([(720, 530), (760, 472), (800, 530)], 5, "#1d222c")
    return c


def river() -> Canvas:
    """A river between sandbanks, low in summer."""
    c = Canvas(2, "#e9d9b0", "#f6edd4")
    c.glow(820, 250, 380, "#fffbe8")
    c.disc(820, 250, 105, "#fff9e3")
    c.hills(440, 45, "#c9b48a", 1.3)
    c.hills(500, 35, "#a9a071", 1.9)
    c.hills(560, 26, "#858a57", 2.4)
    c.box(0, 600, WIDTH, 480, "#d8bd86")
    _sandbank(c)
    left, right = [], []
    for step in range(60):
        depth = step / 59
        centre = 800 + 250 * math.sin(2.1 + depth * 6.2) * (0.25 + depth)
        half = 14 + 190 * depth**1.6
        y = 590 + 500 * depth
        left.append((centre - half, y))
        right.append((centre + half, y))
    c.polygon([*left, *reversed(right)], "#4f8a96")
    c.polygon([*[(x + 26, y) for x, y in left[12:]], *reversed([(x - 60, y) for x, y in right[12:]])], "#6aa3ab")
    for x, height in ((90, 150), (190, 110), (1420, 160), (1500, 120), (330, 80)):
        c.box(x, 620 - height * 0.5, 8, height * 0.6, "#4c4a33")
        c.disc(x + 4, 620 - height * 0.6, height * 0.32, "#566334")
    c.line([(1180, 760), (1180, 980)], 14, "#f4efe2")
    for mark in range(7):
        c.box(1173, 770 + mark * 30, 14, 12, "#b23a2a")
    return c


def _sandbank(c: Canvas) -> None:
    for _ in range(140):
        y = c.random.uniform(620, HEIGHT)
        width = 20 + (y - 600) * c.random.uniform(0.1, 0.5)
        c.box(c.random.uniform(-60, WIDTH), y, width, 3 + (y - 600) / 120, c.random.choice(["#cdae74", "#e3cd9c"]), 3)


def facades() -> Canvas:
    """Rows of coloured houses in the snow."""
    c = Canvas(3, "#34506b", "#9db4c0")
    c.glow(360, 230, 240, "#dfe9ec", 0.5)
    c.disc(360, 230, 62, "#eef3f2")
    c.hills(520, 50, "#5b7385", 1.4)
    walls = ["#c8553d", "#e0a458", "#6d8b74", "#d8d0c0", "#8e5572", "#d98e73", "#48756f"]
    for row, (base, scale) in enumerate(((720, 0.8), (900, 1.05), (1090, 1.35))):
        x: float = -60 - row * 30
        number = row
        while x < WIDTH:
            width = c.random.uniform(120, 170) * scale
            height = c.random.uniform(150, 230) * scale
            _facade(c, x, base, width, height, walls[number % len(walls)])
            x += width + 6
            number += 1 + row
    for _ in range(150):
        c.disc(c.random.uniform(0, WIDTH), c.random.uniform(0, HEIGHT), c.random.uniform(1.5, 4), "#f3f6f5")
    return c


def _facade(c: Canvas, x, base, width, height, wall: str) -> None:
    top = base - height
    c.box(x, top, width, height + 60, wall)
    c.polygon([(x - 8, top), (x + width / 2, top - width * 0.5), (x + width + 8, top)], "#3a3540")
    c.polygon([(x - 8, top), (x + width / 2, top - width * 0.5), (x + width / 2, top - width * 0.4)], "#f1f3f2")
    c.box(x + width * 0.68, top - width * 0.42, width * 0.12, width * 0.3, "#3a3540")
    for row in range(2):
        for column in range(2):
            lit = c.random.random() < 0.6
            left, upper = x + width * (0.16 + 0.4 * column), top + height * (0.14 + 0.36 * row)
            c.box(left, upper, width * 0.26, height * 0.22, "#ffd98a" if lit else "#2d3948", 3)
            c.box(left + width * 0.12, upper, width * 0.02, height * 0.22, wall)


def stage() -> Canvas:
    """An empty stage, seen from the stalls."""
    c = Canvas(4, "#1b1022", "#331a2c")
    c.box(180, 120, 1240, 640, "#0f0a15")
    for x, colour in ((430, "#5d3f6e"), (800, "#7d5560"), (1170, "#5d3f6e")):
        c.polygon([(x - 18, 120), (x + 18, 120), (x + 230, 745), (x - 230, 745)], colour)
    for x, colour in ((430, "#cfa9d8"), (800, "#f5d9a8"), (1170, "#cfa9d8")):
        c.polygon([(x - 226, 735), (x + 226, 735), (x + 180, 775), (x - 180, 775)], colour)
        c.disc(x, 128, 22, "#fdf0cf")
    c.polygon([(120, 770), (1480, 770), (1600, 850), (0, 850)], "#6f4630")
    for x in range(0, 1700, 90):
        c.line([(800 + (x - 800) * 0.84, 770), (x, 850)], 2, "#57341f")
    c.box(780, 660, 40, 8, "#2b1a12")
    for x in (783, 812):
        c.box(x, 668, 5, 78, "#2b1a12")
    c.box(778, 590, 8, 80, "#2b1a12")
    for side in (0, 1):
        for fold in range(6):
            x = fold * 44 if side == 0 else WIDTH - (fold + 1) * 44
            c.polygon(
                [(x, 0), (x + 44, 0), (x + 44 - fold * 2, 850), (x + fold * 2, 850)],
                "#9c1f2e" if fold % 2 else "#7b1524",
            )
    for fold in range(20):
        c.disc(fold * 84 + 10, 60, 66, "#9c1f2e" if fold % 2 else "#861a28")
    c.box(0, 0, WIDTH, 60, "#861a28")
    for row in range(3):
        for seat in range(15):
            x, y = seat * 118 - 40 - row * 55, 880 + row * 74
            c.box(x, y, 96, 130, "#a32638" if row % 2 else "#8b1e2f", 34)
            c.box(x + 12, y + 12, 72, 30, "#c2475a", 16)
    return c


def harbour() -> Canvas:
    """A harbour with boats and a lighthouse, and a liner at the quay."""
    c = Canvas(5, "#8fb8c9", "#e8eddc")
    c.glow(1250, 300, 260, "#fffbe6", 0.7)
    c.hills(520, 24, "#7c9aa3", 1.1)
    c.box(0, 560, WIDTH, 520, "#2f6277")
    c.ripples(590, HEIGHT, "#4d8296", 110)
    c.ripples(620, HEIGHT, "#a9cbd0", 30)
    c.polygon([(900, 560), (1540, 560), (1500, 500), (930, 500)], "#dfe6e6")
    for deck, (left, width) in enumerate(((950, 520), (980, 460), (1010, 380))):
        c.box(left, 460 - deck * 34, width, 32, "#eef2f1")
        for port in range(width // 26):
            c.box(left + 10 + port * 26, 470 - deck * 34, 12, 10, "#587684", 2)
    c.box(1290, 340, 60, 60, "#b7402f")
    c.box(1290, 340, 60, 14, "#26323b")
    fronts = ["#b7402f", "#d9a441", "#3f6b5c", "#d9d2c1", "#8a4b38", "#5b7fa3"]
    for number, colour in enumerate(fronts):
        x = -10 + number * 118
        height = 210 + (number * 53) % 90
        c.box(x, 700 - height, 112, height, colour)
        c.polygon([(x, 700 - height), (x + 56, 700 - height - 62), (x + 112, 700 - height)], colour)
        for row in range(3):
            for column in range(2):
                c.box(x + 18 + column * 44, 700 - height + 22 + row * 62, 30, 38, "#f3ead2", 2)
    c.polygon([(0, 700), (760, 700), (820, 760), (0, 760)], "#4a4a4c")
    c.polygon([(1420, 760), (1470, 380), (1520, 380), (1570, 760)], "#f2ede2")
    for band in range(3):
        y = 440 + band * 110
        c.polygon(
            [(1462 - band * 14, y), (1528 + band * 14, y), (1535 + band * 14, y + 50), (1455 - band * 14, y + 50)],
            "#b7402f",
        )
    c.box(1466, 335, 58, 46, "#26323b", 4)
    c.box(1476, 343, 38, 30, "#ffe08a", 4)
    c.polygon([(1280, 790), (1360, 750), (1600, 750), (1600, 900)], "#55534f")
    for x, y, colour in ((240, 850, "#b7402f"), (560, 920, "#e9e2d0"), (930, 870, "#d9a441")):
        c.polygon([(x - 80, y), (x + 90, y), (x + 60, y + 38), (x - 56, y + 38)], colour)
        c.line([(x, y), (x, y - 150)], 5, "#26323b")
        c.polygon([(x + 6, y - 145), (x + 6, y - 14), (x + 84, y - 14)], "#f6f1e4")
    return c


def ferry() -> Canvas:
    """A ferry at night, under a crescent moon."""
    c = Canvas(6, "#0e1b38", "#2f4a74")
    c.stars(480)
    c.glow(1230, 210, 190, "#9fb6d6", 0.5)
    around = [math.radians(angle) for angle in range(40, 281, 5)]
    outer = [(1230 + 80 * math.cos(a), 210 + 80 * math.sin(a)) for a in around]
    inner = [(1256 + 70 * math.cos(a), 192 + 70 * math.sin(a)) for a in reversed(around)]
    c.polygon([*outer, *inner], "#f6ecc9")
    c.hills(600, 28, "#14233f", 1.2)
    for _ in range(46):
        c.disc(c.random.uniform(0, WIDTH), c.random.uniform(585, 628), 2.6, "#ffd27a")
    c.box(0, 630, WIDTH, 450, "#16294a")
    c.ripples(650, HEIGHT, "#24406b", 120)
    for _ in range(70):
        y = c.random.uniform(650, HEIGHT)
        c.box(1230 + c.random.gauss(0, 26 + (y - 650) / 7), y, c.random.uniform(20, 80), 4, "#c9bd95", 2)
    c.glow(640, 680, 360, "#e9a94f", 0.4)
    c.polygon([(280, 720), (1010, 720), (940, 820), (350, 820)], "#e9e4d6")
    c.polygon([(296, 752), (990, 752), (978, 772), (312, 772)], "#c4452f")
    c.box(370, 610, 500, 112, "#f6f1e3", 12)
    for window in range(7):
        c.box(392 + window * 68, 632, 50, 54, "#ffcf70", 8)
    c.box(680, 528, 150, 84, "#f6f1e3", 10)
    c.box(698, 546, 114, 36, "#ffcf70", 6)
    c.box(748, 440, 7, 92, "#e9e4d6")
    c.disc(751, 438, 12, "#fff3c8")
    for _ in range(80):
        y = c.random.uniform(826, 1010)
        c.box(640 + c.random.gauss(0, 190) - 40, y, c.random.uniform(20, 100), 4, "#e0a94f", 2)
    return c


def night() -> Canvas:
    """A village under the Milky Way."""
    c = Canvas(7, "#070d22", "#263a63")
    for step in range(26):
        c.glow(60 + step * 62, 640 - step * 24, 150, "#3b4c7c", 0.11)
    c.stars(720, 520)
    for _ in range(260):
        x = c.random.uniform(0, WIDTH)
        c.disc(x, 660 - x * 0.39 + c.random.gauss(0, 55), c.random.choice([1, 1.3, 2]), "#fff6dc")
    c.hills(760, 40, "#16203d", 1.2)
    village = [(420, 150), (520, 120), (610, 170), (790, 130), (880, 160), (990, 120), (1090, 140), (330, 90)]
    for x, height in village:
        c.box(x, 800 - height, 108, height + 60, "#0b1226")
        c.polygon([(x - 10, 800 - height), (x + 54, 748 - height), (x + 118, 800 - height)], "#0b1226")
    c.box(715, 560, 64, 260, "#0b1226")
    c.polygon([(708, 562), (747, 440), (786, 562)], "#0b1226")
    c.polygon([(0, 930), (330, 790), (740, 745), (1200, 790), (WIDTH, 940), (WIDTH, HEIGHT), (0, HEIGHT)], "#0a1022")
    c.glow(907, 700, 90, "#f3b84d", 0.55)
    c.box(890, 680, 32, 42, "#ffd37a", 3)
    c.box(905, 680, 3, 42, "#0b1226")
    for x, y, size in ((330, 300, 36), (450, 250, 26), (1180, 330, 32)):
        wing = [(x - size, y - 8), (x - size / 2, y - 18), (x, y), (x + size / 2, y - 18), (x + size, y - 8)]
        c.polygon([*wing, (x + size / 2, y - 4), (x, y + 10), (x - size / 2, y - 4)], "#050816")
    return c


def library() -> Canvas:
    """Two readers between shelves."""
    c = Canvas(8, "#e8d3b0", "#d8b98c")
    c.box(0, 850, WIDTH, 240, "#7a4a2e")
    spines = ["#1f4e5f", "#b5442f", "#e0a030", "#5a7247", "#6b3f63", "#efe4cc", "#2e3a52", "#c9785a"]
    for bay in range(5):
        left = 20 + bay * 318
        c.box(left, 40, 290, 820, "#5a3722", 10)
        for shelf in range(5):
            floor = 190 + shelf * 162
            c.box(left + 16, floor - 136, 258, 136, "#3a2316")
            x: float = left + 20
            while x < left + 258:
                width = c.random.uniform(14, 34)
                height = c.random.uniform(84, 128)
                c.box(x, floor - height, min(width, left + 272 - x), height, c.random.choice(spines), 2)
                c.box(x + 3, floor - height + 14, min(width, left + 272 - x) - 6, 4, "#f3e6c4")
                x += width + 2
    arch = [
        (800 + 340 * math.cos(math.pi + a / 30 * math.pi), 470 + 340 * math.sin(math.pi + a / 30 * math.pi))
        for a in range(31)
    ]
    c.polygon([*arch, (1140, 900), (460, 900)], "#f2e2c4")
    c.glow(800, 560, 280, "#fff3d2", 0.8)
    c.box(792, 130, 8, 250, "#3a2316")
    c.polygon([(796, 370), (880, 450), (712, 450)], "#1f4e5f")
    c.disc(796, 456, 20, "#ffe9a8")
    for x, shirt, hair, facing in ((600, "#b5442f", "#33241c", 1), (1000, "#1f4e5f", "#d9d2c6", -1)):
        c.box(x - 72, 640, 144, 240, shirt, 60)
        c.disc(x, 580, 58, "#c98f68" if facing == 1 else "#8a5a3c")
        crown = [
            (x + 64 * math.cos(math.pi + a / 20 * math.pi), 578 - 64 * math.sin(a / 20 * math.pi)) for a in range(21)
        ]
        c.polygon(crown, hair)
        c.line([(x + facing * 40, 700), (x + facing * 110, 752)], 30, shirt)
    c.box(640, 760, 320, 26, "#4a2c1a", 8)
    c.box(780, 786, 40, 190, "#4a2c1a")
    c.box(690, 968, 220, 20, "#4a2c1a", 8)
    c.polygon([(742, 750), (800, 738), (858, 750), (858, 762), (742, 762)], "#fbf5e6")
    return c


SCENES: dict[str, Callable[[], Canvas]] = {
    scene.__name__: scene for scene in (tram, river, facades, stage, harbour, ferry, night, library)
}
