"""Draw the PNG icons (the same ripple as public/icon.svg). Run by hand when the drawing changes: python scripts/icons.py"""

from pathlib import Path

from PIL import Image, ImageDraw

PUBLIC = Path(__file__).resolve().parent.parent / "public"
RED, CREAM, GOLD = (140, 28, 43), (255, 244, 226), (242, 184, 75)
RINGS = ((84, 22, 1.0), (138, 16, 0.72), (190, 11, 0.42))


def mix(share: float) -> tuple[int, ...]:
    return tuple(round(share * c + (1 - share) * r) for c, r in zip(CREAM, RED, strict=True))


def draw(size: int, *, maskable: bool) -> Image.Image:
    side, shrink = 1024, 0.8 if maskable else 1.0  # a maskable icon keeps its drawing inside the safe circle
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, side - 1, side - 1), 0 if maskable else 224, fill=RED)
    unit, middle = side / 512 * shrink, side / 2
    for radius, width, share in RINGS:
        outer = (radius + width / 2) * unit
        pen.ellipse((middle - outer, middle - outer, middle + outer, middle + outer), outline=mix(share), width=round(width * unit))
    dot = 38 * unit
    pen.ellipse((middle - dot, middle - dot, middle + dot, middle + dot), fill=GOLD)
    return image.resize((size, size), Image.Resampling.LANCZOS)


for name, size, maskable in (("icon-192", 192, False), ("icon-512", 512, False), ("icon-maskable-512", 512, True)):
    draw(size, maskable=maskable).quantize(64).save(PUBLIC / f"{name}.png", optimize=True)
