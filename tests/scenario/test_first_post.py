"""The whole path, calmly: every notification becomes one post, and the probes tell the truth."""


def test_notifications_become_posts_once_and_in_order(stage):
    worker = stage.worker().start()
    worker.wait_until_ready()
    stage.stream(keys=20).send(200)
    stage.settle(30)
    stage.stop_workers()

    result = stage.judge()
    assert result.is_clean()
    assert result.posted == 200
    assert stage.committed() == stage.ends()


def test_the_log_and_the_metrics_tell_what_was_done(stage):
    worker = stage.worker().start().wait_until_ready()
    stage.stream(keys=5).send(30)
    stage.settle(30)

    posted = f'records_total{{topic="{stage.topic}",outcome="posted"}}'
    assert worker.metrics()[posted] == 30
    assert worker.metrics()["assigned_partitions"] == stage.partitions
    stage.stop_workers()
    delivered = worker.lines("delivered")
    assert len(delivered) == 30
    assert {line["http"] for line in delivered} == {201}
    assert {line["post"] for line in delivered} == {post["post_id"] for post in stage.standin.journal()}


def test_records_from_before_the_first_start_are_delivered(stage):
    stage.stream(keys=5).send(20)
    stage.worker().start()
    stage.settle(30)
    stage.stop_workers()
    assert stage.judge().is_clean()


def test_a_worker_that_starts_before_its_broker_waits_for_it(make_stage, stage):
    stage.stream(keys=5).send(20)
    stage.cluster.brokers[0].stop()
    worker = stage.worker().start()
    worker.wait_for_line("started")
    stage.let_pass(1)
    assert not worker.is_ready()

    stage.cluster.start()
    worker.wait_until_ready()
    stage.settle(30)
    stage.stop_workers()
    assert stage.judge().is_clean()


def test_posts_land_in_the_channels_of_their_types(stage):
    worker = stage.worker().start().wait_until_ready()
    stage.stream(keys=10).send(40)
    stage.settle(30)
    stage.stop_workers()

    used = {post["channel_id"] for post in stage.standin.journal()}
    assert used == set(stage.channels.values())
    assert {line["licence"] for line in worker.lines("delivered")} == set(stage.licences())
