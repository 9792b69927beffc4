/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MONREDUCE_EXIT_H
#define MONREDUCE_EXIT_H

/*
 * User exits of monreduce: the whole contract between the program and an exit.  Nothing else is needed to build one:
 *
 *     cc -shared -fPIC -o site.so site.c
 *     monreduce reduce -x ./site.so:key=value,key=value FILE
 *
 * An exit is a shared object with one symbol, mr_exit_init().  It is called once; there the exit looks up by name
 * what it works with, and says which hooks it has.  The hooks are those of the VMX processing figure: USRSEL for
 * every record, and one USRSxxx for each table just before a row is written, after differences and computed columns.
 *
 *     #include "monreduce_exit.h"
 *
 *     static const struct mr_exit_host *host;
 *     static int cpu;
 *
 *     static int users(void *data, struct mr_exit_row *row, int table)
 *     {
 *         double seconds;
 *
 *         if (host->get_number(host, row, cpu, &seconds) == MR_EXIT_OK && seconds == 0)
 *             return MR_EXIT_SKIP_REC;
 *         return MR_EXIT_OK;
 *     }
 *
 *     int mr_exit_init(const struct mr_exit_host *given, struct mr_exit *exit)
 *     {
 *         mr_exit_declare(exit);
 *         host = given;
 *         cpu = host->column(host, host->table(host, "VMXVXU00"), "USEACT_VMDTTIME");
 *         exit->usrsvxu = users;
 *         return cpu < 0 ? cpu : MR_EXIT_OK;
 *     }
 *
 * What holds everywhere
 *   Memory    Each side frees what it allocated.  What a function of the host gives belongs to the host and is
 *             borrowed for as long as is said there; what an exit passes is copied before the call returns.
 *   Text      UTF-8.  Names end with a zero byte.  The value of a cell does not: its length comes with it.
 *   Threads   All calls of one run come from one thread, one after the other.  An exit may start threads of its own,
 *             but they must not call the host.
 *   Order     Several exits run in the order of their -x options.  Each one sees what those before it have changed.
 *             After MR_EXIT_SKIP_REC the ones behind are not called for that row or record.
 *   State     The same file may be given twice with other arguments.  Static variables are then shared between the
 *             two; what belongs to one of them goes into exit->data, which every hook is given.
 *   Faults    What a hook returns decides (enum mr_exit_status).  A hook must not end the process, jump out, throw a
 *             C++ exception through the host, or change signal handlers; a crash inside is reported with the exit,
 *             the hook, the table and the record, and ends the run with return code 16 and no table replaced.
 *
 * Versions
 *   Both structs begin with the version of this interface and their size.  Members are only ever added, at the end,
 *   with a new minor number; whatever else changed would change the major number.  An exit that was built with an
 *   older minor number of the same major number goes on working, without a new build: its shorter struct is taken as
 *   if the hooks behind its end were NULL.  Another major number is refused.  An exit that uses something from minor
 *   number n checks that host->abi is not below it.
 */
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MR_EXIT_ABI_MAJOR 1
#define MR_EXIT_ABI_MINOR 0
#define MR_EXIT_ABI ((uint32_t)MR_EXIT_ABI_MAJOR << 16 | (uint32_t)MR_EXIT_ABI_MINOR)

/* What hooks and functions of the host return.  Below 0: it did not work. */
enum mr_exit_status {
    MR_EXIT_OK = 0,
    /* From USRSEL and the row hooks only: leave this record or row out. */
    MR_EXIT_SKIP_REC = 1,
    /* From the host: the cell or field is blank.  That is a state of its own, not 0 and not "". */
    MR_EXIT_MISSING = 2,
    /*
     * From a hook: it failed.  Any value that is not allowed from a hook means the same.  What the call has changed
     * is taken back, and the policy of the exit decides how it goes on, see mr_exit_init().
     */
    MR_EXIT_FAILED = -1,
    MR_EXIT_ENAME = -2,     /* there is no such name; a message with the nearest names has been given */
    MR_EXIT_ETYPE = -3,     /* the column has another type, or the value does not fit it */
    MR_EXIT_EHANDLE = -4,   /* no handle, or of a column of another table, or of a field of another record */
    MR_EXIT_ELENGTH = -5,   /* longer than the column can be; nothing has been set */
    MR_EXIT_ESTATE = -6,    /* not now: the function is for init only, or only while a hook runs */
    MR_EXIT_EREADONLY = -7, /* the program's own account rests on this column */
    MR_EXIT_EMEMORY = -8
};

/* What a column or field holds, and how its value is to be understood. */
enum mr_exit_type {
    MR_EXIT_UINT = 0,    /* whole number, 0 to 2^64 - 1 */
    MR_EXIT_INT = 1,     /* whole number with sign */
    MR_EXIT_SECONDS = 2, /* duration; as a whole number in microseconds, as a real number in seconds */
    MR_EXIT_TIME = 3,    /* instant, UTC; microseconds or seconds since 1970-01-01 likewise */
    MR_EXIT_REAL = 4,    /* real number */
    MR_EXIT_TEXT = 5,    /* text */
    MR_EXIT_HEX = 6,     /* bytes, shown as 0x and their hex digits: flags, device numbers */
    MR_EXIT_DIGITS = 7   /* bytes of packed decimal without sign, shown as their digits */
};

/* For host->system(). */
enum mr_exit_identity {
    MR_EXIT_SYSID = 0,
    MR_EXIT_ORGSYSID = 1,
    MR_EXIT_CPUMODEL = 2,
    MR_EXIT_SERIAL = 3 /* of the first processor, hex digits */
};

/* For host->record_phase(). */
enum mr_exit_phase {
    MR_EXIT_CONFIGURATION = 0, /* the initial configuration set, up to the first 1/11: nothing can be left out here */
    MR_EXIT_RUN = 1
};

/* For host->message(). */
enum mr_exit_severity {
    MR_EXIT_INFO = 0,   /* shown with -v; the return code stays */
    MR_EXIT_WARNING = 1 /* always shown; return code 4 */
};

/* A row about to be written, and a record about to be used.  Valid only until the hook returns. */
struct mr_exit_row;
struct mr_exit_record;

/*
 * What the program offers.  Every function takes the struct itself first, so that the program knows which exit calls:
 * pass the pointer that mr_exit_init() was given and no other.  It stays valid until exit->close() has returned.
 *
 * Tables, columns and fields are used by handles, whole numbers from 0, that are looked up in mr_exit_init() and hold
 * for the whole run.  A negative handle may be passed on to any function: that returns MR_EXIT_EHANDLE and does
 * nothing else, so that a chain of look-ups needs one test at its end.
 *
 * A table that exists but is not wanted in this run (-t) can be looked up like the others, and so can any of its
 * columns; there will be no rows.
 */
struct mr_exit_host {
    uint32_t abi;        /* MR_EXIT_ABI of the program */
    uint32_t size;       /* of this struct in the program; what lies behind must not be touched */
    const char *program; /* "monreduce", for messages */
    const char *name;    /* of this exit as it stands in messages: the file name without folder and .so */

    /*
     * argument - the value of a configuration argument (-x site.so:key=value).  In mr_exit_init() only.
     * Returns the value, "" for a key without '=', or NULL where the key is not given.  Borrowed for the whole run.
     * Keys that are given but never asked for in mr_exit_init() are refused as mistyped.  "policy" is the program's
     * own.
     */
    const char *(*argument)(const struct mr_exit_host *host, const char *key);

    /* table - the handle of a table by name ("VMXVXU00"), or MR_EXIT_ENAME.  In mr_exit_init() only. */
    int (*table)(const struct mr_exit_host *host, const char *name);

    /*
     * table_name - the name of a table, "" for no handle.  table_exit - "USRSVXU", "" where the figure gives it none.
     */
    const char *(*table_name)(const struct mr_exit_host *host, int table);
    const char *(*table_exit)(const struct mr_exit_host *host, int table);

    /*
     * column - the handle of a column of a table by name.  In mr_exit_init() only.
     * The columns are those of the output, the common ones (SYSID, ENDTS ...) and those that exits before this one
     * have added among them.  MR_EXIT_ENAME where there is none.
     */
    int (*column)(const struct mr_exit_host *host, int table, const char *name);

    /*
     * column_at - the handle of column number index from 0, in the order of the output; MR_EXIT_ENAME, without a
     * message, behind the last one or where the table is not wanted in this run.  Any time.
     * column_name, column_unit - "" for no handle.  column_type - enum mr_exit_type or MR_EXIT_EHANDLE.
     */
    int (*column_at)(const struct mr_exit_host *host, int table, unsigned index);
    const char *(*column_name)(const struct mr_exit_host *host, int column);
    const char *(*column_unit)(const struct mr_exit_host *host, int column);
    int (*column_type)(const struct mr_exit_host *host, int column);

    /*
     * add_column - one more column behind those of a table.  In mr_exit_init() only.
     *   name    upper-case letters, digits and '_', a letter first, at most 64; not yet used in this table
     *   type    enum mr_exit_type
     *   size    TEXT, HEX, DIGITS: the most bytes that a value can have, 1 to 4096; else 0
     *   unit    "s", "count", ... or ""
     *   label   one line for people
     * Returns its handle.  The column is missing in every row until it is set.  It stands in every output format and
     * in the account of the run.  Computed and joined columns do not know it.
     */
    int (*add_column)(const struct mr_exit_host *host, int table, const char *name, int type, uint32_t size,
                      const char *unit, const char *label);

    /*
     * field - the handle of a field of a record, "1/6" as domain 1, record 6, by IBM's name.  In mr_exit_init() only.
     * Returns MR_EXIT_ENAME where there is no such record or field.
     */
    int (*field)(const struct mr_exit_host *host, unsigned domain, unsigned record, const char *name);

    /*
     * message - one line to the operator, with the name of the exit in front.  Any time.  text is a single line
     * without newline; what is behind 400 bytes is cut off.
     */
    void (*message)(const struct mr_exit_host *host, int severity, const char *text);

    /*
     * Cells of the present row.  In row hooks only, with columns of the hook's table.
     *
     *   get_uint    UINT; INT where it is not negative; HEX of at most 8 bytes, as the number that they are
     *   get_int     INT, SECONDS, TIME; UINT below 2^63
     *   get_number  any number: SECONDS and TIME in seconds
     *   get_text    TEXT.  *text is borrowed until the cell is set or the hook returns; no zero byte at its end
     *   get_bytes   HEX, DIGITS, likewise
     *   get_shown   any type: the text as it stands in CSV, without quotes, cut to size - 1 bytes and a zero byte.
     *               Returns the length that the whole text has, or a negative status; missing is MR_EXIT_OK and ""
     * MR_EXIT_OK with the value; MR_EXIT_MISSING, the value untouched; or below 0.
     */
    int (*get_uint)(const struct mr_exit_host *host, struct mr_exit_row *row, int column, uint64_t *value);
    int (*get_int)(const struct mr_exit_host *host, struct mr_exit_row *row, int column, int64_t *value);
    int (*get_number)(const struct mr_exit_host *host, struct mr_exit_row *row, int column, double *value);
    int (*get_text)(const struct mr_exit_host *host, struct mr_exit_row *row, int column, const char **text,
                    size_t *length);
    int (*get_bytes)(const struct mr_exit_host *host, struct mr_exit_row *row, int column, const uint8_t **bytes,
                     size_t *length);
    int (*get_shown)(const struct mr_exit_host *host, struct mr_exit_row *row, int column, char *buffer, size_t size);

    /*
     * The same for setting, types likewise: set_number is for REAL and SECONDS.  VMCINTTS, ENDTS, DURATION, QUALITY
     * and RECORD cannot be set.  Columns computed from others are not computed again, because the exit comes after
     * them: who corrects a value corrects what was made of it.  Tables that are put together from rows of this one
     * (monreduce describe tells) take the row as it is afterwards; a row that is left out is not there for them
     * either.  Sums over rows (VMXSGP00) take them as they were before.
     */
    int (*set_uint)(const struct mr_exit_host *host, struct mr_exit_row *row, int column, uint64_t value);
    int (*set_int)(const struct mr_exit_host *host, struct mr_exit_row *row, int column, int64_t value);
    int (*set_number)(const struct mr_exit_host *host, struct mr_exit_row *row, int column, double value);
    int (*set_text)(const struct mr_exit_host *host, struct mr_exit_row *row, int column, const char *text,
                    size_t length);
    int (*set_bytes)(const struct mr_exit_host *host, struct mr_exit_row *row, int column, const uint8_t *bytes,
                     size_t length);
    int (*set_missing)(const struct mr_exit_host *host, struct mr_exit_row *row, int column);

    /*
     * The present record.  In USRSEL only.
     *   record_domain, record_number   1/6 is domain 1, number 6
     *   record_time                    of its header, microseconds since 1970-01-01 UTC
     *   record_phase                   enum mr_exit_phase
     *   record_suspended               1 from the 1/12 that suspends event recording to the 1/3 that resumes it, both
     *                                  included; else 0
     *   record_bytes                   the whole record with its header of 20 bytes; returns its length
     */
    unsigned (*record_domain)(const struct mr_exit_host *host, const struct mr_exit_record *record);
    unsigned (*record_number)(const struct mr_exit_host *host, const struct mr_exit_record *record);
    int64_t (*record_time)(const struct mr_exit_host *host, const struct mr_exit_record *record);
    int (*record_phase)(const struct mr_exit_host *host, const struct mr_exit_record *record);
    int (*record_suspended)(const struct mr_exit_host *host, const struct mr_exit_record *record);
    size_t (*record_bytes)(const struct mr_exit_host *host, const struct mr_exit_record *record,
                           const uint8_t **bytes);

    /*
     * Fields of the present record, as recorded: counters are not yet differences.  index is the number, from 0, of
     * the element of an array or of the entry of a repeated part, 0 for a single field.  Types as for cells; a field
     * that this record is too short for is MR_EXIT_MISSING, and so is an index that it does not have.
     * A handle of another record's field is MR_EXIT_EHANDLE: look at domain and number first.
     */
    int (*field_uint)(const struct mr_exit_host *host, const struct mr_exit_record *record, int field, unsigned index,
                      uint64_t *value);
    int (*field_int)(const struct mr_exit_host *host, const struct mr_exit_record *record, int field, unsigned index,
                     int64_t *value);
    int (*field_number)(const struct mr_exit_host *host, const struct mr_exit_record *record, int field,
                        unsigned index, double *value);
    int (*field_text)(const struct mr_exit_host *host, const struct mr_exit_record *record, int field, unsigned index,
                      const char **text, size_t *length);
    int (*field_bytes)(const struct mr_exit_host *host, const struct mr_exit_record *record, int field,
                       unsigned index, const uint8_t **bytes, size_t *length);

    /*
     * system - who the present system is: which is enum mr_exit_identity.  In USRSEL, row and interval hooks.
     * "" where it is not known, and outside these hooks.  Borrowed until the hook returns.
     */
    const char *(*system)(const struct mr_exit_host *host, int which);

    /*
     * chpid_devices - how many devices the present system has on channel path chpid, 0 to 255: those of the
     * configuration records 1/6, with 6/1 (vary on) and 6/2 (vary off) since then; a device counts once on each path
     * that its logical path mask has.  In USRSEL, row and interval hooks.
     * MR_EXIT_OK; MR_EXIT_MISSING where no device has come for this system: orphan and unknown are not the same here.
     */
    int (*chpid_devices)(const struct mr_exit_host *host, unsigned chpid, uint32_t *devices);
};

/* Once a run.  data is exit->data in all hooks.  Returns MR_EXIT_OK or an error. */
typedef int mr_exit_run_hook(void *data);

/* Once an input: its name as given on the command line, borrowed. */
typedef int mr_exit_input_hook(void *data, const char *name);

/* time: of the first record of the sample, or of the 1/11 at its end; microseconds since 1970 UTC. */
typedef int mr_exit_interval_hook(void *data, int64_t time);

/* MR_EXIT_OK, MR_EXIT_SKIP_REC or an error. */
typedef int mr_exit_record_hook(void *data, struct mr_exit_record *record);

/* The same; table is the handle of the table that the row is for. */
typedef int mr_exit_row_hook(void *data, struct mr_exit_row *row, int table);

/*
 * What the exit is; filled by mr_exit_init().  All hooks may be NULL: they are not called then and cost nothing.
 */
struct mr_exit {
    uint32_t abi;  /* the program puts a value here that no version has: mr_exit_declare() sets it right */
    uint32_t size; /* of this struct as the exit knows it */
    void *data;    /* the exit's own */

    /*
     * In this order; what has been begun is also ended, but when the run breaks off.
     *   begin_interval   before the first record of a sample; end_interval after its last row
     *   An interval whose end the data do not have is not ended.  Of several systems, system() tells which one it is.
     */
    mr_exit_run_hook *begin_run;
    mr_exit_input_hook *begin_input;
    mr_exit_interval_hook *begin_interval;
    mr_exit_interval_hook *end_interval;
    mr_exit_input_hook *end_input;
    mr_exit_run_hook *end_run;

    /*
     * Free data; no more calls come after it.  Called once whenever mr_exit_init() has returned MR_EXIT_OK and this
     * member was set, however the run ended, only not after a crash.
     */
    void (*close)(void *data);

    /*
     * USRSEL: every record, before its fields are looked at, in the order of the data; records of an initial
     * configuration set wait until the set has told who the system is.  MR_EXIT_SKIP_REC leaves the record out of all
     * tables; in the phase MR_EXIT_CONFIGURATION that is refused and counted.  What the program itself needs of a
     * record (ends of intervals, logons, device configuration) it takes nevertheless.
     */
    mr_exit_record_hook *usrsel;

    /* The 24 file exits: rows of the tables that the figure gives them. */
    mr_exit_row_hook *usrsspp; /* VMXSP001 002 004 005 011 013 302 503, and VMXSPP joined from them */
    mr_exit_row_hook *usrschc; /* VMXCHC09 VMXCHC18, VMXCHC */
    mr_exit_row_hook *usrslcp; /* VMXLCP00 */
    mr_exit_row_hook *usrslpr; /* VMXLPR00 */
    mr_exit_row_hook *usrssgp; /* VMXSGP00 */
    mr_exit_row_hook *usrsdcf; /* VMXDCF00 */
    mr_exit_row_hook *usrsacf; /* VMXACF00 */
    mr_exit_row_hook *usrsvxf; /* VMXVXF00 */
    mr_exit_row_hook *usrsscx; /* VMXSCX00 */
    mr_exit_row_hook *usrsscf; /* VMXSCF00 */
    mr_exit_row_hook *usrsvxc; /* VMXVXC00 */
    mr_exit_row_hook *usrsstp; /* VMXSTP00 */
    mr_exit_row_hook *usrsxss; /* VMXXSS00 */
    mr_exit_row_hook *usrsxsf; /* VMXXSF00 VMXXSFT1 */
    mr_exit_row_hook *usrscpv; /* VMXCPV00 */
    mr_exit_row_hook *usrsbpg; /* VMXBPG00 */
    mr_exit_row_hook *usrsvxu; /* VMXVXU00 VMXVXULF VMXVXUT1 */
    mr_exit_row_hook *usrsvxt; /* VMXVXT00 */
    mr_exit_row_hook *usrs_vu; /* VMX_VU00 */
    mr_exit_row_hook *usrs_vt; /* VMX_VT00 */
    mr_exit_row_hook *usrspcf; /* VMXPCF00 */
    mr_exit_row_hook *usrsxdv; /* VMXXDV00 */
    mr_exit_row_hook *usrscdi; /* VMXCDIT1 VMXCDI */
    mr_exit_row_hook *usrsxds; /* VMXXDS00 */

    /* Rows of every table for which the exit has no hook above, also of those that the figure gives none. */
    mr_exit_row_hook *other;
};

/* Version and size; the first thing to do in mr_exit_init(). */
static inline void mr_exit_declare(struct mr_exit *exit)
{
    exit->abi = MR_EXIT_ABI;
    exit->size = (uint32_t)sizeof *exit;
}

#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
/*
 * mr_exit_init - the one symbol of an exit: look up names, read arguments, say which hooks there are.
 *   host   what the program offers; valid until exit->close() has returned
 *   exit   all zero but for abi and size; the program has room for its own version of the struct, whose size is in
 *          exit->size on entry
 * Returns MR_EXIT_OK, or anything below 0: then the run does not begin (return code 16), nothing is written, and
 * exit->close() is not called.  An exit that fails for a reason of its own says it with host->message() first.
 *
 * A hook that fails later is treated as the argument "policy" of the exit says:
 *   policy=disable   the default: a warning, return code 4, and the exit is not called again in this run
 *   policy=stop      the run ends with return code 16; the tables of the run before stay as they are
 *   policy=ignore    counted, shown with -v only, and the exit is called again for the next row
 */
int mr_exit_init(const struct mr_exit_host *host, struct mr_exit *exit);

#ifdef __cplusplus
}
#endif

#endif
