# SPDX-License-Identifier: Apache-2.0
"""Random stories, seeded: users log on and off, processors and devices come and go, intervals are missing, an IPL;
with and without the events that tell.  The tables are worked out again.

    stories.py NUMBER
"""
import os
import random
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]

from monitor import take_sets  # noqa: E402
from recompute import compare, faults, finish, reduce  # noqa: E402

SEED = int(os.environ.get("SEED", "11"))
SCENARIOS = os.path.join(HERE, "..", "scenarios")
HEAD = """include %s/system.inc
seed %d
entities cpu 3
entities user named ALPHA,BETA,GAMMA,DELTA
entities disk "%%04X" 2 from 0x0600
samples
    0/1 each cpu SYTSYP_PLSPIOPR=age / 1s * 10 SYTSYP_PLSPIOPW=age / 1s * 5
    0/2 each cpu SYTPRP_PFXUTIME=age / 10 * 7 SYTPRP_PFXTMSYS=age / 20 SYTPRP_PFXTOTWT=age / 4
        SYTPRP_PFXPRBTM=900d - age / 2
    0/3
    0/8
    4/3 each user times i == 1 ? 2 : 1 USEACT_VMDTTIME=age / 8 USEACT_VMDVTIME=age / 9 USEACT_CALTODON=since
    6/3 each disk IODDEV_SCGSSCH=age / 1s * 10 IODDEV_SCGCOUNT=age / 1s * 10 IODDEV_SCMSSCH=age / 1s * 10
        IODDEV_SCMCOUNT=age / 1s * 10 IODDEV_RDEVCTSR=age / 1s * 10
end
connect
run 2
"""
LOGOFF = """event 4/2 for user %s%s at %ds USELOF_VMDTTIME=age / 8 USELOF_VMDVTIME=age / 9 USELOF_CALTODON=since
"""


class Story:
    def __init__(self, draw):
        self.draw, self.lines = draw, [HEAD % (SCENARIOS, draw.randrange(1000))]
        self.off = {"user": set(), "cpu": set(), "disk": set()}
        self.told = draw.random() < 0.7

    def add(self, text):
        self.lines.append(text)

    def user(self):
        name = self.draw.choice(("ALPHA", "BETA", "GAMMA", "DELTA"))
        at = self.draw.randrange(1, 50)
        if name in self.off["user"]:
            self.off["user"].remove(name)
            if self.told:
                self.add("event 4/1 for user %s at %ds USELON_CALTODON=since\n" % (name, at))
            self.add("online user %s at %ds\n" % (name, at))
            return
        if self.told:
            self.add(LOGOFF % (name, " times 2" if name == "BETA" else "", at))
        if self.told and self.draw.random() < 0.4:      # off and on within the interval
            self.add("flush\noffline user %s\n" % name)
            self.add("event 4/1 for user %s at %ds USELON_CALTODON=since\nonline user %s at %ds\n" % (name, at + 5,
                                                                                                      name,
                                                                                                    at + 5))
            return
        self.off["user"].add(name)
        self.add("offline user %s\n" % name)

    def processor(self):
        cpu = self.draw.choice((1, 2))
        at = self.draw.randrange(1, 50)
        if cpu in self.off["cpu"]:
            self.off["cpu"].remove(cpu)
            self.add("event 5/1 for cpu %d at %ds\nonline cpu %d at %ds\n" % (cpu, at, cpu, at))
        else:
            self.off["cpu"].add(cpu)
            self.add("event 5/2 for cpu %d at %ds\noffline cpu %d\n" % (cpu, at, cpu))

    def disk(self):
        at = self.draw.randrange(1, 50)
        if self.off["disk"]:
            self.off["disk"].clear()
            self.add("event 6/1 for disk 0601 at %ds\nonline disk 0601 at %ds\n" % (at, at))
        else:
            self.off["disk"].add("0601")
            self.add("event 6/2 for disk 0601 at %ds\noffline disk 0601\n" % at)

    def hole(self):
        self.add("skip %d\n" % self.draw.choice((1, 1, 2, 5)))

    def lost(self):
        self.add("run 1 without %s\n" % self.draw.choice(("0/1", "0/2", "0/8", "4/3", "6/3", "0/1 0/2", "0/3")))

    def again(self):
        self.add("connect\n")

    def ipl(self):
        self.add("wait 5min\nipl\nconnect\n")

    def tell(self):
        kinds = [self.user] * 5 + [self.processor, self.disk, self.hole, self.lost, self.lost, self.again]
        for _ in range(self.draw.randrange(4, 10)):
            self.draw.choice(kinds)()
            self.add("run %d\n" % self.draw.choice((1, 1, 1, 2)))
        if self.draw.random() < 0.2:
            self.ipl()
            self.add("run 3\n")
        return "".join(self.lines)


def main():
    monsample = os.environ.get("MONSAMPLE", os.path.join(HERE, "..", "..", "build", "monsample"))
    for n in range(int(sys.argv[1])):
        name = "story.%d" % n
        with open(name + ".scn", "w", encoding="ascii") as f:
            f.write(Story(random.Random(SEED * 1000 + n)).tell())
        subprocess.run([monsample, name + ".scn", name + ".mon"], check=True)
        before = len(faults)
        reduce(name + ".mon", "out.story")
        with open(name + ".mon", "rb") as f:
            compare(name, take_sets(f.read()), "out.story")
        if len(faults) == before:
            os.remove(name + ".mon")
            os.remove(name + ".scn")
    finish()


if __name__ == "__main__":
    main()
