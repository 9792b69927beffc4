# SPDX-License-Identifier: Apache-2.0
"""A small writer of MONWRITE files, and a reader that only takes them apart into records.

Made from the format description alone; it shares no code with the program, so that what the program reads can be
checked against it.  Field offsets come from the CSV files in schema/layouts.

    f = MonFile()
    f.add("S", [record(0, 2, at(60), SYTPRP_PFXCPUAD=1, SYTPRP_PFXRUNCP=500), record(1, 11, at(60))])
    f.end()
    f.write("x.mon")                       # or write("x", form="rdw"): native, bare, rdw, monreader
"""
import csv
import glob
import os
import re
import struct

TOP = os.environ.get("TOP", os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
BLOCK = 4096
TOD_1970 = 0x7D91048BCA000000
START = 1710493200 * 10**6  # 2024-03-15 09:00:00 UTC, microseconds since 1970


def at(seconds, micros=0, fraction=0):
    """TOD clock so many seconds after the start of all scenes; fraction: the bits below the microsecond."""
    return TOD_1970 + (START + seconds * 10**6 + micros) * 4096 + fraction


def timer(seconds, micros=0):
    """A duration in TOD units."""
    return (seconds * 10**6 + micros) * 4096


class Field:
    def __init__(self, row):
        self.offset = int(row["offset"])
        self.length = int(row["length"]) if row["length"].isdigit() else None
        self.type = row["type"]
        count, _, step = row["array"].partition("/")
        self.count = int(count or 1)
        self.step = int(step or self.length or 0)
        self.group = row["group"]

    def encode(self, value):
        if isinstance(value, bytes):
            return value
        if self.type == "char":
            text = value.encode("cp037")
            return text.ljust(self.length, b"\x40") if self.length else text
        if self.type == "bcd":
            return bytes.fromhex(value)
        return (value % (1 << 8 * self.length)).to_bytes(self.length, "big")


class Layouts:
    """Fields of each record, read when they are first asked for."""

    def __init__(self, folder=None):
        self.folder = folder or os.path.join(TOP, "schema")
        self.known = {}
        self.lengths = {}
        with open(os.path.join(self.folder, "records.csv"), newline="") as f:
            for row in csv.DictReader(f):
                if not row["variant"] and row["length"].isdigit():
                    self.lengths[int(row["domain"]), int(row["record"])] = int(row["length"])

    def fields(self, domain, number):
        if (domain, number) not in self.known:
            fields = {}
            for path in glob.glob(os.path.join(self.folder, "layouts", "%02d-%02d-*.csv" % (domain, number))):
                if re.fullmatch(r"\d\d-\d\d-[A-Z0-9]+\.csv", os.path.basename(path)):
                    with open(path, newline="") as f:
                        fields = {row["name"]: Field(row) for row in csv.DictReader(f)}
            self.known[domain, number] = fields
        return self.known[domain, number]

    def length(self, domain, number):
        if (domain, number) in self.lengths:
            return self.lengths[domain, number]
        ends = [f.offset + (f.count - 1) * f.step + f.length for f in self.fields(domain, number).values()
                if f.length and not f.group]
        return max(ends, default=20)


layouts = Layouts()


def put(data, field, base, value):
    values = value if isinstance(value, (list, tuple)) else [value]
    for i, one in enumerate(values):
        raw = field.encode(one)
        place = base + field.offset + i * field.step
        data.extend(b"\0" * (place + len(raw) - len(data)))
        data[place:place + len(raw)] = raw


def record(domain, number, tod, length=None, entries=(), **values):
    """The bytes of a record.  length: of the whole, else that of the record list; longer where a value needs it.

    entries: (offset of the entry, {field: value}) for fields of groups.
    """
    fields = layouts.fields(domain, number)
    data = bytearray(length or layouts.length(domain, number))
    for name, value in values.items():
        put(data, fields[name], 0, value)
    for base, entry in entries:
        for name, value in entry.items():
            put(data, fields[name], base, value)
    if length:
        del data[length:]
    data[:20] = struct.pack(">HHBBHQ4x", len(data), 0, domain, 0, number, tod)
    return bytes(data)


def frames(records, start):
    """The image of the segment from address start on; returns it and the offset of each record in it.

    A frame that is followed by another one ends with 1/13.  Bytes behind it are left over from older use of the page:
    here copies of the first record, which must not be taken for data.
    """
    data = bytearray()
    offsets = []
    stale = records[0] if records else b"\xaa"
    for i, one in enumerate(records):
        room = BLOCK - (start + len(data)) % BLOCK
        last = i == len(records) - 1
        if len(one) + (0 if last else 20) > room:
            tod = struct.unpack_from(">Q", one, 8)[0]
            data += struct.pack(">HHBBHQ4x", 20, 0, 1, 0, 13, tod)
            data += (stale * (room // len(stale) + 1))[:room - 20]
        offsets.append(len(data))
        data += one
    return bytes(data), offsets


class MonFile:
    def __init__(self, address=0x09001000):
        self.blocks = []    # (offset, entry of 12 bytes, image) of each set, for the other forms
        self.data = bytearray()
        self.places = []    # (offset in the native file, record)
        self.controls = []  # offsets of the control records
        self.address = address
        self.messages = 0

    def add(self, *sets):
        """One control record and its data: kind, records, kind, records ..."""
        entries, images = b"", []
        self.controls.append(len(self.data))
        place = len(self.data) + BLOCK
        for kind, records in zip(sets[::2], sets[1::2]):
            image, offsets = frames(records, self.address)
            domains = 0
            for one in records:
                domains |= 0x8000 >> one[4]
            entry = struct.pack(">BHxII", ord(kind.encode("cp037")), domains, self.address,
                                self.address + len(image) - 1)
            self.blocks.append((kind, entry, image, records))
            self.places += [(place + at_, one) for at_, one in zip(offsets, records)]
            fill = -len(image) % BLOCK
            stale = records[0] if records else b"\xaa"
            images.append(image + (stale * (fill // len(stale) + 1))[:fill])
            entries += entry
            place += len(images[-1])
            self.address += len(images[-1])
        self.messages += 1
        head = struct.pack(">HBBI2s2xII20x", 1, 0x80, 9, self.messages, "SC".encode("cp037"), 0x09000000,
                           0x09000000 + len(entries) - 1)
        self.data += (head + entries).ljust(BLOCK, b"\0") + b"".join(images)
        return self

    def end(self):
        self.data += b"\0" * BLOCK
        return self

    def offset_of(self, domain, number, nth=0):
        """Where the nth record of this kind begins in the native file."""
        found = [place for place, one in self.places if (one[4], struct.unpack_from(">H", one, 6)[0]) == (domain, number)]
        return found[nth]

    def records(self):
        return [one for _, one in self.places]

    def form(self, name):
        if name == "native":
            return bytes(self.data)
        if name == "bare":
            return b"".join(self.records())
        if name == "rdw":
            return rdw(self.records())
        if name == "monreader":
            return b"".join(entry + image for _, entry, image, _ in self.blocks)
        raise ValueError(name)

    def write(self, path, form="native"):
        with open(path, "wb") as f:
            f.write(self.form(form))


def rdw(records):
    """The variable-record form: each record behind a descriptor word of its own."""
    return b"".join(struct.pack(">HH", len(one) + 4, 0) + one for one in records)


def control_records(data):
    """(place behind it and its data, entries) of each control record of a whole, undamaged native file.

    An entry: (kind, address of the first byte, of the last one, place of the first in the file)."""
    place = 0
    while place < len(data) and data[place + 40] in (0xE2, 0xC5):
        first, last = struct.unpack_from(">II", data, place + 12)
        packed = data[place + 40:place + 40 + last - first + 1]
        entries = []
        place += BLOCK
        for i in range(0, len(packed), 12):
            start, end = struct.unpack_from(">II", packed, i + 4)
            entries.append((packed[i:i + 1].decode("cp037"), start, end, place))
            place += (end - start + BLOCK) // BLOCK * BLOCK
        yield place, entries


def take_apart(data):
    """(kind, record) of each record of a whole, undamaged native file; 1/13 records are left out."""
    for _, entries in control_records(data):
        for kind, start, end, place in entries:
            address = start
            while address <= end:
                length, domain, number = struct.unpack_from(">HxxBxH", data, place + address - start)
                if (domain, number) == (1, 13):
                    address = (address | BLOCK - 1) + 1
                    continue
                yield kind, data[place + address - start:place + address - start + length]
                address += length
