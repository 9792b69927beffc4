# SPDX-License-Identifier: Apache-2.0
"""Compare what a spreadsheet program has in its cells with the plain CSV of the same reduction.

    sheet.py CSVDIR FODSDIR     FODS: flat OpenDocument, one file for each table

A text must be a cell with that text, a number one with that number, a time either of the two.
"""
import csv
import datetime
import glob
import os
import sys
import xml.etree.ElementTree as tree

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
NUMBERS = {"unsigned", "integer", "seconds", "real"}


def paragraph(node):
    """The text of a paragraph: blanks and tabs are elements of their own."""
    text = node.text or ""
    for child in node:
        if child.tag == TEXT + "s":
            text += " " * int(child.get(TEXT + "c", "1"))
        elif child.tag == TEXT + "tab":
            text += "\t"
        elif child.tag == TEXT + "line-break":
            text += "\n"
        else:
            text += paragraph(child)
        text += child.tail or ""
    return text


def value(cell):
    kind = cell.get(OFFICE + "value-type")
    if kind is None:
        return None
    if kind == "string":
        return cell.get(OFFICE + "string-value") or "\n".join(paragraph(p) for p in cell.findall(TEXT + "p"))
    if kind in ("float", "percentage", "currency"):
        return float(cell.get(OFFICE + "value"))
    return kind, cell.get(OFFICE + ("date-value" if kind == "date" else kind + "-value"))


def rows(path, width):
    sheet = tree.parse(path).getroot().find(".//" + TABLE + "table")
    for row in sheet.iter(TABLE + "table-row"):
        cells = []
        for cell in row:
            count = int(cell.get(TABLE + "number-columns-repeated", "1"))
            cells += [value(cell)] * min(count, width)
        for _ in range(min(int(row.get(TABLE + "number-rows-repeated", "1")), 100000)):
            yield cells[:width] + [None] * (width - len(cells))


def same(text, kind, got):
    if text == "":
        return got is None
    if kind == "time":
        if isinstance(got, tuple):
            # A spreadsheet counts days: it cannot tell microseconds.
            want = datetime.datetime.fromisoformat(text)
            return abs(datetime.datetime.fromisoformat(got[1][:26]) - want) < datetime.timedelta(milliseconds=1)
        return got == text
    if kind not in NUMBERS:
        return got == text
    # Numbers of more digits than a spreadsheet keeps are texts.
    return got == text if isinstance(got, str) else isinstance(got, float) and got == float(text)


def main():
    plain, sheets = sys.argv[1:3]
    kinds = {}
    with open(os.path.join(plain, "dictionary.csv"), newline="", encoding="utf-8") as f:
        for row in csv.DictReader(f):
            kinds[row["table"], row["column"]] = row["type"]
    cells = bad = texts = 0
    for path in sorted(glob.glob(os.path.join(plain, "VM*.csv"))):
        table = os.path.basename(path)[:-4]
        with open(path, newline="", encoding="utf-8") as f:
            want = list(csv.reader(f, strict=True))
        have = list(rows(os.path.join(sheets, table + ".fods"), len(want[0])))
        while have and not any(have[-1]):
            have.pop()
        if len(have) != len(want) or have[0] != want[0]:
            print(table, len(have), "rows, not", len(want))
            bad += 1
        for number, (a, b) in enumerate(zip(want[1:], have[1:])):
            for name, text, got in zip(want[0], a, b):
                cells += 1
                texts += isinstance(got, str)
                if not same(text, kinds[table, name], got):
                    bad += 1
                    if bad < 20:
                        print("%s row %d %s: %r, not %r" % (table, number + 1, name, got, text))
    print("%d differences in %d cells" % (bad, cells) if bad or not texts else "no value changed")


main()
