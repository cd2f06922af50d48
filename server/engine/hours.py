"""Who can be reached now, and when people are next there: the opening hours of kb.toml."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

_SATURDAY = 5
_DAY = dt.timedelta(days=1)
# The next opening is looked for so far ahead: a year of holidays in a row is a mistake in kb.toml.
_HORIZON = 366
_MIDNIGHT = "24:00"

Span = tuple[dt.datetime, dt.datetime]
Texts = Mapping[str, str]


class State(StrEnum):
    """How a channel can be used at a moment."""

    OPEN = "open"  # people answer now
    LIMITED = "limited"  # somebody may be there, nothing is promised
    CLOSED = "closed"  # nobody until `opens_at`
    ANY_TIME = "any_time"  # can be used now, is answered when somebody gets to it
    BY_APPOINTMENT = "by_appointment"  # has to be arranged first


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach people of `product`; `name` and `note` are texts by language.

    `opens_at` is the next moment at which people are promised to be there, in the product's time
    zone; None while they are, and where no hours are kept.
    """

    product: str
    id: str
    name: Texts
    note: Texts
    state: State
    opens_at: dt.datetime | None = None

    @property
    def open(self) -> bool:
        """Whether people answer there now."""
        return self.state is State.OPEN


@dataclass(frozen=True, slots=True)
class Reachable:
    """Every channel in the order of kb.toml, as it is at one moment."""

    channels: tuple[Channel, ...] = ()

    @property
    def open(self) -> tuple[Channel, ...]:
        """The channels on which people answer now."""
        return tuple(channel for channel in self.channels if channel.open)

    @property
    def limited(self) -> bool:
        """Whether nobody is promised to be there, but somebody may be."""
        return not self.open and any(c.state is State.LIMITED for c in self.channels)

    @property
    def opens_at(self) -> dt.datetime | None:
        """When the first channel opens; None while one is open, and where none ever does."""
        if self.open:
            return None
        return min((c.opens_at for c in self.channels if c.opens_at), default=None)


@dataclass(frozen=True, slots=True)
class _Now:
    state: State
    opens_at: dt.datetime | None


def reachable(settings: Mapping[str, Any], product: str | None, now: dt.datetime) -> Reachable:
    """Return who can be reached at `now`, a moment with a time zone.

    `settings` are those of kb.toml. Without a `product`, or with one that kb.toml does not have,
    the channels of all products are returned.

    Raises:
        ValueError: `now` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("now has no time zone: pass datetime.now(timezone.utc).")
    products = settings.get("products", {})
    wanted = products if product not in products else {str(product): products[product]}
    holidays = frozenset(settings.get("holidays", ()))
    channels: list[Channel] = []
    for ident, table in wanted.items():
        staffed = _staffed(table.get("hours", {}), holidays, now)
        for channel in table.get("channels", ()):
            at = staffed if channel.get("follows_hours", False) else _Now(State.ANY_TIME, None)
            if channel.get("by_appointment", False):
                at = _Now(State.BY_APPOINTMENT, None)
            channels.append(
                Channel(
                    product=ident,
                    id=channel["id"],
                    name=channel.get("name", {}),
                    note=channel.get("note", {}),
                    state=at.state,
                    opens_at=at.opens_at,
                )
            )
    return Reachable(tuple(channels))


def _staffed(hours: Mapping[str, Any], holidays: frozenset[str], now: dt.datetime) -> _Now:
    """Return the state of the channels that follow `hours`."""
    if hours.get("always_open", False):
        return _Now(State.OPEN, None)
    calendar = _Calendar(hours, holidays, ZoneInfo(hours.get("timezone", "UTC")))
    # In UTC: Python compares moments of one time zone by what the clock shows, which in autumn
    # shows the same twice.
    utc = now.astimezone(dt.UTC)
    today = now.astimezone(calendar.zone).date()
    # A span that crosses midnight began the day before.
    days = (today - _DAY, today)
    if any(start <= utc < end for day in days for start, end in calendar.promised(day)):
        return _Now(State.OPEN, None)
    limited = any(start <= utc < end for day in days for start, end in calendar.limited(day))
    state = State.LIMITED if limited else State.CLOSED
    return _Now(state, calendar.next_opening(today, utc))


@dataclass(frozen=True, slots=True)
class _Calendar:
    hours: Mapping[str, Any]
    holidays: frozenset[str]
    zone: ZoneInfo

    def promised(self, day: dt.date) -> list[Span]:
        """Return the spans of `day` in which people are there for certain."""
        return [] if self._is_limited(day) else self._spans(day)

    def limited(self, day: dt.date) -> list[Span]:
        """Return the spans of `day` in which somebody may be there: all of it where none is set."""
        if not self._is_limited(day):
            return []
        return self._spans(day) or [_span(day, "00:00", _MIDNIGHT, self.zone)]

    def next_opening(self, today: dt.date, utc: dt.datetime) -> dt.datetime | None:
        """Return the first promised start after `utc`, as the product's clocks show it."""
        for ahead in range(_HORIZON):
            starts = [start for start, _ in self.promised(today + ahead * _DAY) if start > utc]
            if starts:
                return min(starts).astimezone(self.zone)
        return None

    def _is_limited(self, day: dt.date) -> bool:
        weekend = day.weekday() >= _SATURDAY and self.hours.get("sat_sun_limited", False)
        return bool(weekend or self._is_limited_holiday(day))

    def _is_limited_holiday(self, day: dt.date) -> bool:
        return bool(self.hours.get("holidays_limited", False)) and day.isoformat() in self.holidays

    def _spans(self, day: dt.date) -> list[Span]:
        # A limited holiday is like a day of the weekend.
        off = day.weekday() >= _SATURDAY or self._is_limited_holiday(day)
        return list(self._of(day, "sat_sun" if off else "mon_fri"))

    def _of(self, day: dt.date, key: str) -> Iterator[Span]:
        for start, end in self.hours.get(key, ()):
            yield _span(day, start, end, self.zone)


def _span(day: dt.date, start: str, end: str, zone: ZoneInfo) -> Span:
    """Return the moments, in UTC, of a span that begins on `day`, where its end is no later than
    its start into the next day.

    An hour that comes twice, when the clocks go back, belongs to the span twice.
    """
    until = "00:00" if end == _MIDNIGHT else end
    last = day + _DAY if until <= start else day
    return _moment(day, start, zone, fold=0), max(
        _moment(last, until, zone, fold=fold) for fold in (0, 1)
    )


def _moment(day: dt.date, clock: str, zone: ZoneInfo, *, fold: int) -> dt.datetime:
    local = dt.datetime.combine(day, dt.time.fromisoformat(clock), zone)
    return local.replace(fold=fold).astimezone(dt.UTC)
