# SPDX-License-Identifier: Apache-2.0
"""Application data of Linux guests: kernel records, mon_fsstatd and mon_procd, wherever the data stands."""
import struct

from mkmon import MonFile, at, record
from scenes import add_configuration, clock, processor, sample
from story import compare, reduce, row, same, told

KERNEL = "LINUXKR".encode("cp037") + "NL".encode("cp037")
DAEMON, DAEMON_EBCDIC = b"LNXAPPL", "LNXAPPL".encode("cp037")


def kernel(number, level="00"):
    return KERNEL + bytes([number]) + ("2601" + level).encode("cp037")


def daemon(function, number, slot, ebcdic=False):
    return (DAEMON_EBCDIC if ebcdic else DAEMON) + struct.pack(">HB", function, number) + b"0000" + b"%02d" % slot


def application(second, guest, product, data, place=52, told=None):
    """A 10/2 with its data at this place."""
    raw = bytearray(record(10, 2, at(second), place + len(data), APLSDT_CALDATOF=place, APLSDT_USERID=guest,
                           APLSDT_CALDATLN=len(data) if told is None else told))
    raw[32:48] = product.ljust(16, b"\0")[:16]
    raw[place:] = data
    return bytes(raw)


def memory(second, count, counters, gauges=(8000, 2000, 500, 1500), other=None):
    """144 bytes: time, two update counts, 16 numbers; counters: pages in and out, swaps in and out, ... faults."""
    total, free, buffers, cached = gauges
    words = [*counters[:4], 0, total, free, 0, 0, buffers, cached, 4000, 1000, *counters[4:]]
    return struct.pack(">QII16Q", at(second), count, count if other is None else other, *words)


def processors(second, count, size, cpus):
    """52 bytes and an entry of 28 or 36 bytes for each processor; times in hundredths of a second."""
    head = struct.pack(">QII9I", at(second), count, count, len(cpus), size, 52, 3, 120, 2048, 4096, 512, 0)
    return head + b"".join(struct.pack(">%dI" % (size // 4), *entry[:size // 4]) for entry in cpus)


def network(second, count, counters):
    return struct.pack(">QIIII9Q", at(second), count, count, 2, 0, *counters)


def texts(*words):
    return b"".join(struct.pack(">H", len(word)) + word for word in words)


def file_system(second, words, numbers):
    inner = texts(*words) + struct.pack(">9Q", *numbers)
    data = struct.pack(">QHH", 1710493200 + second, len(inner), 12) + inner
    return data.ljust(589, b"\xAA")  # the buffer is larger than the data


def task(second, pid, ticks, words=(b"root", b"root", b"root", b"wait", b"bash", b"/bin/bash -l")):
    numbers = struct.pack(">IIIHhhIHH", pid, 1, 0, 5, 20, -5, 1, 1250, 300)
    numbers += struct.pack(">10Q", ticks, 2 * ticks, 9000, 0, 700, 600, 500, 40, 3,
                           ticks // 7) + b"S" + struct.pack(">I", 0x400)
    inner = numbers + texts(*words)
    return (struct.pack(">QHH", 1710493200 + second, len(inner), 12) + inner).ljust(499, b"\0")


def summary(second, paged):
    inner = struct.pack(">QI", 4000 + second, 3) + b"0.10\0\0" b"1.25\0\0" b"12.00\0"
    inner += struct.pack(">6I", 200, 2, 190, 1, 7, 4) + struct.pack(">8H", 1234, 5, 678, 8000, 9, 10, 11, 53)
    inner += struct.pack(">12Q", 8000, 6000, 2000, 300, paged, 2 * paged, 900, 100, 800, 50, paged // 2, paged // 3)
    return struct.pack(">QHH", 1710493200 + second, len(inner), 12) + inner


PAGED = {"LINUX1": [(100, 200, 5, 6, 10000, 50000, 300), (160, 320, 5, 12, 10600, 56000, 303),
                    (170, 321, 7, 13, 10700, 57000, 303)],
         "LINUX2": [(9, 9, 9, 9, 9, 9, 9), (1, 2, 3, 4, 5, 6, 7), (11, 12, 13, 14, 15, 16, 17)]}
#         user, nice, system, idle, irq, softirq, iowait, steal, number
CPUS = {0: [(1000, 10, 500, 90000, 5, 6, 70, 80, 0), (2500, 20, 900, 92000, 10, 12, 90, 100, 0),
            (2600, 20, 950, 97000, 10, 12, 91, 100, 0)],
        3: [(7, 0, 3, 50, 0, 0, 0, 1, 3), (307, 0, 103, 5000, 1, 2, 0, 11, 3), (400, 0, 150, 10000, 1, 2, 0, 11, 3)]}
NET = [(10, 20, 1000, 2000, 0, 1, 2, 3, 4), (610, 320, 61000, 32000, 1, 1, 2, 3, 4),
       (700, 400, 70000, 40000, 1, 1, 2, 3, 5)]
f = MonFile()
add_configuration(f)
for n in range(3):
    second = 60 * (n + 1)
    place = (52, 64, 80)[n]  # where the data stands is told by the record
    changing = n == 1        # the second memory record of LINUX2 was read while it changed
    records = [processor(second, 0), application(second, "LINUX1", kernel(1), memory(second, n, PAGED["LINUX1"][n]),
                                                 place),
               application(second, "LINUX2", kernel(1), memory(second, n, PAGED["LINUX2"][n], other=n + 1 if changing
                       else None)),
               application(second, "LINUX1", kernel(2, "00"), processors(second, n, 28, [CPUS[0][n]]), place),
               application(second, "LINUX2", kernel(2, "01"), processors(second, n, 36, [CPUS[0][n], CPUS[3][n]]),
                           place),
               application(second, "LINUX1", kernel(3), network(second, n, NET[n]), place)]
    # The two file systems change places between slots 0 and 2; the tasks do as well.
    root = file_system(second, (b"/dev/dasda1", b"/", b"ext4"), (4096, 4096, 1000, 400 - n, 300, 50, 40, 40, 0x1000))
    home = file_system(second, (b"srv:/h", b"/home/" + b"x" * 30, b"nfs"), (1024, 512, 77, 7, 7, 0, 0, 0, 0))
    tasks = [task(second, 4711, 100 + 25 * n), task(second, 12, 900 + 7 * n, (b"u", b"u", b"g", b"", b"d", b""))]
    swap = n % 2
    for slot, one in zip((0, 2), (home, root) if swap else (root, home)):
        records.append(application(second, "LINUX1", daemon(1, 0, slot, ebcdic=n == 2), one, place))
    for slot, one in zip((0, 2), tasks[::-1] if swap else tasks):
        records.append(application(second, "LINUX1", daemon(2, 1, slot, ebcdic=n == 2), one, place))
    records.append(application(second, "LINUX1", daemon(2, 0, 0), summary(second, 600 * (n + 1)), place))
    records.append(application(second, "STRANGE", b"ABCDEFG" + b"\0" * 9, b"whatever"))
    sample(f, second, records)
f.end().write("x.mon")
out = reduce("x.mon", code=4)
same("changing data", out.message("MRD0316W"), 1)

COUNTERS = ("MEM_PGPGIN", "MEM_PGPGOUT", "MEM_PSWPIN", "MEM_PSWPOUT", "MEM_PGALLOC", "MEM_PGFAULT", "MEM_PGMAJFAULT")


def less(now, before):
    return [a - b for a, b in zip(now, before)]


paged = PAGED["LINUX1"]
compare("memory", out.rows("VMR1002_MEM", APLSDT_USERID="LINUX1"), [
    row("first", MEM_TOTALRAM=8000, MEM_FREERAM=2000, MEM_CACHED=1500, MEM_USED_PCT=100 * 4000 / 8000,
        SWAP_USED_PCT=75.0,
        **dict.fromkeys(COUNTERS)),
    *(row("ok", 60, APPLDATA_TIMESTAMP=clock(60 * (n + 1)), **dict(zip(COUNTERS, less(paged[n], paged[n - 1]))),
          FAULT_PER_S=(paged[n][5] - paged[n - 1][5]) / 60) for n in (1, 2))])
compare("memory with a hole", out.rows("VMR1002_MEM", APLSDT_USERID="LINUX2"), [
    row("first"), row("gap", 120, **dict(zip(COUNTERS, less(PAGED["LINUX2"][2], PAGED["LINUX2"][0]))))])

TIMES = ("USER", "NICE", "SYSTEM", "IDLE", "IRQ", "SOFTIRQ", "IOWAIT", "STEAL")


def used(cpu, n, columns):
    ticks = less(CPUS[cpu][n], CPUS[cpu][n - 1])
    wanted = {"OS_PER_CPU_" + word: "%.6f" % (tick / 100) for word, tick in list(zip(TIMES, ticks))[:columns]}
    wanted["CPU_PCT"] = 100 * sum(ticks[i] for i in (0, 1, 2, 4, 5)) / 100 / 60
    return row("ok", 60, **wanted)


one = out.rows("VMR1002_CPU", APLSDT_USERID="LINUX1")
compare("processors, 28 bytes", one, [row("first", OS_PER_CPU_STEAL=None, LOAD_1=1.0, LOAD_5=2.0, LOAD_15=0.25),
                                      used(0, 1, 7), used(0, 2, 7)])
same("no steal time", {r["OS_PER_CPU_STEAL"] for r in one}, {""})
for cpu in (0, 3):
    compare("processors, 36 bytes: %d" % cpu, out.rows("VMR1002_CPU", APLSDT_USERID="LINUX2", OS_CPU_ID=cpu),
            [row("first", OS_NR_CPUS=2, OS_NR_THREADS=120), used(cpu, 1, 8), used(cpu, 2, 8)])
WORDS = ("RX_PACKETS", "TX_PACKETS", "RX_BYTES", "TX_BYTES", "RX_ERRORS", "TX_ERRORS", "RX_DROPPED", "TX_DROPPED",
         "COLLISIONS")
compare("network", out.rows("VMR1002_NET"), [
    row("first", NET_NR_INTERFACES=2),
    *(row("ok", 60, **dict(zip(["NET_" + w for w in WORDS], less(NET[n], NET[n - 1]))),
                                             RX_BYTES_PER_S=(NET[n][2] - NET[n - 1][2]) / 60) for n in (1, 2))])

compare("file system /", out.rows("VMR1002_FS", FS_DIR="/"), [
    row("ok", None, ENDTS=clock(60 * n + 60), FSSTAT_TIME_STAMP=clock(60 * n + 60), FS_NAME="/dev/dasda1",
        FS_TYPE="ext4",
        FS_BSIZE=4096, FS_BLOCKS=1000, FS_BFREE=400 - n, FS_BAVAIL=300, FS_FILES=50, FS_FAVAIL=40) for n in range(3)])
compare("file system /home", out.rows("VMR1002_FS", FS_TYPE="nfs"), [
    row("ok", None, FS_NAME="srv:/h", FS_DIR="/home/" + "x" * 30, FS_FRSIZE=512, FS_BLOCKS=77)] * 3)
compare("task 4711", out.rows("VMR1002_TASK", TASK_PID=4711), [
    row("first", TASK_TOTAL_TIME=None, TASK_NICE=-5, TASK_PRIORITY=20, TASK_STATE="S", TASK_CMD="bash",
        TASK_CMDLINE="/bin/bash -l"),
    row("ok", 60, TASK_TOTAL_TIME="0.250000", TASK_CTOTAL_TIME="0.500000", TASK_MAJ_FLT=125 // 7 - 100 // 7,
        TASK_RUSER="root"),
    row("ok", 60, TASK_TOTAL_TIME="0.250000")])
compare("task 12", out.rows("VMR1002_TASK", TASK_PID=12), [
    row("first", TASK_RUSER="u", TASK_WCHAN="", TASK_CMD="d", TASK_CMDLINE=""),
    row("ok", 60, TASK_TOTAL_TIME="0.070000"),
    row("ok", 60, TASK_TOTAL_TIME="0.070000", TASK_EGROUP="g")])
compare("processes", out.rows("VMR1002_PROC"), [
    row("first", PROC_UPTIME=4060, PROC_LOADAVG_1="0.10", PROC_LOADAVG_15="12.00", PROC_TASK_ZOMBIE=7,
        PROC_PUSER=1234,
        PROC_PSTEAL=53, PROC_MEM_TOTAL=8000, PROC_SWAP_CACHED=50),
    *(row("ok", 60, PROC_MEM_PGPGIN=600, PROC_MEM_PGPGOUT=1200, PROC_SWAP_PSWPIN=300, PROC_SWAP_PSWPOUT=200)
      for _ in (1, 2))])
same("a product nobody knows", [r["APLSDT_USERID"] for r in out.rows("VMR1002")], ["STRANGE"] * 3)

# Hostile places and lengths: nothing is read from outside of the record.
f = MonFile()
add_configuration(f)
good = memory(60, 1, PAGED["LINUX1"][0])
sample(f, 60, [processor(60, 0), application(60, "A", kernel(1), good, told=30000),
               application(60, "B", kernel(1), good, told=40),
               application(60, "C", kernel(2), processors(60, 1, 28, [CPUS[0][0]])[:60]),
               application(60, "D", kernel(2), processors(60, 1, 0, [CPUS[0][0]])),
               application(60, "E", daemon(1, 0, 0), file_system(60, (b"x" * 300, b"y" * 200, b"z"), [0] * 9)[:200]),
               application(60, "F", daemon(1, 0, 0), struct.pack(">QHHH", 0, 600, 12, 65535)),
               application(60, "G", daemon(2, 1, 0), b"\xff" * 300)])
for offset, length in ((-1, 10), (19, 10), (32767, 32767), (52, -1), (0, 0)):
    raw = bytearray(application(61, "H%d" % abs(offset), kernel(1), good))
    raw[20:24] = struct.pack(">hh", offset, length)
    f.add("S", [bytes(raw)])
f.end().write("hostile.mon")
rows = reduce("hostile.mon", code=4).rows("VMR1002_MEM", APLSDT_USERID="A")
compare("a length beyond the record", rows, [row("first", MEM_FREERAM=2000)])
told()
