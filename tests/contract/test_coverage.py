"""Every recording is either replayed or has a reason why not, and the table says so."""
import pathlib

import pytest

import covered
import plan
import recordings
from recordings import VERSIONS

EVERY = [(version, area) for version in VERSIONS for area in covered.AREAS]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_recording_has_a_plan(version):
    assert {file.stem for file in (recordings.FOLDER / version).iterdir()} == set(covered.AREAS)


@pytest.mark.parametrize("version, area", EVERY)
def test_every_exchange_is_replayed_or_has_a_reason(version, area):
    assert [note for note, reason in covered.not_replayed(version, area) if not reason] == []


@pytest.mark.parametrize("area", covered.AREAS)
@pytest.mark.parametrize("name", covered.TABLES)
def test_plans_speak_of_recorded_exchanges_only(area, name):
    notes = {each["note"] for version in VERSIONS for each in recordings.load(version, area)}
    assert [each for each in covered.table(area, name) if plan.is_stale(each, notes)] == []


@pytest.mark.parametrize("area", covered.AREAS)
def test_exchanges_that_are_replayed_elsewhere_are(area):
    for test in covered.table(area, "ELSEWHERE").values():
        assert callable(getattr(covered.plan_of(area), test))


def test_the_table_is_up_to_date():
    written = pathlib.Path(__file__).with_name("COVERAGE.md").read_text()
    assert written == "\n".join(covered.page()) + "\n"
