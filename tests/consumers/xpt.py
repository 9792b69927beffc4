# SPDX-License-Identifier: Apache-2.0
"""A reader of SAS transport files, version 5, written from their definition (SAS TS-140).

    columns, rows = read(path)      names of 8 characters; float, str or None; times as CSV has them
    variables(path)                 (name, label, format) of each variable
"""
import datetime
import struct

EPOCH = datetime.datetime(1960, 1, 1)
EMPTY = "0" * 30 + "  "


def header(name, numbers=EMPTY):
    return ("HEADER RECORD*******%-8sHEADER RECORD!!!!!!!%s" % (name, numbers)).encode()


def number(field):
    """IBM floating point; None for a missing value."""
    if field[1:] == bytes(7) and field[:1] in b"._ABCDEFGHIJKLMNOPQRSTUVWXYZ" and field[0]:
        return None
    fraction = int.from_bytes(field[1:], "big")
    assert fraction == 0 or fraction >> 52, "not normalised"
    value = fraction * 16.0 ** ((field[0] & 127) - 64 - 14)
    return -value if field[0] & 128 else value


def parse(data):
    assert len(data) % 80 == 0
    record = [data[i:i + 80] for i in range(0, 80 * 8, 80)]
    assert record[0] == header("LIBRARY") and record[4] == header("DSCRPTR")
    assert record[3] == header("MEMBER", "000000000000000001600000000140  ")
    count = int(record[7][54:58])
    assert record[7] == header("NAMESTR", "000000%04d00000000000000000000  " % count)
    variables, place = [], 0
    for i in range(count):
        at = 640 + 140 * i
        kind, _, width, order = struct.unpack_from(">4h", data, at)
        name, label, form = (data[at + a:at + b].decode().rstrip() for a, b in ((8, 16), (16, 56), (56, 64)))
        assert order == i + 1 and struct.unpack_from(">i", data, at + 84)[0] == place
        place += width
        variables.append((kind, width, name, label, form))
    assert len({v[2] for v in variables}) == count, "names are not unique"
    at = (640 + 140 * count + 79) // 80 * 80
    assert data[at:at + 80] == header("OBS")
    return variables, at + 80, place


def read(path):
    with open(path, "rb") as f:
        data = f.read()
    described, at, size = parse(data)
    rows = []
    for start in range(at, len(data) - size + 1, size):
        if data[start:start + size] == b" " * size:
            break
        row = []
        for kind, width, _, _, form in described:
            field = data[start:start + width]
            start += width
            if kind == 2:
                row.append(field.decode().rstrip(" "))
                continue
            value = number(field)
            if form == "DATETIME" and value is not None:
                value = (EPOCH + datetime.timedelta(microseconds=round(value * 1e6))).strftime("%Y-%m-%d %H:%M:%S.%f")
            row.append(value)
        rows.append(row)
    return [v[2] for v in described], rows


def variables(path):
    with open(path, "rb") as f:
        return [v[2:] for v in parse(f.read())[0]]
