"""
The set-ups that the recordings assume, with the recorded ids.

The recordings of 11.2 were made on two servers: the second one for what needs restarts, faults and
limits.  Tokens are called as in the recordings.
"""


def _direct(ids, one, other):
    """The channel between two accounts; it exists between a bot and who made it."""
    name = "__".join(sorted(ids.get(who, who) for who in (one, other)))
    return {"id": ids.get(f"{one}+{other}"), "name": name, "display_name": "", "type": "D",
            "members": [other, one]}


def _world(ids):
    """Accounts, teams and channels under their names; `ids` tells their ids."""
    def channel(name, display_name, members, **more):
        return {"id": ids.get(name), "name": name, "display_name": display_name,
                "team": "ireserve", "members": members, **more}

    bot, other = "ireserve-bot", "ander-bot"
    return {
        "people": [{"id": ids.get("beheer"), "username": "beheer", "token": "TOKEN(admin)"},
                   {"id": ids.get("anna"), "username": "anna", "token": "TOKEN(anna)"},
                   {"username": "bram", "token": "TOKEN(bram)"}],
        "bots": [{"id": ids.get(bot), "username": bot, "token": "TOKEN"},
                 {"id": ids.get(other), "username": other, "token": "TOKEN(bot2)"}],
        "teams": [{"id": ids.get("ireserve"), "name": "ireserve", "display_name": "i-Reserve"}],
        "channels": [
            channel("reserveringen", "Reserveringen", ["beheer", "anna", "bram", bot, other]),
            channel("livechat", "Livechat", ["beheer", "anna", bot, other]),
            channel("intern", "Intern", ["beheer", "anna", bot], type="P"),
            channel("geheim", "Geheim", ["beheer", "anna"]),
            channel("directie", "Directie", ["beheer", "anna"], type="P"),
            channel("oud", "Oud", ["beheer", bot], archived=True),
            _direct(ids, "beheer", bot),
            _direct(ids, "beheer", other),
        ],
    }


WORLD_11_2 = _world({
    "beheer": "5x6ebbtbp3rmdgdcpe4maxoosa", "anna": "r16urt3sb7d1mfw4gsj1uft78w",
    "ireserve-bot": "my1amemzp78xuxkeypnsrhe9bo", "ander-bot": "4hd9iwko3pft9bwgn3do5hakyh",
    "ireserve": "ykz1zi6xpjb778fzs6nxhwz67a", "reserveringen": "utpa86wcupdx7e555mjpg8zosh",
    "livechat": "yd95d4wqs7r77qeprbjfc1qecy", "intern": "5rwe3tfga3f7xkj3m6mstqonho",
    "geheim": "iteqzxtai7dhuyfaakuguy43tr", "directie": "onqcs3y933ggix83514ygmjs9a",
    "oud": "7gx91mu8z7gixmps6izkaa4f8a",
})

WORLD_11_2_FAULTS = _world({
    "ireserve-bot": "jqmbs35sz3gcbyxkxjd1xe485a", "ander-bot": "851ai83kpb89jy8nk1r6hbgknh",
    "ireserve": "efw3eauuj7n9uj58atmdq9duby", "reserveringen": "sqmgct4i6jdk3fs4ma8f8cxgda",
    "livechat": "3cc9h97t9truzj1tqwb1983mkh",
})

WORLD_5_37 = _world({
    "beheer": "4cxh3iqy7pfwuc14muny93d39a", "anna": "xg7p4ryycfg3xjdp3h337etpre",
    "ireserve-bot": "oyxnnyuodtftjccqz1ar8ydgfy", "ander-bot": "msr87iz9b7npbyz6ecgcx1zebh",
    "ireserve": "n5jrjbhyhpdxxm8swfwff9bm7r", "reserveringen": "5osdu4nxg7nrzfncqrcrz6s4uc",
    "livechat": "n556r4d9sprcub7qywi3jgs3bh", "intern": "z41egy541tr55byi6x6kqfkoac",
    "geheim": "7spc5gzd7p81jrodgsufzqdd9c", "directie": "s5tutts9ginu38xqobunchdtjh",
    "oud": "5tkqwia17jrhbxogwapy1etw1a",
})

# What more there was on the first server of 11.2 in the end.
DIRECT = {"id": "37qqfu6hmfbupy3r3bzg4hku5r", "type": "D", "display_name": "",
          "name": "my1amemzp78xuxkeypnsrhe9bo__r16urt3sb7d1mfw4gsj1uft78w",
          "members": ["ireserve-bot", "anna"]}
SECOND_TEAM = {"id": "qjfw91giijrmbmwpdebin5msaw", "name": "tweede", "display_name": "Tweede",
               "type": "I"}
SECOND_CHANNEL = {"id": "mus46gmabj8buesr7x9kut39xy", "name": "tweede-kanaal", "team": "tweede",
                  "display_name": "Tweede kanaal", "members": ["beheer", "ireserve-bot"]}


def with_more(world, **lists):
    """The same set-up and more."""
    return {**world, **{name: world[name] + more for name, more in lists.items()}}
