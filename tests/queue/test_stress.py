import random
from concurrent.futures import ThreadPoolExecutor

from tests.conftest import Connection

from . import producers
from .helpers import contents, fill

TASKS, WORKERS = 50_000, 16


def drain_with_rollbacks(url, seed):
    """Work until every task has its effect; effects and ack commit together, one in eight does not."""
    rng, rolled_back = random.Random(seed), 0
    with Connection.open(url, autocommit=False) as db:
        while True:
            batch = db.rows("queue_dequeue", "work", rng.randint(1, 60), lease="10 minutes")
            if not batch:
                if db.value("select count(*) from test.effect") == TASKS:
                    return rolled_back
                db.commit()
                continue
            if first_commits := rng.random() < 0.5:
                db.commit()
            ids, attempts = [row.id for row in batch], [row.attempt for row in batch]
            db.execute("insert into test.effect (task) select unnest(%s::bigint[])", [ids])
            assert db.call("queue_ack_many", ids, attempts) == len(batch)
            if rng.random() < 1 / 8:
                db.rollback()
                rolled_back += 1
                if first_commits:
                    assert db.call("queue_nack_many", ids, attempts, delay="0") == len(batch)
            db.commit()


def test_16_workers_with_rollbacks_do_each_of_50000_tasks_once(db, db_url):
    db.execute("create table test.effect (nr bigint generated always as identity, task bigint)")
    db.call("queue_create", "work", max_attempts=0)
    made = {id for _ in range(10) for id in fill(db, "work", TASKS // 10)}
    with ThreadPoolExecutor(WORKERS) as pool:
        rolled_back = list(pool.map(drain_with_rollbacks, [db_url] * WORKERS, range(WORKERS)))
    assert sum(rolled_back) > 100
    done = [task for (task,) in db.execute("select task from test.effect order by nr")]
    assert len(done) == TASKS
    assert set(done) == made
    assert contents(db)[1:] == []


def test_late_commits_and_claims_taken_back_strand_no_task_and_deliver_each_once(db, db_url):
    db.call("queue_create", "work", max_attempts=0)
    outcome = producers.run(db_url, "work", seed=20)
    assert len(outcome.committed) > 10_000
    assert outcome.stranded() == set()
    assert outcome.delivered.keys() <= outcome.committed.keys(), "delivered, but rolled back"
    assert [id for id, times in outcome.delivered.items() if len(times) > 1] == []
    assert contents(db)[1:] == []
    assert outcome.waits()[-1] < 5, "while producers run, a late commit waits for seconds at most"
