"""The JSON Schema of an event and the decoder say the same of every example.

    schema_test.py DECODE_CASE schemas/TYPE

Both are asked about each file in examples/ (valid-*.json, invalid-*.json), and about what becomes of
examples/valid-full.json when one member at a time is absent, of another type, or just as long as it
may be and one longer.  Where both refuse, the decoder names a member that the schema complains of.

A schema is whole, so that a producer needs no other file to use it.  What it says of the envelope is
what that of notifications says.
"""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile

from jsonschema import Draft202012Validator

NOTIFICATION = "nl.ireserve.notification.v1"
OTHERS = [None, True, 0, -1.5, 18446744073709551615, "", " ", "x", "é😀", "\n", [], [None], [{}], {}]


def name_of(path):
    """A path in JSON as the decoder writes it, such as data.fields[3].title."""
    words = ""
    for step in path:
        words += f"[{step}]" if isinstance(step, int) else f".{step}"
    return words.removeprefix(".")


def complaints(validator, document):
    """The names of the members that the schema complains of."""
    names = set()
    for error in validator.iter_errors(document):
        path = list(error.absolute_path)
        if error.validator == "required":
            names |= {name_of(path + [name]) for name in error.validator_value if name not in error.instance}
        else:
            names.add(name_of(path))
    return names


def paths_of(value, path=()):
    """The paths of all members and elements below a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in items:
        yield path + (key,)
        yield from paths_of(member, path + (key,))


def parent_of(document, path):
    for step in path[:-1]:
        document = document[step]
    return document


def changed(document, path, value):
    result = copy.deepcopy(document)
    parent_of(result, path)[path[-1]] = value
    return result


def limit_of(schema, path):
    """What the schema says of the length of a member: its maxLength or maxItems."""
    here = [schema]
    for step in path:
        name = "items" if isinstance(step, int) else step
        below = [part if name == "items" else part.get("properties", {}) for part in here]
        here = resolved(schema, [part[name] for part in below if name in part])
    return next((part[word] for part in here for word in ("maxLength", "maxItems") if word in part), None)


def resolved(schema, parts):
    """The parts of a schema and what they refer to."""
    targets = [schema["$defs"][part["$ref"].removeprefix("#/$defs/")] for part in parts if "$ref" in part]
    return parts + (resolved(schema, targets) if targets else [])


def mutations(schema, document):
    for path in paths_of(document):
        name = name_of(path)
        yield f"without {name}", changed_without(document, path)
        for other in OTHERS:
            yield f"{name} = {json.dumps(other)}", changed(document, path, other)
        limit = limit_of(schema, path)
        value = parent_of(document, path)[path[-1]]
        if limit is None:
            continue
        for length in (limit, limit + 1):
            if isinstance(value, list):
                yield f"{name} of {length}", changed(document, path, (value * length)[:length])
                continue
            for filler in "aé":
                long = value + filler * (length - len(value))
                yield f"{name} of {length} {filler}", changed(document, path, long)


def changed_without(document, path):
    result = copy.deepcopy(document)
    del parent_of(result, path)[path[-1]]
    return result


def decode(decoder, texts):
    """What the decoder makes of each text."""
    with tempfile.TemporaryDirectory() as folder:
        files = [pathlib.Path(folder, f"{i}.json") for i in range(len(texts))]
        for file, text in zip(files, texts):
            file.write_text(text, encoding="utf-8")
        answer = subprocess.run([decoder, "--print", *files], check=True, stdout=subprocess.PIPE)
    return [json.loads(line) for line in answer.stdout.splitlines()]


def disagreement(names, answer):
    """In words, or nothing."""
    if (answer["answer"] == "read") != (not names):
        return f"the schema complains of {sorted(names)}, the decoder says {answer}"
    if answer["answer"] == "unreadable" and answer["field"] not in names:
        return f"the schema complains of {sorted(names)}, the decoder of {answer['field']}"
    return None


def envelope(folder):
    """What the schema in a folder says of an event but for its type and data."""
    schema = json.loads((folder / "schema.json").read_text(encoding="utf-8"))
    attributes = {name: says for name, says in schema["properties"].items() if name not in ("type", "data")}
    return schema["required"], attributes, schema["$defs"]["name"], schema["$defs"]["time"]


def main(decoder, folder):
    folder = pathlib.Path(folder)
    schema = json.loads((folder / "schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    failures = []

    cases = [(file.name, file.read_text(encoding="utf-8")) for file in sorted((folder / "examples").iterdir())]
    examples = len(cases)
    full = json.loads((folder / "examples" / "valid-full.json").read_text(encoding="utf-8"))
    cases += [(name, json.dumps(document, ensure_ascii=False)) for name, document in mutations(schema, full)]
    for i, ((name, text), answer) in enumerate(zip(cases, decode(decoder, [text for _, text in cases]))):
        names = complaints(validator, json.loads(text))
        words = disagreement(names, answer)
        if i < examples and name.startswith("valid-") == bool(names):
            words = f"its name says otherwise, the schema complains of {sorted(names)}"
        if words:
            failures.append(f"{name}: {words}")

    if schema["$id"] != f"urn:ireserve:schema:{folder.name}" or schema["properties"]["type"]["const"] != folder.name:
        failures.append("schema.json: it is of another type than its folder says")
    if envelope(folder) != envelope(folder.parent / NOTIFICATION):
        failures.append(f"schema.json: it says something else of the envelope than that of {NOTIFICATION}")

    print(*failures, f"{examples} examples, {len(cases) - examples} variations", sep="\n")
    return 1 if failures or not examples else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
