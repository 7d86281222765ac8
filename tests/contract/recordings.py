"""The recordings in their folder."""
import json
import pathlib

FOLDER = pathlib.Path(__file__).parents[1] / "recorded"
VERSIONS = ("11.2", "5.37")


def load(version, area):
    """A recording: its exchanges, each with all the headers of its answer."""
    recording = json.loads((FOLDER / version / f"{area}.json").read_text())
    common = recording.get("common_headers", [])
    for exchange in recording["exchanges"]:
        answer = exchange.get("response", {})
        if "headers" in answer and not answer.get("all_headers"):
            given = {name for name, _ in answer["headers"]}
            answer["headers"] += [pair for pair in common if pair[0] not in given]
    return recording["exchanges"]
