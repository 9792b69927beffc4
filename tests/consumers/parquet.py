# SPDX-License-Identifier: Apache-2.0
"""A reader of Parquet written from the format's definition: pages plain or gzip, PLAIN and dictionary encodings, one
level of optional columns.  It checks what a lenient reader passes over: checksums, sizes, counts, both magic words.

    columns, rows = read(path)
"""
import datetime
import struct
import zlib

EPOCH = datetime.datetime(1970, 1, 1)


class Thrift:
    """Thrift's compact protocol: structures as dictionaries by field id."""

    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def byte(self):
        self.at += 1
        return self.data[self.at - 1]

    def varint(self):
        value = shift = 0
        while True:
            b = self.byte()
            value |= (b & 127) << shift
            shift += 7
            if b < 128:
                return value

    def signed(self):
        n = self.varint()
        return n >> 1 ^ -(n & 1)

    def value(self, kind):
        if kind in (1, 2):
            return kind == 1
        if kind == 3:
            return self.byte()
        if kind in (4, 5, 6):
            return self.signed()
        if kind == 8:
            size = self.varint()
            self.at += size
            return bytes(self.data[self.at - size:self.at])
        if kind == 9:
            head = self.byte()
            size = head >> 4 if head >> 4 != 15 else self.varint()
            return [self.value(head & 15) for _ in range(size)]
        if kind == 12:
            return self.struct()
        raise ValueError("type %d" % kind)

    def struct(self):
        fields, last = {}, 0
        while True:
            head = self.byte()
            if head == 0:
                return fields
            last = last + (head >> 4) if head >> 4 else self.signed()
            fields[last] = self.value(head & 15)


def hybrid(data, at, width, count):
    """count values of the run-length and bit-packed encoding."""
    out, t = [], Thrift(data, at)
    while len(out) < count:
        head = t.varint()
        if head & 1:
            size = (head >> 1) * width
            bits = int.from_bytes(data[t.at:t.at + size], "little")
            t.at += size
            out += [bits >> width * i & (1 << width) - 1 for i in range((head >> 1) * 8)]
        else:
            size = (width + 7) // 8
            out += [int.from_bytes(data[t.at:t.at + size], "little")] * (head >> 1)
            t.at += size
    return out[:count]


def texts(data, at, count):
    out = []
    for _ in range(count):
        size = struct.unpack_from("<I", data, at)[0]
        out.append(data[at + 4:at + 4 + size].decode())
        at += 4 + size
    assert at == len(data), "bytes behind the last text"
    return out


def plain_values(kind, data, at, count):
    if kind == 6:
        return texts(data, at, count)
    code = {1: "i", 2: "q", 5: "d"}[kind]
    assert len(data) - at == count * struct.calcsize("<" + code)
    return struct.unpack_from("<%d%s" % (count, code), data, at)


def page(data, at, codec):
    t = Thrift(data, at)
    head = t.struct()
    body = data[t.at:t.at + head[3]]
    assert len(body) == head[3] and zlib.crc32(body) == head[4] & 0xFFFFFFFF, "page checksum"
    plain = zlib.decompress(body, 31) if codec == 2 else body
    assert len(plain) == head[2], "page size"
    return head, plain, t.at + head[3]


def cell(kind, schema, value):
    logical = schema.get(10, {})
    if kind == 6:
        return value
    if 8 in logical:
        return (EPOCH + datetime.timedelta(microseconds=value)).strftime("%Y-%m-%d %H:%M:%S.%f")
    if 10 in logical:
        assert logical[10] == {1: 64, 2: False}
        return value & (1 << 64) - 1
    return value


def chunk(data, meta, schema, rows):
    kind, codec, end = meta[1], meta[4], meta[9]
    words = None
    if 11 in meta:
        head, body, end = page(data, meta[11], codec)
        assert head[1] == 2 and end == meta[9]
        words = plain_values(kind, body, 0, head[7][1])
        assert len(set(words)) == len(words) or kind == 5, "words of the dictionary that come twice"
    head, body, end = page(data, meta[9], codec)
    assert head[1] == 0 and head[5][1] == rows == meta[5]
    assert end - meta.get(11, meta[9]) == meta[7], "size of the chunk"
    size = struct.unpack_from("<I", body)[0]
    levels = hybrid(body, 4, 1, rows)
    count = sum(levels)
    assert rows - count == meta[12][3], "number of empty cells"
    at = 4 + size
    if words is not None and head[5][2] == 8:
        values = [words[i] for i in hybrid(body, at + 1, body[at], count)]
    else:
        values = plain_values(kind, body, at, count)
    if 5 in meta[12]:
        low, high = (struct.unpack("<q", meta[12][i])[0] for i in (6, 5))
        assert (low, high) == (min(values), max(values)), "statistics"
    values = iter(values)
    return [cell(kind, schema, next(values)) if level else None for level in levels]


def read(path):
    with open(path, "rb") as f:
        data = f.read()
    assert data[:4] == data[-4:] == b"PAR1"
    size = struct.unpack("<I", data[-8:-4])[0]
    footer = Thrift(data, len(data) - 8 - size)
    meta = footer.struct()
    assert footer.at == len(data) - 8, "size of the footer"
    schema = meta[2][1:]
    assert meta[2][0][5] == len(schema) == len(meta[7])
    rows = []
    for group in meta[4]:
        columns = [chunk(data, c[3], s, group[3]) for c, s in zip(group[1], schema)]
        assert [c[3][3] for c in group[1]] == [[s[4]] for s in schema]
        rows += zip(*columns)
    assert len(rows) == meta[3]
    return [s[4].decode() for s in schema], rows


def meaning(path):
    """The key/value pairs of the footer."""
    with open(path, "rb") as f:
        data = f.read()
    size = struct.unpack("<I", data[-8:-4])[0]
    meta = Thrift(data, len(data) - 8 - size).struct()
    return {p[1].decode(): p[2].decode() for p in meta[5]}, meta[6].decode(), len(meta[4])
