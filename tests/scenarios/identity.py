# SPDX-License-Identifier: Apache-2.0
"""systems.csv: who data belongs to, by serial number, alternates and name; and who it belongs to without."""
from scenes import small
from story import compare, reduce, row, same, told


def site(text):
    with open("systems.csv", "w", encoding="ascii") as f:
        f.write(text)


def who(what, out, sysid, orgsysid, model):
    """Every row of every table carries the identity."""
    for name in out.tables():
        same("%s: %s" % (what, name), {(r["SYSID"], r["ORGSYSID"], r["CPUMODEL"]) for r in out.rows(name)},
             {(sysid, orgsysid, model)})
    same(what + ": manifest", [(s["sysid"], s["orgsysid"], s["cpumodel"]) for s in out.manifest["systems"]],
         [(sysid, orgsysid, model or None)])
    print("%s: %s" % (what, sysid))


small().write("x.mon")
small(serial="0ABCDE").write("other.mon")
small(system="STRANGE", serial="0ABCDE").write("strange.mon")
small(skip=(4,), serial="0ABCDE").write("nameless.mon")
small(skip=(4, 5)).write("nobody.mon")
small(skip=(5,)).write("noserial.mon")

# Without the file: 1/4, else the serial of 1/5, else UNKNOWN.
who("name", reduce("x.mon"), "TESTVM", "TESTVM", "2097-E12")
who("serial", reduce("nameless.mon", code=4), "0ABCDE", "0ABCDE", "2097")
who("nobody", reduce("nobody.mon", code=4), "UNKNOWN", "UNKNOWN", "")

HEAD = "orgsysid,sysid,model,serial,alternates,verify\n"
site(HEAD + "TESTVM,PROD1,z10,12345,,warn\nSECOND,TEST2,,999999,ABCDE FFFFFF,abort\n")
WITH = ("-c", "systems.csv")
who("its serial", reduce(*WITH, "x.mon"), "PROD1", "TESTVM", "z10")
out = reduce(*WITH, "strange.mon")
who("an alternate serial", out, "TEST2", "SECOND", "2097-E12")
same("the first serial stands for it", out.manifest["systems"][0]["serial"], "999999")
who("an alternate serial, no name", reduce(*WITH, "nameless.mon", code=4), "TEST2", "SECOND", "2097")
who("a name without a serial", reduce(*WITH, "noserial.mon", code=4), "PROD1", "TESTVM", "z10")
who("nobody in the list", reduce(*WITH, "nobody.mon", code=4), "UNKNOWN", "UNKNOWN", "")

# The data moves to another processor in mid-stream: with the list it is one system, and its differences go on.
site(HEAD + "TESTVM,PROD1,,012345,0ABCDE,\n")
small(serial="012345").write("a.mon")
out = reduce(*WITH, "x.mon", "other.mon", code=4)
same("one system", [(s["sysid"], s["serial"]) for s in out.manifest["systems"]], [("PROD1", "012345")])
out = reduce("x.mon", "other.mon")
same("two systems", [(s["sysid"], s["serial"]) for s in out.manifest["systems"]],
     [("TESTVM", "012345"), ("TESTVM", "0ABCDE")])

# The name is listed, the serial is not: verify says what to do.
site(HEAD + "testvm,PROD1,,777777,,warn\n")
out = reduce(*WITH, "x.mon", code=4)
who("verify=warn", out, "PROD1", "testvm", "2097-E12")
same("verify=warn, told", out.message("MRD0326W"), 1)
site(HEAD + "TESTVM,PROD1,,777777,,abort\n")
reduce(*WITH, "x.mon", code=16, out="refused")
site(HEAD + "TESTVM,PROD1,,777777,,\n")
who("verify left open", reduce(*WITH, "x.mon", code=4), "PROD1", "TESTVM", "2097-E12")
site("orgsysid,serial\nTESTVM,12345\n")
who("only two columns", reduce(*WITH, "x.mon"), "TESTVM", "TESTVM", "2097-E12")

# Two serials of one name are two systems.
site(HEAD + "NORTH,,,012345,,\nSOUTH,,,0ABCDE,,\n")
out = reduce(*WITH, "x.mon", "other.mon")
same("two serials", [(s["sysid"], s["orgsysid"]) for s in out.manifest["systems"]],
     [("NORTH", "NORTH"), ("SOUTH", "SOUTH")])
for name, sysid in (("NORTH", "NORTH"), ("SOUTH", "SOUTH")):
    compare(sysid, out.rows("VMXSP002", SYSID=sysid, SYTPRP_PFXCPUAD=0), [row("first"), row("ok", 60), row("ok", 60)])

# Files that cannot be used stop the run before anything is written.
for what, text in (("no such column", HEAD.replace("model", "modell")), ("serial too long", HEAD + "A,,,1234567,,\n"),
                   ("serial no hex", HEAD + "A,,,12X,,\n"), ("twice", HEAD + "A,,,1,,\nB,,,000001,,\n"),
                   ("verify unknown", HEAD + "A,,,1,,maybe\n"), ("a name twice", HEAD + "A,,,1,,\na,,,2,,\n"),
                   ("no name", HEAD + ",X,,1,,\n")):
    site(text)
    reduce(*WITH, "x.mon", code=16, out="never")
reduce("-c", "nowhere.csv", "x.mon", code=16, out="never")
told()
