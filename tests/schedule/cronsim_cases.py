"""Random cron expressions and moments, more of them at and around changes of clocks than elsewhere."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

ZONES = [
    "America/Havana",  # at midnight
    "America/New_York",
    "America/Santiago",  # at midnight, to the evening before
    "America/Sao_Paulo",  # at midnight, for the last time in 2019
    "Antarctica/Troll",  # by two hours
    "Asia/Beirut",
    "Asia/Tehran",  # half an hour beside everybody else
    "Australia/Lord_Howe",  # by half an hour
    "Europe/Berlin",
    "Pacific/Chatham",  # at a quarter to
]
BEGIN, END = datetime(2018, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"
FIELDS: list[tuple[int, int, list[str]]] = [
    (0, 59, []),
    (0, 23, []),
    (1, 31, []),
    (1, 12, MONTHS.split(" ")),
    (0, 7, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]),
]


def changes(zone: str) -> list[datetime]:
    """The first instants after each change of a zone's clocks in the two years."""
    found, tz = [], ZoneInfo(zone)
    for day in range((END - BEGIN).days):
        low, high = BEGIN + timedelta(days=day), BEGIN + timedelta(days=day + 1)
        if low.astimezone(tz).utcoffset() == high.astimezone(tz).utcoffset():
            continue
        while high - low > MINUTE:
            middle = low + (high - low) // MINUTE // 2 * MINUTE
            if middle.astimezone(tz).utcoffset() == low.astimezone(tz).utcoffset():
                low = middle
            else:
                high = middle
        found.append(high)
    return found


def moments(random: Random, zone: str) -> Iterator[datetime]:
    """Endless moments: one in two is near a change, each change in its turn."""
    while True:
        for change in changes(zone):
            yield change + timedelta(seconds=random.choice([-1, 0, 60, random.randint(-30000, 15000)]))
            yield BEGIN + timedelta(seconds=random.randrange(int((END - BEGIN).total_seconds())))


def expression(random: Random, near: datetime) -> str:
    """An expression with every part of the syntax; its fixed times are often those of the moment."""
    values = [near.minute, near.hour, near.day, near.month, near.isoweekday() % 7]
    return " ".join(map(_field, [random] * 5, range(5), values))


def _field(random: Random, number: int, value: int) -> str:
    wild = random.random()
    if wild < (0.3, 0.35, 0.6, 0.6, 0.6)[number]:
        return random.choice(["*", "*", "*", f"*/{random.randint(1, 12)}"])
    return ",".join(_term(random, number, value) for _ in range(random.choice([1, 1, 1, 2, 3])))


def _term(random: Random, number: int, value: int) -> str:
    low, high, names = FIELDS[number]
    first = (
        min(max(value + random.randint(-1, 1), low), high)
        if random.random() < 0.6
        else random.randint(low, high)
    )
    kind = random.random()
    if kind < 0.5:
        if names and first - low < len(names) and random.random() < 0.5:
            return random.choice([str.upper, str.lower, str.title])(names[first - low])
        return str(first)
    if kind < 0.6:
        return f"{first}/{random.randint(1, 20)}"
    last = random.randint(first, high)
    step = f"/{random.randint(1, 9)}" if kind > 0.8 and last > first else ""
    return f"{first}-{last}{step}"
