"""Charts as inline SVG: no script, no network, coloured by the page's own style sheet.

Every function returns markup in which all texts are escaped. A chart is named by the element whose
id is `named_by`. Coordinates are those of a view box of 400 by 300.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from evaluation.confidence import Bin, RiskPoint
from evaluation.intervals import wilson
from evaluation.texts import HTML_LANG, Both

_WIDTH, _HEIGHT = 400.0, 300.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 382.0, 14.0, 240.0
_BAR = 1000.0


@dataclass(frozen=True, slots=True)
class Axes:
    """A plot area: `x` runs 0..`x_max`, `y` runs 0..`y_max`."""

    x_label: Both
    y_label: Both
    x_max: float = 1.0
    y_max: float = 1.0
    percent: bool = True

    def x(self, value: float) -> float:
        """Return the horizontal place of `value`."""
        return _LEFT + (_RIGHT - _LEFT) * value / self.x_max

    def y(self, value: float) -> float:
        """Return the vertical place of `value`."""
        return _BOTTOM - (_BOTTOM - _TOP) * value / self.y_max


def reliability_chart(bins: Sequence[Bin], axes: Axes, named_by: str) -> Markup:
    """Draw accuracy over confidence, with Wilson intervals and the count of each bin."""
    parts = [_line(axes, (0, 0), (1, 1), "ideal")]
    for b in bins:
        interval = wilson(b.right, b.count)
        if interval is not None:
            ends = (b.confidence, interval.low), (b.confidence, interval.high)
            parts.append(_line(axes, *ends, "whisker"))
        parts.append(_dot(axes, b.confidence, b.accuracy, "point"))
        # Bins of equal width: the count stands under the middle of its bin.
        middle = (min(int(b.low * 10), 9) + 0.5) / 10
        parts.append(_text(axes.x(middle), _BOTTOM + 30, str(b.count), "count"))
    return _svg(axes, parts, named_by)


def risk_chart(
    points: Sequence[RiskPoint],
    axes: Axes,
    named_by: str,
    *,
    targets: Iterable[float] = (),
    now: tuple[float, float] | None = None,
    now_label: Both | str = "",
) -> Markup:
    """Draw the risk-coverage curve, lines at the risks `targets`, and where the system is `now`."""
    parts = [_line(axes, (0, risk), (1, risk), "target") for risk in targets if risk <= axes.y_max]
    path = " ".join(
        f"{'L' if number else 'M'}{axes.x(p.coverage):.1f} {axes.y(min(p.risk, axes.y_max)):.1f}"
        for number, p in enumerate(points)
    )
    parts.append(Markup('<path class="curve" d="{}"/>').format(path))
    if now is not None:
        coverage, risk = now[0], min(now[1], axes.y_max)
        parts.append(_dot(axes, coverage, risk, "now"))
        anchor = "start" if coverage < 0.8 else "end"
        shift = 9 if anchor == "start" else -9
        place = axes.x(coverage) + shift, axes.y(risk) + 14
        parts.append(_text(*place, now_label, "now-label", anchor))
    return _svg(axes, parts, named_by)


def histogram(
    counts: Sequence[Sequence[int]], classes: Sequence[str], axes: Axes, named_by: str
) -> Markup:
    """Draw stacked columns; `counts` holds for each column one number for each of `classes`."""
    parts = [_PATTERNS]
    width = axes.x_max / max(len(counts), 1)
    for number, column in enumerate(counts):
        base = 0
        for count, css in zip(column, classes, strict=True):
            if count:
                left, right = axes.x(number * width) + 1, axes.x((number + 1) * width) - 1
                top, bottom = axes.y(base + count), axes.y(base)
                box = (left, top, right - left, bottom - top)
                parts.append(_RECTANGLE.format(css, *box))
                parts.append(_RECTANGLE.format(f"{css}-pattern", *box))
            base += count
    return _svg(axes, parts, named_by)


def share_bar(counts: Sequence[tuple[str, int]]) -> Markup:
    """Draw one bar of the whole width; `counts` gives each piece's CSS class and size.

    It is for the eye only: the legend beside it must tell the figures.
    """
    total, begin, parts = sum(count for _, count in counts), 0.0, []
    for css, count in counts:
        width = _BAR * count / total if total else 0.0
        parts.append(_RECTANGLE.format(css, begin, 0.0, width, 1.0))
        begin += width
    return Markup(
        '<svg class="bar" viewBox="0 0 {:.0f} 1" preserveAspectRatio="none" aria-hidden="true" '
        'focusable="false">{}</svg>'
    ).format(_BAR, Markup("").join(parts))


def nice_ceiling(value: float) -> float:
    """Return a round number at or above `value` for the end of an axis."""
    for step in (0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0):
        if value <= step:
            return step
    power = 10.0 ** (len(str(int(value))) - 1)
    return next(m * power for m in (1, 2, 4, 6, 8, 10) if value <= m * power)


_RECTANGLE = Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>')

# Told apart without colour as well.
_PATTERNS = Markup(
    '<defs><pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect class="ink" width="1.6" height="6"/></pattern>'
    '<pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<circle class="ink" cx="3" cy="3" r="1.1"/></pattern></defs>'
)


def _svg(axes: Axes, parts: Iterable[Markup], named_by: str) -> Markup:
    inside = Markup("").join([*_frame(axes), *parts])
    return Markup(
        '<svg viewBox="0 0 {:.0f} {:.0f}" role="img" aria-labelledby="{}" focusable="false">{}'
        "</svg>"
    ).format(_WIDTH, _HEIGHT, named_by, inside)


def _frame(axes: Axes) -> Iterable[Markup]:
    """Yield grid lines, tick labels and axis labels."""
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = share * axes.x_max, share * axes.y_max
        yield _line(axes, (0, y), (axes.x_max, y), "grid")
        yield _text(_LEFT - 7, axes.y(y) + 4, _tick(y, axes.percent), "tick", "end")
        yield _text(axes.x(x), _BOTTOM + 16, _tick(x, percent=True), "tick")
    yield _text((_LEFT + _RIGHT) / 2, _HEIGHT - 8, axes.x_label, "label")
    middle = (_TOP + _BOTTOM) / 2
    yield Markup("").join(
        Markup(
            '<text class="label {}" lang="{}" text-anchor="middle" '
            'transform="translate(13 {:.0f}) rotate(-90)">{}</text>'
        ).format(lang, HTML_LANG[lang], middle, words)
        for lang, words in axes.y_label.items()
    )


def _tick(value: float, percent: bool) -> str:
    return f"{100 * value:.3g}%" if percent else f"{value:.4g}"


def _line(axes: Axes, start: tuple[float, float], end: tuple[float, float], css: str) -> Markup:
    return Markup('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>').format(
        css, axes.x(start[0]), axes.y(start[1]), axes.x(end[0]), axes.y(end[1])
    )


def _dot(axes: Axes, x: float, y: float, css: str) -> Markup:
    return Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="4.5"/>').format(
        css, axes.x(x), axes.y(y)
    )


def _text(x: float, y: float, text: Both | str, css: str, anchor: str = "middle") -> Markup:
    if isinstance(text, Both):
        return Markup("").join(
            Markup(
                '<text class="{} {}" lang="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>'
            ).format(css, lang, HTML_LANG[lang], x, y, anchor, words)
            for lang, words in text.items()
        )
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        css, x, y, anchor, text
    )
