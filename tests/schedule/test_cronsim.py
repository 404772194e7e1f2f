"""`cron_next` beside cronsim, which follows Debian's cron.

Each difference that stays is one of these:

* `SECOND_PASS`: a fixed time, and the moment is in an hour that comes for the second time. cronsim has
  forgotten which of the two it is, and answers with a time in the first, which is over.
* `SKIPPED`: a job that follows elapsed time, on a day whose first hour the clocks skip. cronsim starts from
  the midnight that there is not, and answers with it or with a time counted from it.
* `ODD_CHANGE`: a job that follows elapsed time, in a zone whose clocks change by half an hour or at a quarter
  to. cronsim steps by whole hours from a full hour, and after such a step it is none; around some changes it
  goes round for ever.
* A step after a range of one, as in 5-5/2: to cronsim it is 5/2, to Debian's cron and to us it is 5.

What cronsim takes beyond Debian's cron is refused: a sixth field for seconds, and L, LW and # among days.
"""

from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim, CronSimError
from cronsim.cronsim import is_imaginary

from .cronsim_cases import BEGIN, END, MINUTE, ZONES, changes, expression, moments

PER_ZONE = 2400
SECOND_PASS, SKIPPED, ODD_CHANGE = "second pass", "skipped", "odd change"
DAY = timedelta(days=1)
ODD_ZONES = {"Australia/Lord_Howe", "Pacific/Chatham"}


@pytest.fixture
def cron_next(db):
    """Compute many at once; None where the expression is refused."""
    db.execute(
        """
        create function test.cron_next(cron text, after timestamptz, zone text) returns timestamptz
        language plpgsql as $$
        begin
            return minipaas.cron_next(cron, after, zone);
        exception when sqlstate 'MP006' then
            return null;
        end
        $$
        """
    )

    def compute(cases, zone):
        statement = """
            select test.cron_next(cron, after, %s)
            from unnest(%s::text[], %s::timestamptz[]) with ordinality c (cron, after, n) order by n
        """
        crons, afters = map(list, zip(*cases, strict=True))
        return [found for (found,) in db.execute(statement, [zone, crons, afters])]

    return compute


class Bounded(CronSim):
    """A cronsim that stops when it goes round in circles, and then gives the moment that it began at."""

    rounds = 0

    def advance_month(self):
        self.rounds += 1
        if self.rounds > 100_000:
            raise RecursionError
        super().advance_month()


def simulated(cron, after):
    """What cronsim gives for a moment in its zone; None where it refuses the expression."""
    try:
        return next(Bounded(cron, after))
    except CronSimError:
        return None
    except RecursionError:
        return after


def is_elapsed(cron):
    """Whether a job follows elapsed time."""
    return any(field.startswith("*") for field in cron.split()[:2])


def reason(cron, after, theirs, ours):
    """Why cronsim is not to be followed, or None."""
    if not is_elapsed(cron):
        return SECOND_PASS if after.fold and theirs.astimezone(UTC) <= after.astimezone(UTC) else None
    day = ours.astimezone(after.tzinfo).replace(hour=0, minute=0, fold=0)
    if is_imaginary(theirs) or is_imaginary(day):
        return SKIPPED
    return ODD_CHANGE if after.tzinfo.key in ODD_ZONES else None


def looked_for(cron, after):
    """The answer the long way: of elapsed time each minute, of fixed times one after the other."""
    sim = CronSim(cron, after)
    if not is_elapsed(cron):
        return next(one for one in sim if one.astimezone(UTC) > after.astimezone(UTC))
    moment = after.astimezone(UTC).replace(second=0) + MINUTE
    while True:
        shown = moment.astimezone(after.tzinfo)
        today, tomorrow = (
            day.month in sim.months and sim.match_day(day) for day in (shown.date(), shown.date() + DAY)
        )
        if today and shown.hour in sim.hours and shown.minute in sim.minutes:
            return moment
        moment += MINUTE if today or tomorrow else DAY / 2


@pytest.mark.parametrize("zone", ZONES)
def test_it_agrees_on_random_expressions_and_moments(cron_next, zone):
    random, tz = Random(f"{zone} 1"), ZoneInfo(zone)
    afters = [moment.astimezone(tz) for moment in islice(moments(random, zone), PER_ZONE)]
    cases = [(expression(random, after), after) for after in afters]
    for (cron, after), ours in zip(cases, cron_next(cases, zone), strict=True):
        theirs = simulated(cron, after)
        if ours is None or theirs is None:
            assert ours is theirs is None, (cron, after, ours, theirs)
        elif ours != theirs.astimezone(UTC):
            assert reason(cron, after, theirs, ours), (cron, after, ours, theirs)
            assert ours == looked_for(cron, after), (cron, after, ours, theirs)


def test_the_moments_are_at_every_change_of_two_years():
    assert (END - BEGIN).days == 730
    for zone in ZONES:
        assert len(changes(zone)) >= 3
        assert 100 * len(changes(zone)) <= PER_ZONE


@pytest.mark.parametrize(
    ("why", "cron", "zone", "after", "fold", "ours", "theirs"),
    [
        (SECOND_PASS, "30 2 * * *", "Europe/Berlin", "2018-10-28 02:10", 1, "10-29 02:30", "10-28 02:30"),
        (SKIPPED, "*/30 0-1 10 3 *", "America/Havana", "2019-03-09 12:00", 0, "03-10 01:00", "03-10 00:00"),
        (
            ODD_CHANGE,
            "*/20 5 * * *",
            "Australia/Lord_Howe",
            "2019-10-06 01:50",
            0,
            "10-06 05:00",
            "10-06 05:40",
        ),
    ],
)
def test_each_kind_of_difference_is_there(cron_next, why, cron, zone, after, fold, ours, theirs):
    tz = ZoneInfo(zone)
    moment = datetime.fromisoformat(after).replace(tzinfo=tz, fold=fold)
    (found,), simulation = cron_next([(cron, moment)], zone), simulated(cron, moment)
    assert f"{found.astimezone(tz):%m-%d %H:%M}" == ours
    assert f"{simulation:%m-%d %H:%M}" == theirs
    assert reason(cron, moment, simulation, found) == why
    assert found == looked_for(cron, moment)


def test_a_step_after_a_range_of_one_does_not_leave_the_range(cron_next):
    noon = datetime(2018, 1, 1, 12, 5, tzinfo=UTC)
    assert cron_next([("5-5/2 * * * *", noon)], "UTC") == [noon.replace(hour=13)]
    assert simulated("5-5/2 * * * *", noon) == noon.replace(minute=7)


@pytest.mark.parametrize(
    "cron", ["0 0 12 * * *", "0 12 L * *", "0 12 LW * *", "0 12 * * FRI#2", "0 12 * * 5L"]
)
def test_what_is_beyond_debians_cron_is_refused(cron_next, cron):
    noon = datetime(2018, 1, 1, 12, tzinfo=UTC)
    assert simulated(cron, noon) is not None
    assert cron_next([(cron, noon)], "UTC") == [None]
