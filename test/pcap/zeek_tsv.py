# SPDX-License-Identifier: BSD-3-Clause
"""Zeek's TSV logs read as zeek-cut does it, and turned into what the JSON log of the same has.

By the header alone: separators, what is unset and empty, names and types of fields. Headers may come
again, as in files strung together.
"""
import re

NUMBERS = {"count": int, "port": int, "int": int, "time": float, "interval": float, "double": float}


def unescaped(text):
    """Bytes written as \\xNN stand for themselves, \\\\ is a backslash."""
    return re.sub(rb"\\x([0-9a-f]{2})|\\\\",
                  lambda m: bytes.fromhex(m[1].decode()) if m[1] else b"\\", text)


class Reader:
    def __init__(self):
        self.meta, self.separator = {}, b"\t"

    def header(self, line):
        key, _, rest = line[1:].partition(b" " if line.startswith(b"#separator") else self.separator)
        self.meta[key.decode()] = rest
        if key == b"separator":
            self.separator = unescaped(rest)

    def names(self, key):
        return self.meta[key].decode().split(self.separator.decode())

    def scalar(self, kind, cell):
        if kind == "bool":
            return {b"T": True, b"F": False}[cell]
        if kind in NUMBERS:
            return NUMBERS[kind](cell)
        return "" if cell == self.meta["empty_field"] else unescaped(cell)

    def value(self, kind, cell):
        many = re.fullmatch(r"(?:set|vector)\[(\w+)\]", kind)
        if not many:
            return self.scalar(kind, cell)
        if cell == self.meta["empty_field"]:
            return []
        return [self.scalar(many[1], c) for c in cell.split(self.meta["set_separator"])]

    def record(self, line):
        cells = line.split(self.separator)
        fields, types = self.names("fields"), self.names("types")
        if not len(cells) == len(fields) == len(types):
            raise ValueError(f"{len(cells)} cells, {len(fields)} fields, {len(types)} types")
        return {f: self.value(t, c) for f, t, c in zip(fields, types, cells)
                if c != self.meta["unset_field"]}


def records(data):
    """The records of a whole log (bytes), unset fields left out; texts are bytes."""
    reader = Reader()
    if not data.endswith(b"\n"):
        raise ValueError("the last line is cut")
    for line in data[:-1].split(b"\n"):
        if line.startswith(b"#"):
            reader.header(line)
        else:
            yield reader.record(line)
    if "close" not in reader.meta:
        raise ValueError("no #close")


def cut(data, *fields):
    """As zeek-cut: the cells of these fields as they stand."""
    reader = Reader()
    for line in data.splitlines():
        if line.startswith(b"#"):
            reader.header(line)
        else:
            cells = dict(zip(reader.names("fields"), line.split(reader.separator)))
            yield [cells[f] for f in fields]


UNWANTED = re.compile("[\x7f-\x9f\ue000-\uf8ff\ufff0-\uffff]")


def as_json(value):
    """A value of records() as the JSON log has it: bytes that are no clean UTF-8 are \\xNN there."""
    if isinstance(value, list):
        return [as_json(v) for v in value]
    if not isinstance(value, bytes):
        return value
    try:
        text = value.decode()
        if not UNWANTED.search(text):
            return text.replace("\0", "\\x00")
    except UnicodeDecodeError:
        pass
    return re.sub("[\0\x7f-\xff]", lambda m: f"\\x{ord(m[0]):02x}", value.decode("latin-1"))
