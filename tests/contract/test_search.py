"""Searches: what PostgreSQL would find; the recorded ones are in test_get_posts.py."""
import json

import pytest

from standin import Standin

TEAM = "teamteamteamteamteamteamte"
WORLD = {
    "people": [{"username": "anna", "token": "TOKEN(anna)"}],
    "bots": [{"username": "bot", "token": "TOKEN"}],
    "teams": [{"id": TEAM, "name": "team"}],
    "channels": [{"name": "open", "team": "team", "members": ["bot", "anna"]},
                 {"name": "tweede", "team": "team", "members": ["bot", "anna"]},
                 {"name": "zonder", "team": "team", "members": ["anna"]}],
}


class Desk:
    """Posts and searches."""

    def __init__(self, standin):
        self.standin = standin
        self.channels = standin.control("setup", WORLD)["channels"]

    def ask(self, token, method, path, body=None):
        status, _, answer = self.standin.ask({
            "method": method, "path": f"/api/v4/{path}",
            "headers": {"Authorization": f"Bearer {token}"},
            "body": None if body is None else json.dumps(body).encode()})
        return status, json.loads(answer)

    def post(self, message, channel="open", token="TOKEN", **fields):
        self.standin.control("clock", {"advance_ms": 1})
        status, post = self.ask(token, "POST", "posts", {
            "channel_id": self.channels[channel], "message": message, **fields})
        assert status == 201
        return post["id"]

    def search(self, terms, **fields):
        """What is found, the newest first."""
        status, found = self.ask("TOKEN", "POST", f"teams/{TEAM}/posts/search",
                                 {"terms": terms, **fields})
        assert status == 200
        return [found["posts"][post]["message"] for post in found["order"]]


@pytest.fixture(name="desk")
def fixture_desk():
    with Standin("11.2", WORLD) as standin:
        yield Desk(standin)


def test_words_are_found_in_any_order_and_case(desk):
    desk.post("Familie De Vries")
    desk.post("de familie Jansen")
    assert desk.search("familie vries") == ["Familie De Vries"]
    assert desk.search("VRIES jansen", is_or_search=True) == ["de familie Jansen",
                                                              "Familie De Vries"]
    assert desk.search("famil") == []


def test_a_phrase_is_found_side_by_side_only(desk):
    desk.post("gesprek met Jan Jansen")
    assert desk.search('"jan jansen"') == ["gesprek met Jan Jansen"]
    assert desk.search('"gesprek jansen"') == []


def test_a_hyphen_makes_a_phrase_of_its_parts(desk):
    desk.post("gesprek c-d10293")
    desk.post("c en dan d10293")
    assert desk.search('"c-d10293"') == ["gesprek c-d10293"]
    assert desk.search("c-d10293") == ["c en dan d10293", "gesprek c-d10293"]


def test_numbers_may_have_signs_as_they_have_for_postgresql(desk):
    desk.post("gesprek c-10293")
    desk.post("gesprek c_10293")
    assert desk.search('"c-10293"') == ["gesprek c_10293"]


def test_props_are_not_searched(desk):
    desk.post("hoi", props={"ireserve": {"conversation": "geheim"}})
    assert desk.search("geheim") == []


def test_deleted_posts_are_not_found_nor_what_was_said_before_an_edit(desk):
    gone = desk.post("eerst weg")
    edited = desk.post("eerst anders")
    desk.ask("TOKEN", "DELETE", f"posts/{gone}")
    desk.ask("TOKEN", "PUT", f"posts/{edited}/patch", {"message": "nu zo"})
    assert desk.search("eerst") == []
    assert desk.search("nu zo") == ["nu zo"]


def test_it_is_searched_where_the_asker_is_a_member(desk):
    desk.post("gast", "zonder", "TOKEN(anna)")
    assert desk.search("gast") == []


def test_filters_choose_channels_and_authors(desk):
    desk.post("gast een")
    desk.post("gast twee", "tweede", "TOKEN(anna)")
    assert desk.search("in:tweede gast") == ["gast twee"]
    assert desk.search("from:bot gast") == ["gast een"]
    assert desk.search("in:tweede") == ["gast twee"]
    assert desk.search("in:nergens gast") == []


def test_nothing_is_found_by_signs_alone_and_no_terms_are_refused(desk):
    desk.post("hoi")
    assert desk.search("...") == []
    assert desk.ask("TOKEN", "POST", f"teams/{TEAM}/posts/search", {"terms": ""})[0] == 400
