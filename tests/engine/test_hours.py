"""Who can be reached when: example days, and any hours in any time zone."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.engine.hours import Reachable, State, reachable

_KB = tomllib.loads((Path(__file__).parents[2] / "kb" / "kb.toml").read_text(encoding="utf-8"))
_SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str, zone: str = "Asia/Shanghai") -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def centre(**hours: Any) -> dict[str, Any]:
    channels = [
        {"id": "chat", "follows_hours": True},
        {"id": "email", "follows_hours": False},
        {"id": "visit", "follows_hours": True, "by_appointment": True},
    ]
    return {"products": {"wallet": {"hours": hours, "channels": channels}}}


def states(found: Reachable) -> dict[str, str]:
    return {channel.id: channel.state.value for channel in found.channels}


@pytest.mark.parametrize(
    ("now", "state", "opens_at"),
    [
        ("2026-11-24T08:59:59", State.CLOSED, "2026-11-24T09:00"),  # a Tuesday
        ("2026-11-24T09:00:00", State.OPEN, None),
        ("2026-11-24T20:59:59", State.OPEN, None),
        ("2026-11-24T21:00:00", State.CLOSED, "2026-11-25T09:00"),
        ("2026-11-27T21:00:00", State.CLOSED, "2026-11-30T09:00"),  # Friday evening
        ("2026-11-28T12:00:00", State.LIMITED, "2026-11-30T09:00"),  # Saturday
        ("2026-11-29T23:59:59", State.LIMITED, "2026-11-30T09:00"),
    ],
)
def test_a_week_of_tpwallet(now: str, state: State, opens_at: str | None) -> None:
    found = reachable(_KB, "tpwallet", at(now))
    chat = found.channels[0]
    assert (chat.id, chat.state) == ("live-chat", state)
    assert found.opens_at == (at(opens_at) if opens_at else None)
    assert found.limited == (state is State.LIMITED)
    assert states(found)["email"] == "any_time"
    assert ("live-chat" in {c.id for c in found.open}) == (state is State.OPEN)


def test_imwallet_never_closes_and_meets_by_appointment_only() -> None:
    found = reachable(_KB, "imwallet", at("2026-11-28T03:00"))
    assert states(found) == {
        "in-app-chat": "open",
        "website": "open",
        "social-media": "open",
        "offline": "by_appointment",
    }
    assert found.opens_at is None


@pytest.mark.parametrize("product", [None, "another"])
def test_without_a_known_product_all_channels_are_told(product: str | None) -> None:
    found = reachable(_KB, product, at("2026-11-28T03:00"))
    assert {channel.product for channel in found.channels} == {"tpwallet", "imwallet"}
    assert {channel.product for channel in found.open} == {"imwallet"}
    assert found.opens_at is None


def test_the_names_are_those_of_the_knowledge_base() -> None:
    chat = reachable(_KB, "tpwallet", at("2026-11-24T12:00")).channels[0]
    assert (chat.name["zh"], chat.name["en"]) == ("在线聊天", "Live chat")


def test_a_holiday_is_limited_where_the_product_says_so() -> None:
    hours = {"timezone": "Asia/Shanghai", "mon_fri": [["09:00", "21:00"]]}
    now, holidays = at("2026-10-01T12:00"), ["2026-10-01", "2026-10-02"]
    kept = centre(**hours) | {"holidays": holidays}
    assert states(reachable(kept, "wallet", now))["chat"] == "open"
    given_off = centre(**hours, holidays_limited=True) | {"holidays": holidays}
    found = reachable(given_off, "wallet", now)
    assert states(found)["chat"] == "limited"
    assert found.opens_at == at("2026-10-05T09:00")  # Thursday and Friday off, then a weekend
    # The date is that of the product's time zone, not of the one who asks.
    assert (
        states(reachable(given_off, "wallet", at("2026-09-30T18:00", "UTC")))["chat"] == "limited"
    )


def test_round_the_clock_knows_no_holidays() -> None:
    settings = centre(always_open=True) | {"holidays": ["2026-10-01"]}
    assert states(reachable(settings, "wallet", at("2026-10-01T12:00")))["chat"] == "open"


def test_weekend_spans_can_be_promised_or_limited() -> None:
    hours = {"timezone": "UTC", "mon_fri": [], "sat_sun": [["10:00", "12:00"]]}
    saturday = at("2026-11-28T11:00", "UTC")
    assert states(reachable(centre(**hours), "wallet", saturday))["chat"] == "open"
    limited = centre(**hours, sat_sun_limited=True)
    assert states(reachable(limited, "wallet", saturday))["chat"] == "limited"
    later = reachable(limited, "wallet", saturday.replace(hour=13))
    assert states(later)["chat"] == "closed"
    assert later.opens_at is None  # nothing is ever promised


@pytest.mark.parametrize(
    ("span", "open_at", "closed_at"),
    [
        (["22:00", "02:00"], ["22:00", "23:59", "00:00", "01:59"], ["21:59", "02:00"]),
        (["20:00", "24:00"], ["20:00", "23:59"], ["00:00", "19:59"]),
        (["00:00", "24:00"], ["00:00", "12:00", "23:59"], []),
    ],
)
def test_spans_up_to_and_over_midnight(
    span: list[str], open_at: list[str], closed_at: list[str]
) -> None:
    settings = centre(timezone="Asia/Shanghai", mon_fri=[span])
    for clock in open_at + closed_at:
        found = reachable(settings, "wallet", at(f"2026-11-25T{clock}"))
        assert states(found)["chat"] == ("open" if clock in open_at else "closed"), clock


def test_the_night_shift_of_friday_ends_on_saturday() -> None:
    settings = centre(timezone="Asia/Shanghai", mon_fri=[["22:00", "02:00"]], sat_sun_limited=True)
    assert states(reachable(settings, "wallet", at("2026-11-28T01:00")))["chat"] == "open"
    assert states(reachable(settings, "wallet", at("2026-11-28T02:00")))["chat"] == "limited"


def test_the_hour_that_comes_twice_belongs_to_the_span_twice() -> None:
    # New York, 2026-11-01: after 01:59 comes 01:00. A Sunday.
    settings = centre(timezone="America/New_York", sat_sun=[["00:30", "01:30"]])
    for fold, minutes in ((0, 0), (0, 29), (1, 0), (1, 29)):
        now = at(f"2026-11-01T01:{minutes:02}", "America/New_York").replace(fold=fold)
        assert states(reachable(settings, "wallet", now.astimezone(dt.UTC)))["chat"] == "open"
    after = at("2026-11-01T01:30", "America/New_York").replace(fold=1)
    assert states(reachable(settings, "wallet", after.astimezone(dt.UTC)))["chat"] == "closed"


def test_an_opening_in_the_hour_that_is_left_out_is_a_time_that_clocks_show() -> None:
    # New York, 2026-03-08: after 01:59 comes 03:00. A Sunday.
    settings = centre(timezone="America/New_York", sat_sun=[["02:30", "05:00"]])
    opens_at = reachable(settings, "wallet", at("2026-03-08T00:00", "America/New_York")).opens_at
    assert opens_at is not None
    assert opens_at.isoformat() == "2026-03-08T03:30:00-04:00"


def test_nothing_is_said_of_a_knowledge_base_without_channels() -> None:
    assert reachable({}, None, at("2026-11-24T12:00")) == Reachable()


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        reachable(_KB, None, dt.datetime(2026, 11, 24))  # noqa: DTZ001


_CLOCKS = st.times().map(lambda t: t.strftime("%H:%M"))
_SPANS = st.lists(st.tuples(_CLOCKS, _CLOCKS).map(list), max_size=3)
_HOURS = st.fixed_dictionaries(
    {
        "timezone": st.sampled_from(sorted(z for z in available_timezones() if "/" in z)),
        "mon_fri": _SPANS,
        "sat_sun": _SPANS,
        "sat_sun_limited": st.booleans(),
        "holidays_limited": st.booleans(),
    }
)
_MOMENTS = st.datetimes(
    dt.datetime(2024, 1, 1),  # noqa: DTZ001 - hypothesis adds the time zone
    dt.datetime(2028, 12, 31),  # noqa: DTZ001
    timezones=st.just(dt.UTC),
)


@given(_HOURS, _MOMENTS, st.sets(st.dates(dt.date(2024, 1, 1), dt.date(2028, 12, 31)), max_size=5))
def test_the_next_opening_is_the_first_and_is_open(
    hours: dict[str, Any], now: dt.datetime, holidays: set[dt.date]
) -> None:
    settings = centre(**hours) | {"holidays": [day.isoformat() for day in holidays]}
    found = reachable(settings, "wallet", now)
    opens_at = found.opens_at
    if found.open:
        assert opens_at is None
    elif opens_at is None:
        # Nothing is promised on any day of the week.
        weekdays = hours["mon_fri"]
        weekend = [] if hours["sat_sun_limited"] else hours["sat_sun"]
        assert not weekdays
        assert not weekend
    else:
        assert opens_at > now
        assert str(opens_at.tzinfo) == hours["timezone"]
        assert reachable(settings, "wallet", opens_at).open
        wait = opens_at - now
        for part in range(20):
            assert not reachable(settings, "wallet", now + wait * part / 20).open
        assert not reachable(settings, "wallet", opens_at - dt.timedelta(microseconds=1)).open


@given(_HOURS, _MOMENTS)
def test_it_is_what_the_clock_on_the_wall_says(hours: dict[str, Any], now: dt.datetime) -> None:
    zone = ZoneInfo(hours["timezone"])
    local = now.astimezone(zone)
    near = (now + dt.timedelta(days=step) for step in (-1, 0, 1))
    if len({moment.astimezone(zone).utcoffset() for moment in near}) > 1:
        return  # the clocks change: told above

    def open_on(day: dt.date, minutes: float) -> bool:
        weekend = day.weekday() >= 5
        if weekend and hours["sat_sun_limited"]:
            return False
        for start, end in hours["sat_sun" if weekend else "mon_fri"]:
            begin, stop = _minutes(start), _minutes(end)
            if begin <= minutes < stop + (24 * 60 if stop <= begin else 0):
                return True
        return False

    minutes = local.hour * 60 + local.minute + (local.second + local.microsecond / 1e6) / 60
    expected = open_on(local.date(), minutes) or open_on(
        local.date() - dt.timedelta(days=1), minutes + 24 * 60
    )
    assert bool(reachable(centre(**hours), "wallet", now).open) == expected


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
