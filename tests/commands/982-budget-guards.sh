# What the guard of the budget says when more is used than it allows, and where counts cannot be compared.
cat >try.py <<'PYTHON'
import os
import sys

sys.path.insert(0, os.path.join(os.environ["TOP"], "tests", "bench"))
import budget

here = {"compiler": "cc 1", "libc": "libc 1", "zlib": "1", "valgrind": "1", "machine": "here"}
budget.BUDGET = "budget.txt"


def write(header, **counts):
    with open("budget.txt", "w") as f:
        f.write("# a comment = 1\n")
        for key, value in list(header.items()) + list(counts.items()):
            f.write("%s = %s\n" % (key, value))


def check(what, header, **counts):
    budget.surroundings = lambda build: header
    budget.measure = lambda build: counts
    print(what)
    print("code %d" % budget.check("build"))


write(here, reduce=1000000, census=2000)
check("three percent more are let pass", here, reduce=1030000, census=2000)
check("anything above is not", here, reduce=1030001, census=2000)
check("less is good", here, reduce=10, census=10)
check("a case without a budget fails", here, reduce=1000000, census=2000, more=1)
check("another compiler is not compared", dict(here, compiler="cc 2"), reduce=9999999, census=2000)
check("another C library is not compared", dict(here, libc="libc 2"), reduce=9999999, census=2000)
write({})
check("a budget that does not say where it is from is not compared", here, reduce=1)


def missing(build):
    raise budget.Skip("valgrind is not installed")


budget.surroundings = missing
print("code %d" % budget.check("build"))
PYTHON
python3 try.py
