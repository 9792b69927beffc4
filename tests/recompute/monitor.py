# SPDX-License-Identifier: Apache-2.0
"""Monitor files as lists of sets: taken apart, changed, and written again."""
import struct

from mkmon import BLOCK, MonFile, control_records


def header(record):
    """(domain, number, time) of a record."""
    return record[4], struct.unpack_from(">H", record, 6)[0], struct.unpack_from(">Q", record, 8)[0]


def take_sets(data):
    """[(kind, [record, ...]), ...] of a native file; what a cut left of the last set comes too."""
    sets, begin = [], 0
    for place, entries in control_records(data + bytes(-len(data) % BLOCK + BLOCK)):
        if begin + BLOCK > len(data):       # the control record itself is cut
            break
        begin = place
        for kind, start, end, place in entries:
            records, address = [], start
            while address <= end:
                at = place + address - start
                if at + 20 > len(data):
                    break
                length, domain, number = struct.unpack_from(">HxxBxH", data, at)
                if (domain, number) == (1, 13):
                    address = (address | BLOCK - 1) + 1
                    continue
                if at + length > len(data):
                    break
                records.append(bytes(data[at:at + length]))
                address += length
            sets.append((kind, records))
    return sets


def write(sets, path, end=True):
    f = MonFile()
    for kind, records in sets:
        if records:
            f.add(kind, records)
    if end:
        f.end()
    f.write(path)


def samples(sets):
    """Indexes of the sets that end a sample, in order."""
    found, initial = [], False
    for n, (kind, records) in enumerate(sets):
        kinds = [header(one)[:2] for one in records]
        initial = initial or (1, 1) in kinds
        if (1, 11) in kinds and kind == "S":
            if not initial:
                found.append(n)
            initial = False
    return found


def without(sets, chosen):
    """A copy without the records for which chosen(sample, domain, number, record) holds; samples count from 1."""
    number, result = 0, []
    places = set(samples(sets))
    for n, (kind, records) in enumerate(sets):
        result.append((kind, [one for one in records if not chosen(number + 1, *header(one)[:2], one)]))
        number += n in places
    return result


def change(sets, chosen, edit):
    """A copy in which edit(bytearray) has changed the records for which chosen(...) holds."""
    number, result = 0, []
    places = set(samples(sets))
    for n, (kind, records) in enumerate(sets):
        new = []
        for one in records:
            if chosen(number + 1, *header(one)[:2], one):
                one = bytearray(one)
                edit(one)
                one = bytes(one)
            new.append(one)
        result.append((kind, new))
        number += n in places
    return result


def parts(sets):
    """Each sample with the event sets before it; the configuration apart: what belongs together where intervals go."""
    groups, open_group, initial = [], [], False
    for kind, records in sets:
        kinds = [header(one)[:2] for one in records]
        initial = initial or (1, 1) in kinds
        open_group.append((kind, records))
        if (1, 11) in kinds and kind == "S":
            groups.append(("configuration" if initial else "sample", open_group))
            open_group, initial = [], False
    if open_group:
        groups.append(("rest", open_group))
    return groups
