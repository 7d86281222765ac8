"""Servers that are away, or take only so much: waited for, and kept to."""

from broker import wait_until


def test_a_server_that_is_away_is_told_once_and_the_worker_stays_ready(stage):
    worker = stage.worker().start().wait_until_ready()
    stage.standin.trouble(refuse=True)
    stage.stream(keys=20).send(60)
    closed = worker.wait_for_line("server_closed")
    assert worker.metrics()["open_breakers"] == 1
    assert worker.is_ready()
    stage.standin.calm()
    stage.settle(30)

    metrics = worker.metrics()
    assert metrics["open_breakers"] == 0
    assert 1 <= metrics["concurrency_limit"] <= 16
    stage.stop_workers()
    assert closed["host"] == stage.standin.url.removeprefix("http://")
    assert closed["why"]
    assert len(worker.lines("server_closed")) == 1
    assert len(worker.lines("server_reopened")) == 1
    assert stage.judge().is_clean()


def test_a_limit_is_kept_to_before_the_server_has_to_refuse(stage):
    worker = stage.worker().start().wait_until_ready()
    stage.standin.set_up(rate_limit={"per_second": 40, "burst": 40, "by_address": True})
    stage.stream(keys=50).send(200)
    wait_until(lambda: worker.metrics()["waiting_records"] > 0, 20, "records wait")
    stage.settle(30)
    metrics = worker.metrics()
    assert metrics["rate_limited_total"] == 0
    assert metrics['post_attempts_total{verdict="rate_limited"}'] == 0
    stage.stop_workers()
    assert stage.judge().is_clean()
