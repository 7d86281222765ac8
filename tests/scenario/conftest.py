"""Fixtures: a broker for each file of scenarios, a stage for each scenario."""

import pytest
from launcher import Cluster

from harness.stage import Stage

STAGES = pytest.StashKey()


@pytest.fixture(scope="module")
def cluster():
    """One broker, shared by the scenarios of a file."""
    with Cluster() as started:
        yield started


@pytest.fixture
def make_stage(cluster, tmp_path, request):
    """Makes stages; at the end each is searched for secrets."""
    made = request.node.stash.setdefault(STAGES, [])

    def make(on=cluster, **options):
        folder = tmp_path / f"stage-{len(made)}"
        folder.mkdir()
        made.append(Stage(on, folder, **options))
        return made[-1]

    yield make
    for stage in made:
        stage.close()
    for stage in made:
        stage.judge_secrets()


@pytest.fixture
def stage(make_stage):
    """A stage as most scenarios want it."""
    return make_stage()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """Adds what the processes said to the report of a scenario that failed."""
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for stage in item.stash.get(STAGES, []):
            report.sections.append(("what the processes said", stage.describe()))
