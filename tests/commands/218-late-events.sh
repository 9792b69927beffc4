# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Event data is delivered in blocks: what happened before a sample may stand behind it, in every form.  That is no damage.
python3 - <<'PYTHON'
import os
import subprocess

from mkmon import MonFile, at, record
from scenes import add_configuration, clock, processor, sample, table


def reduce(times, form, damage=None):
    """Four samples, a minute apart; behind the second and the third one event at each of these times after that sample."""
    f = MonFile()
    add_configuration(f)
    for n in range(1, 5):
        sample(f, 60 * n, [processor(60 * n, cpu, cpu, SYTPRP_PFXRUNCP=n) for cpu in range(2)])
        if n in (2, 3):
            f.add("E", [record(5, 6, at(60 * n + t, i), PRCCFN_PFXCPUAD=1) for i, t in enumerate(times)])
    f.end().write("x.mon", form)
    done = subprocess.run([os.environ["MONREDUCE"], "reduce", "-o", "out", "x.mon"], capture_output=True, text=True)
    return done.returncode, [r["ENDTS"] for r in table("out", "VMXPCF00") if r["RECORD"] == "5/6"], [
        (r["ENDTS"], r["QUALITY"]) for r in table("out", "VMXSP002")], "MRD0129E" in done.stderr


SAMPLES = [(clock(60 * n, cpu), "first" if n == 1 else "ok") for n in range(1, 5) for cpu in range(2)]
for times in ([-20], [-50, 5], [-6, 2, 9], [-40, -30, 20], [5], [-100], [-3000], [-30, -30, -29, 50]):
    for form in ("native", "bare", "rdw", "monreader"):
        code, events, samples, told = reduce(times, form)
        wanted = [clock(60 * n + t, i) for n in (2, 3) for i, t in enumerate(times) if 60 * n + t >= 0]
        good = code == 0 and sorted(e for e in events if e >= clock(0)) == sorted(wanted) and samples == SAMPLES and not told
        print("%s, %s: %s" % (times, form, "good" if good else "WRONG %s %s %s %s" % (code, events, samples, told)))

# A time that no delivery explains is damage still.
for times in ([-40000, 1], [7200000, 1]):
    for form in ("native", "bare", "rdw", "monreader"):
        code, events, samples, told = reduce(times, form)
        print("%s, %s: return code %d, %d events, samples %s, %s" % (times, form, code, len(events),
                                                                    "good" if samples == SAMPLES else samples, told))
PYTHON
