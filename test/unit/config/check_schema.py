#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The JSON Schema says what the program says: of the sample, and of each key at and beyond its bounds.

usage: check_schema.py CONFIG_VERDICT SAMPLE SCHEMA

Exit status 77 (skipped) without python3-jsonschema.
"""
import json
import os
import subprocess
import sys
import tempfile

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("no python3-jsonschema (2020-12)")
    sys.exit(77)

STRANGE = [None, True, False, 0, 1, -1, 1.5, 2.0, 1e300, "", "x", [], [1], [1, 1], [0], [65536], ["x"],
           [1.0], [None], [[]], {}, {"a": 1}, "12", "0-9", "A-Z", "a;b"]
DEVICES = ["net_null0", "net_pcap0,rx_pcap=a.pcap,rx_pcap=b c.pcap", "0000:03:00.0", "03:00.7,a=1", "a3:Bc:0f.1"]
NOT_DEVICES = ["", "eth0", "net_", "net_A", "net_null0,", "net_null0,a,", ",net_null0", "net_null0 ", "0000:03:00.8",
               "0:03:00.0", "3:00.0", "03:00", "03:00.0x", "net_null0,\"", "net_null0,\u00eb", "net_null0,\n",
               "net_null0,\\"]


def values(schema):
    """Of every kind, and close to the bounds."""
    yield from STRANGE
    for bound in ("minimum", "maximum"):
        if bound in schema:
            at = schema[bound]
            yield from (at, at - 1, at + 1, at - 0.5, at + 0.5, at - 0.01, at + 0.01, str(at))
    yield from schema.get("enum", [])
    if "maxLength" in schema:
        most = schema["maxLength"]
        yield from ("x" * most, "x" * (most + 1), "a b", 'a"b', "a\\b", "a\tb", "[~]", "\x7f", "\u00eb", "a\nb", "1" * most, "1" * (most + 1), "0-9,10", "a-z", "a_Z")
    if schema["type"] == "array":
        for n in (schema["maxItems"], schema["maxItems"] + 1):
            yield list(range(1, n + 1))
            yield [f"8.8.{i}.0/24" for i in range(n)]
        yield ["8.8.8.8", "2a00::/16"]
        for n in (schema["maxItems"], schema["maxItems"] + 1):
            yield [f"{i}/tcp" for i in range(1, n + 1)]
        for port in (0, 1, 9, 10, 9999, 10000, 59999, 60000, 64999, 65000, 65499, 65500, 65529,
                     65530, 65535, 65536, 65540, 65600, 66000, 70000, 99999, 100000, "01", ""):
            yield [f"{port}/tcp", f"{port}/udp"]
        yield from (["1/sctp"], ["1/tcp "], ["1/TCP"], ["-1/tcp"], ["1/tcp", "1/tcp"])
    if "net_" in schema.get("items", {}).get("pattern", ""):
        yield from ([d] for d in DEVICES + NOT_DEVICES)
        yield from (DEVICES, [DEVICES[0]] * 2, [f"net_null{i}" for i in range(8)], [f"net_null{i}" for i in range(9)])
        yield from (["net_null0," + "x" * 501], ["net_null0," + "x" * 502])


def nested(path, value):
    for part in reversed(path):
        value = {part: value}
    return value


def documents(schema, path=()):
    """A document for each value of each key, and unknown keys at each level."""
    for strange in STRANGE:
        yield nested(path, {"bogus": strange})
        if path:
            yield nested(path, strange)
    for key, sub in schema["properties"].items():
        if sub["type"] == "object":
            yield from documents(sub, path + (key,))
        else:
            for value in values(sub):
                yield nested(path + (key,), value)


def verdicts(program, docs):
    with tempfile.TemporaryDirectory() as tmp:
        paths = [os.path.join(tmp, f"{i}.json") for i in range(len(docs))]
        for path, doc in zip(paths, docs):
            with open(path, "w", encoding="ascii") as f:
                json.dump(doc, f)
        said = subprocess.run([program, *paths], check=True, capture_output=True, text=True).stdout
    return [line == "ok" for line in said.splitlines()]


def main():
    program, sample_path, schema_path = sys.argv[1:]
    with open(sample_path, encoding="utf-8") as f:
        sample = json.load(f)
    with open(schema_path, encoding="utf-8") as f:
        schema = json.load(f)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    docs = [sample, *documents(schema)]
    wrong = 0
    for doc, ok in zip(docs, verdicts(program, docs), strict=True):
        if validator.is_valid(doc) != ok:
            wrong += 1
            print(f"the program says {'ok' if ok else 'bad'}, the schema does not: {json.dumps(doc)[:200]}")
    if not validator.is_valid(sample):
        wrong += 1
        print("the sample is not valid")
    print(f"{len(docs)} documents, {wrong} judged differently")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
