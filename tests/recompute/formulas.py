# SPDX-License-Identifier: Apache-2.0
"""Derived columns, written down from what they mean; nothing is read from the program's formulas."""
from fractions import Fraction

from wants import SKIP, perhaps


class Blank(Exception):
    pass


class View:
    """Numbers of a row; notes whether one of them may as well be blank."""

    def __init__(self, row):
        self.row, self.loose = row, False

    def __call__(self, name):
        if name in self.row.loose:
            self.loose = True
        value = self.row.number.get(name)
        if value is None:
            raise Blank
        return value

    def elapsed(self, name=""):
        parts = self.row.part_elapsed
        prefix = name.split("_")[0]
        value = parts[prefix] if prefix in parts else parts["clock"] if "clock" in parts else self.row.elapsed
        if "elapsed" in self.row.loose:
            self.loose = True
        if value is None or value == 0:
            raise Blank
        return value

    def rate(self, *names):
        return sum(self(name) for name in names) / self.elapsed(names[0])

    def either(self, first, second):
        a = self.row.number.get(first)
        if first in self.row.loose:
            self.loose = True
        return a if a else self(second)

    def over(self, a, b):
        if b == 0:
            raise Blank
        return Fraction(a) / b


def rates(prefix, **columns):
    """Columns that are rates of one or several counters."""
    return {column: lambda v, names=names: v.rate(*["%s_%s" % (prefix, n) for n in names.split()])
            for column, names in columns.items()}


def percents(prefix, **columns):
    return {column: lambda v, names=names: 100 * v.rate(*["%s_%s" % (prefix, n) for n in names.split()])
            for column, names in columns.items()}


def minus(total, part):
    return lambda v: v(total) - v(part)


SP001 = rates("SYTSYP", PAGE_READ_PER_S="PLSPIOPR", PAGE_WRITE_PER_S="PLSPIOPW", PAGE_PER_S="PLSPIOPR PLSPIOPW",
              SPOOL_READ_PER_S="PLSPIOSR", SPOOL_WRITE_PER_S="PLSPIOSW", SPOOL_PER_S="PLSPIOSR PLSPIOSW",
              SSCH_PER_S="PLSCTSS", RSCH_PER_S="PLSCTRS", DIAG_PER_S="PLSDIAGT", SIMUL_PER_S="PLSPRVIS",
              EXT_INT_PER_S="PLSEXTNX", SIGNAL_PER_S="PLSEXTNC")
SP002 = {**percents("SYTPRP", CPU_PCT="PFXUTIME PFXTMSYS", EMUL_PCT="PFXPRBTM", USER_PCT="PFXUTIME", SYS_PCT="PFXTMSYS",
                    WAIT_PCT="PFXTOTWT"),
         "CP_PCT": minus("CPU_PCT", "EMUL_PCT"),
         "TV_RATIO": lambda v: v.over(v("SYTPRP_PFXUTIME") + v("SYTPRP_PFXTMSYS"), v("SYTPRP_PFXPRBTM"))}
SP004 = rates("SYTRSP", PAGE_WAIT_PER_S="PLSPRQDF", SHARED_READ_PER_S="PLSSHRRD", LIST_EMPTY_PER_S="PLSALEMP PLSALEMG",
              MOVED_BELOW_PER_S="PLSMVB2G")
SP005 = rates("SYTXSP", XSTORE_IN_PER_S="PLSPGIN", XSTORE_OUT_PER_S="PLSPGOUT")
SP302 = rates("STORSP", FRAME_REQUEST_PER_S="PLSALNCT PLSALNCG", FRAME_RETURN_PER_S="PLSRETFR PLSRETFG",
              PAGE_HINT_PER_S="PLSESSA")


def user(prefix):
    return {**percents(prefix, CPU_PCT="VMDTTIME", VIRT_CPU_PCT="VMDVTIME"),
            "CP_CPU_PCT": minus("CPU_PCT", "VIRT_CPU_PCT"),
            "TV_RATIO": lambda v: v.over(v(prefix + "_VMDTTIME"), v(prefix + "_VMDVTIME")),
            **rates(prefix, PAGE_PER_S="CALCPPGR CALCPPGW", PAGE_READ_PER_S="CALCPPGR", PAGE_WRITE_PER_S="CALCPPGW",
                    PAGE_STEAL_PER_S="CALCPPST", SPOOL_PER_S="VMDCTSPR VMDCTSPW", XSTORE_READ_PER_S="CALCPXRD",
                    XSTORE_WRITE_PER_S="CALCPXWT", IO_PER_S="VMDVCSCT VMDVDSCT VMDVUSCT VMDVTSCT VMDVOSCT",
                    DASD_IO_PER_S="VMDVDSCT", DIAG98_PER_S="VMDX98CT", BLOCK_IO_PER_S="VMDBLKCT",
                    CACHE_AVOIDED_PER_S="VMDMDCIA")}


def per_io(*times):
    """Milliseconds of an I/O operation: times over the number of operations that were measured."""
    return lambda v: v.over(1000 * sum(v("IODDEV_" + t) for t in times), v.either("IODDEV_SCGCOUNT", "IODDEV_SCMCOUNT"))


DEVICE = {"IO_PER_S": lambda v: v.either("IODDEV_SCGSSCH", "IODDEV_SCMSSCH") / v.elapsed(),
          "PEND_MS": per_io("SCMFPTIM"), "DISC_MS": per_io("SCMDDTIM"), "CONN_MS": per_io("SCMCNTIM"),
          "ACT_MS": per_io("SCMDATIM"), "SERV_MS": per_io("SCMFPTIM", "SCMDDTIM", "SCMCNTIM", "SCMDATIM"),
          "CUQUEUE_MS": per_io("SCMCQTIM"), "DEVBUSY_MS": per_io("SCMDBTIM"), "RESPOND_MS": per_io("SCMIRTIM"),
          **percents("IODDEV", BUSY_PCT="SCMFPTIM SCMCNTIM SCMDDTIM SCMDATIM"),
          **rates("IODDEV", CACHE_AVOIDED_PER_S="RDEVMCIA", THROTTLED_PER_S="THRDLYS")}
VOLUME = {**rates("STOASP", PAGE_READ_PER_S="EXPCTPRD", PAGE_WRITE_PER_S="EXPCTPWR", PAGE_PER_S="EXPCTPRD EXPCTPWR",
                  SPOOL_READ_PER_S="EXPCTSRD", SPOOL_WRITE_PER_S="EXPCTSWR", SPOOL_PER_S="EXPCTSRD EXPCTSWR"),
          "IO_PER_S": lambda v: v.either("STOASP_SCGSSCH", "STOASP_SCMSSCH") / v.elapsed()}


def space(prefix):
    return rates(prefix, PAGE_READ_PER_S="ASCCSPGR", PAGE_WRITE_PER_S="ASCCSPGW", PAGE_PER_S="ASCCSPGR ASCCSPGW",
                 PAGE_STEAL_PER_S="ASCCSPST", XSTORE_READ_PER_S="ASCCSXRD", XSTORE_WRITE_PER_S="ASCCSXWT")


def blocks(v):
    return sum(v("STOBPG_PGDBR_%d" % n) for n in range(1, 21))


def block_pages(v):
    return sum(n * v("STOBPG_PGDBR_%d" % n) for n in range(1, 21))


BLOCKS = {"BLOCK_READ_PER_S": lambda v: blocks(v) / v.elapsed(),
          "BLOCK_PAGES_PER_S": lambda v: block_pages(v) / v.elapsed(),
          "PAGES_PER_BLOCK": lambda v: v.over(block_pages(v), blocks(v))}


def used(total, *free):
    return lambda v: v.over(100 * (v(total) - sum(v(f) for f in free)), v(total))


CHANNEL = {"BUSY_PCT": lambda v: v.over(100 * v("SYTCPC_HFCHBUSY"), v("SYTCPC_HFCOUNT"))}
FORMULAS = {
    "VMXSP001": SP001, "VMXSP002": SP002, "VMXSP004": SP004, "VMXSP005": SP005, "VMXSP302": SP302,
    "VMXSPP": {**SP001, **SP002, **SP004, **SP005, **SP302},
    "VMXCHC09": CHANNEL, "VMXCHC": CHANNEL,
    "VMXLCP00": {"BUSY_PCT": lambda v: 100 * v("SYTCUP_LCUCACTM") / v.elapsed()},
    "VMXVXU00": user("USEACT"), "VMXVXULF": user("USELOF"), "VMXXDV00": DEVICE, "VMXCPV00": VOLUME,
    "VMXXSS00": space("STOSHR"), "VMXASC": space("STOASI"), "VMR0314": space("STOASI"), "VMXBPG00": BLOCKS,
    "VMR1002_MEM": {**rates("MEM", PGIN_KB_PER_S="PGPGIN", PGOUT_KB_PER_S="PGPGOUT", SWAP_IN_PER_S="PSWPIN",
                            SWAP_OUT_PER_S="PSWPOUT", FAULT_PER_S="PGFAULT", MAJOR_FAULT_PER_S="PGMAJFAULT"),
                    "MEM_USED_PCT": used("MEM_TOTALRAM", "MEM_FREERAM", "MEM_BUFFERRAM", "MEM_CACHED"),
                    "SWAP_USED_PCT": used("MEM_TOTALSWAP", "MEM_FREESWAP")},
    "VMR1002_CPU": {**percents("OS_PER_CPU", CPU_PCT="USER NICE SYSTEM IRQ SOFTIRQ", USER_PCT="USER NICE",
                               SYS_PCT="SYSTEM",
                               IDLE_PCT="IDLE", IOWAIT_PCT="IOWAIT", STEAL_PCT="STEAL"),
                    **{"LOAD_%d" % n: lambda v, n=n: Fraction(v("OS_AVENRUN_%d" % n), 2048) for n in (1, 5, 15)}},
    "VMR1002_NET": rates("NET", RX_BYTES_PER_S="RX_BYTES", TX_BYTES_PER_S="TX_BYTES", RX_PACKETS_PER_S="RX_PACKETS",
                         TX_PACKETS_PER_S="TX_PACKETS"),
}


def derive(row, formulas):
    for column, formula in formulas.items():
        view = View(row)
        try:
            value = Fraction(formula(view))
        except Blank:
            value = None
        row.number[column] = value
        row.cells[column] = perhaps(value) if view.loose else value
        if view.loose:
            row.loose.add(column)
        if getattr(row, "unsure_counts", False) and ("_MS" in column or column == "IO_PER_S"):
            row.cells[column] = SKIP


def derive_all(model):
    for table, rows in model.rows.items():
        for row in rows:
            if table in FORMULAS:
                derive(row, FORMULAS[table])
