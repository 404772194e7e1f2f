"""Arguments for any public function, by its types in the catalogue, and by name where it should hit."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.conftest import Connection

QUEUES = ["work", 'it\'s 100% of $1;\n-- "é" 😀', "q" * 255]
STREAMS = ["log", "wide", "%s" + "😀" * 250]
CONSUMERS = ["audit", "$1'"]
SCHEDULES = ["nightly", "s" * 255]
KEYS = ["a", "b", "ключ", "😀" * 500]


class Parameter(NamedTuple):
    """A parameter of a function, with the type as the catalogue writes it."""

    name: str
    type: str
    optional: bool


class Pick(NamedTuple):
    """What is only known when the call is made: the nth of the ids, offsets or leases that there are then."""

    of: str
    n: int


FUNCTIONS = """
select p.proname, a.name, format_type(a.type, null) as type, a.nr > p.pronargs - p.pronargdefaults as optional
from pg_proc p
left join lateral unnest(p.proargtypes::oid[], p.proargnames[:p.pronargs])
    with ordinality a (type, name, nr) on true
where p.pronamespace = 'minipaas'::regnamespace and p.proname !~ '^_'
order by p.proname, a.nr
"""


def functions(db: Connection) -> dict[str, list[Parameter]]:
    """The public functions with their parameters."""
    found: dict[str, list[Parameter]] = {}
    for function, *parameter in db.execute(FUNCTIONS):
        found.setdefault(function, [])
        if parameter[0] is not None:
            found[function].append(Parameter(*parameter))
    return found


def often(usual: list[Any], *unusual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One of the usual values, nine times out of ten."""
    return st.integers(0, 9).flatmap(lambda n: st.one_of(*unusual) if n == 0 else st.sampled_from(usual))


texts = st.one_of(
    st.sampled_from(
        ["", " ", "'", '"', "%", "%s %n$", "$1", "\\", "\n", "a\r\nb", "\ufffe\uffff", "😀", "null", "NaN"]
    ),
    st.sampled_from(["-" * 255, "é" * 256, "😀" * 255, "😀" * 501, "x" * 10_000]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
)
integers = st.one_of(st.sampled_from([0, 1, -1, 2, 2**31 - 1, -(2**31)]), st.integers(-(2**31), 2**31 - 1))
bigints = st.one_of(integers, st.sampled_from([2**32, 2**63 - 1, -(2**63)]), st.integers(-(2**63), 2**63 - 1))
documents = st.sampled_from(
    [None, 1, "it's", [], {}, {"a": [1, "%s", None]}, 10**300, "x" * 10_000, {"😀" * 300: "\uffff"}]
).map(lambda value: json.dumps(value, ensure_ascii=False))
intervals = st.sampled_from(
    [
        "0",
        "1 microsecond",
        "10 ms",
        "1 mon -30 days",
        "-1 second",
        "9999 years 11 mons",
        "10000 years 1 microsecond",
        "-178000000 years",
        "178000000 years",
        "2147483647 days",
        "2562047788:00:54.775807",
        "178956970 years 7 mons 2147483647 days 2562047788:00:54.775807",
    ]
)
ENDLESS = st.sampled_from(["infinity", "-infinity"])
moments = st.sampled_from(
    [
        "2030-01-01 12:00+00",
        "2030-03-31 01:00+00",
        "0001-01-01 00:00+00",
        "9999-12-31 00:00+00",
        "infinity",
        "-infinity",
        "294276-12-31 23:59:59.999999+00",
        "4714-11-24 00:00:00+00 BC",
    ]
)
crons = ["* * * * *", "@daily", "*/15 2 * * MON-FRI", "0 0 29 2 1", "30 2 * 3 *"]
odd_crons = st.sampled_from(
    ["", "61 * * * *", "* * 31 2 *", "30 2 31 2,3 *", "a b c d e", "*/0 * * * *", "1,9-2 * * * *"]
)
zones = ["UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe"]
odd_zones = st.sampled_from(
    ["CET", "+25", "<+99>-99", "Nowhere/Land", "../etc/passwd", ":UTC", "12:00", "infinity", "-00"]
)


def attempts() -> st.SearchStrategy[Any]:
    return often([None, 1, 1, 1, 2], integers)


BY_NAME: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
    "queue": lambda: often(QUEUES, texts),
    "stream": lambda: often(STREAMS, texts),
    "consumer": lambda: often(CONSUMERS, texts),
    "schedule": lambda: often(SCHEDULES, texts),
    "role": lambda: often([Pick("role", 0)], texts),
    "key": lambda: often([None, *KEYS], texts),
    "dedup_key": lambda: often([None, *KEYS], texts),
    "on_duplicate": lambda: often(["keep", "replace"], texts),
    "missed": lambda: often(["skip", "one", "all"], texts),
    "cron": lambda: often(crons, odd_crons, texts),
    "timezone": lambda: often(zones, odd_zones, texts),
    "service": lambda: often(["shop"], texts),
    "version": lambda: often(["0001", "9999"], texts),
    "minimum": lambda: often(["0001", None], texts),
    "id": lambda: often([Pick("id", n) for n in range(40)], bigints),
    "event_offset": lambda: often([Pick("offset", n) for n in range(20)], bigints),
    "lease_id": lambda: often([None, *(Pick("lease", n) for n in range(4))], bigints),
    "partition": lambda: often([0, 0, 0, 1], integers),
    "batch_size": lambda: often([1, 2, 10, None], integers),
    "attempt": attempts,
    "priority": lambda: often([0, 1, -10, 10], integers),
    "max_attempts": lambda: often([0, 1, 3, 2**31 - 1], integers),
    "run_at": lambda: often([None], moments),
}
for _word in ("after_offset", "from_offset", "to_offset", "before_offset"):
    BY_NAME[_word] = BY_NAME["event_offset"]
ELEMENTS: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
    "ids": BY_NAME["id"],
    "attempts": attempts,
    "keys": BY_NAME["key"],
    "dedup_keys": BY_NAME["dedup_key"],
    "rights": lambda: often(["enqueue", "dequeue", "publish", "consume", "manage", "observe"], texts),
}
BY_TYPE = {
    "text": texts,
    "integer": integers,
    "bigint": bigints,
    "boolean": st.booleans(),
    "jsonb": documents,
    "interval": intervals,
    "timestamp with time zone": moments,
}


def values(parameter: Parameter, endless: bool) -> st.SearchStrategy[Any]:
    """What a parameter may get: one time in forty NULL, else something of its type."""
    return st.integers(0, 39).flatmap(lambda n: st.none() if n == 0 else _not_null(parameter, endless))


def _not_null(parameter: Parameter, endless: bool) -> st.SearchStrategy[Any]:
    if parameter.type.endswith("[]"):
        elements = ELEMENTS.get(parameter.name, lambda: BY_TYPE[parameter.type[:-2]])()
        pairs = st.lists(elements, min_size=2, max_size=2)
        return st.sampled_from("pppppp0123n").flatmap(
            lambda shape: {
                "p": pairs,
                "0": st.just([]),
                "1": elements.map(lambda one: [one] * 300),
                "2": pairs.map(lambda some: [some, some]),
                "3": pairs.map(lambda some: [[[one], [one]] for one in some]),
                "n": pairs.map(lambda some: [*some, None]),
            }[shape]
        )
    found = BY_NAME.get(parameter.name, lambda: BY_TYPE[parameter.type])()
    if parameter.type != "interval":
        return found
    usual = ["0", "1 microsecond", "1 minute", "1 year", "10000 years"]
    return often(usual, intervals, ENDLESS if endless else intervals)
