"""Charts are well-formed, stay in their frame and escape what they are given."""

from xml.etree import ElementTree

import pytest

from evaluation.charts import Axes, histogram, nice_ceiling, reliability_chart, risk_chart
from evaluation.confidence import reliability, risk_coverage
from evaluation.texts import Both

AXES = Axes(Both("横 <轴>", "x <label>"), Both("纵", 'y "label"'))
CONFIDENCES = [0.0, 0.05, 0.3, 0.31, 0.6, 0.99, 1.0]
RIGHT = [False, False, True, False, True, True, True]


def parsed(chart: str) -> ElementTree.Element:
    return ElementTree.fromstring(chart)


def circles(chart: str, css: str) -> list[tuple[float, float]]:
    found = parsed(chart).iter("circle")
    return [(float(c.get("cx", 0)), float(c.get("cy", 0))) for c in found if c.get("class") == css]


def texts(chart: str, css: str) -> list[str]:
    """Return what a reader of English sees in the texts of one class."""
    found = parsed(chart).iter("text")
    return [t.text or "" for t in found if (t.get("class") or "") in (css, f"{css} en")]


def test_reliability_has_a_point_and_a_count_for_each_bin() -> None:
    bins = reliability(CONFIDENCES, RIGHT, kind="width")
    chart = reliability_chart(bins, AXES, "name")
    points = circles(chart, "point")
    assert len(points) == len(bins) == 4
    assert points[0] == pytest.approx((AXES.x(0.025), AXES.y(0)), abs=0.1)
    assert points[-1] == pytest.approx((AXES.x(0.995), AXES.y(1)), abs=0.1)
    assert texts(chart, "count") == ["2", "2", "1", "2"]


def test_risk_curve_has_a_vertex_for_each_point_and_shows_where_the_system_is() -> None:
    points = risk_coverage(CONFIDENCES, RIGHT)
    chart = risk_chart(
        points, AXES, "name", targets=(0.05,), now=(0.5, 0.25), now_label=Both("现", "now")
    )
    path = next(parsed(chart).iter("path")).get("d", "")
    assert path.count("M") + path.count("L") == len(points)
    assert circles(chart, "now") == [pytest.approx((AXES.x(0.5), AXES.y(0.25)), abs=0.1)]
    assert texts(chart, "now-label") == ["now"]
    assert sum(line.get("class") == "target" for line in parsed(chart).iter("line")) == 1


def test_histogram_stacks_its_columns() -> None:
    axes = Axes(Both("横", "x"), Both("数", "n"), y_max=10, percent=False)
    chart = histogram([[4, 2], [0, 3]], ["right", "wrong"], axes, "name")
    boxes = {
        (r.get("class"), float(r.get("x", 0))): (float(r.get("y", 0)), float(r.get("height", 0)))
        for r in parsed(chart).iter("rect")
        if r.get("class") in {"right", "wrong"}
    }
    unit = (axes.y(0) - axes.y(10)) / 10
    assert sorted(height / unit for _, height in boxes.values()) == pytest.approx(
        [2, 3, 4], abs=0.02
    )
    left = {css: box for (css, x), box in boxes.items() if x < axes.x(0.5)}
    assert left["wrong"][0] + left["wrong"][1] == pytest.approx(left["right"][0], abs=0.2)


def test_everything_is_escaped() -> None:
    for chart in (
        reliability_chart([], AXES, '<"name">'),
        risk_chart([], AXES, '<"name">', now=(0.9, 0.1), now_label="<now>"),
        histogram([], ["right"], AXES, '<"name">'),
    ):
        assert parsed(chart).get("aria-labelledby") == '<"name">'
        assert texts(chart, "label") == ["x <label>", 'y "label"']


@pytest.mark.parametrize(
    ("value", "end"),
    [(0.0, 0.05), (0.05, 0.05), (0.31, 0.4), (1.0, 1.0), (3, 4), (10, 10), (53, 60), (101, 200)],
)
def test_axes_end_at_a_round_number(value: float, end: float) -> None:
    assert nice_ceiling(value) == end
