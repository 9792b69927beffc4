/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random damage to the samples, through reader and engine.  Two kinds: 1 % random bytes anywhere, in every form of the
 * file, which must not crash, hang or lose count of a byte; and damage that leaves some intervals untouched, whose rows
 * must then be those of the undamaged file.
 *
 * What a row is made of decides whether it can be the same.  A row whose own interval, the one before it and all that
 * its differences reach back over are untouched is compared to the byte.  Behind damage, differences may be blank or
 * reach over a gap: there all columns but the differences must be the same, and a difference back to an untouched record
 * must be the sum of those of the undamaged file.  Rows that the undamaged file does not have must be made from bytes
 * that were touched: at their time there is a damaged record.
 *
 * One thing no test of a header can see: that it is a good header of another record, or of another time, which is wrong by
 * seconds only or has damaged neighbours.  A record that turns into 1/4 tells of another system, one that turns into a part
 * of a merged row makes the rows without it partial.  Rounds in which such a header is believed are compared as well, but
 * counted; the harm must stay rare.
 *
 * The format is taken apart here by its description alone.  Configuration sets stay whole in the second kind: they say
 * whose the rows are and where the counters begin.
 *
 * The seed is 1, so that a run says the same each time; MR_TEST_SEED chooses another, MR_TEST_ROUND one round of it,
 * MR_TEST_ROUNDS changes their number; MR_TEST_KEEP=FILE keeps the damaged input of the last round.
 */
#include "base/bytes.h"
#include "tests/unit/monfile.h"
#include "tests/unit/reduction.h"
#include "tests/unit/sample_file.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROUND_SECONDS 10
#define SPOILED_IN 50 /* in one of so many rounds a damaged header that is believed may do harm */
#define BLOCK 4096u
#define SETS_MAX 512
#define INTERVALS_MAX 64
#define LOST_MAX 20000u /* bytes that are removed or put in at a time */
#define TOD_1970 UINT64_C(0x7D91048BCA000)

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ROUNDS 50u
#else
#define ROUNDS 1000u
#endif

/* --- random numbers that are the same everywhere --- */

static uint64_t state;

static void draw_from(uint64_t seed, uint64_t round)
{
    state = (seed + 1) * UINT64_C(0x9E3779B97F4A7C15) ^ (round + 1) * UINT64_C(0xD1B54A32D192ED03);
}

static size_t draw(size_t below)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return below == 0 ? 0 : (size_t)((state * UINT64_C(0x2545F4914F6CDD1D)) >> 16) % below;
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *given = getenv(name);

    return given == NULL ? otherwise : strtoull(given, NULL, 10);
}

/* --- what is running, for the message when a round takes too long --- */

static char present[120];

static void too_long(int number)
{
    (void)number;
    (void)!write(STDERR_FILENO, present, strlen(present));
    (void)!write(STDERR_FILENO, ": over 10 seconds\n", 18);
    abort();
}

static void begin_round(const char *name, uint64_t seed, uint64_t round)
{
    snprintf(present, sizeof present, "%s: MR_TEST_SEED=%" PRIu64 " MR_TEST_ROUND=%" PRIu64, name, seed, round);
    draw_from(seed, round);
    alarm(ROUND_SECONDS);
}

/* The rounds of a test: all, or the one that is asked for. */
static void rounds_of(const char *name, uint64_t *seed, uint64_t *first, uint64_t *end)
{
    *seed = setting("MR_TEST_SEED", 1);
    *first = setting("MR_TEST_ROUND", 0);
    *end = getenv("MR_TEST_ROUND") == NULL ? setting("MR_TEST_ROUNDS", ROUNDS) : *first + 1;
    fprintf(stderr, "%s: MR_TEST_SEED=%" PRIu64 ", %" PRIu64 " rounds\n", name, *seed, *end - *first);
    signal(SIGALRM, too_long);
}

static void keep(const uint8_t *data, size_t length)
{
    const char *path = getenv("MR_TEST_KEEP");
    FILE *out = path == NULL ? NULL : fopen(path, "wb");

    if (out != NULL) {
        cr_expect_eq(fwrite(data, 1, length, out), length);
        fclose(out);
    }
}

/* --- the file taken apart --- */

struct set {
    struct reduction_stretch bytes; /* control record and frames */
    bool config;
    unsigned interval;
};

struct story {
    struct sample_file file;
    struct set sets[SETS_MAX];
    size_t set_count;
    int64_t ends[INTERVALS_MAX]; /* of each interval, microseconds since 1970 */
    unsigned interval_count;
    struct reduction *whole;     /* of the undamaged file */
    const struct reduction_row **ordered; /* its rows by time */
};

static int64_t micros(uint64_t tod)
{
    return (int64_t)((tod >> 12) - TOD_1970);
}

/* The records of one entry: is there a configuration record, and when does the sample end (0: there is no 1/11)? */
static uint64_t walk(const uint8_t *data, uint32_t start, uint32_t end, bool *config)
{
    uint64_t closed = 0;

    for (uint32_t address = start; address <= end;) {
        const uint8_t *record = data + (address - start);
        unsigned number = mr_be16(record + 6);

        if (record[4] == 1 && number == 13) {
            address = (address | (BLOCK - 1)) + 1;
            continue;
        }
        *config = *config || (record[4] == 1 && (number == 1 || number == 4));
        closed = record[4] == 1 && number == 11 ? mr_be64(record + 8) : 0;
        address += mr_be16(record);
    }
    return closed;
}

static void take_apart(struct story *story)
{
    const uint8_t *data = story->file.data;
    size_t at = 0;

    while (at + BLOCK <= story->file.length && (data[at + 40] == 0xE2 || data[at + 40] == 0xC5)) {
        struct set *set = &story->sets[story->set_count++];
        uint32_t entries = (mr_be32(data + at + 16) - mr_be32(data + at + 12) + 1) / 12;
        const uint8_t *entry = data + at + 40;
        uint64_t closed = 0;

        cr_assert(story->set_count < SETS_MAX && story->interval_count < INTERVALS_MAX);
        *set = (struct set){.bytes = {at, 0}, .interval = story->interval_count};
        at += BLOCK;
        for (uint32_t i = 0; i < entries; i++, entry += 12) {
            uint32_t start = mr_be32(entry + 4), end = mr_be32(entry + 8);
            uint64_t tod = walk(data + at, start, end, &set->config);

            if (entry[0] == 0xE2)
                closed = tod;
            at += (end - start + BLOCK) / BLOCK * BLOCK;
        }
        set->bytes.to = at;
        if (closed != 0 && !set->config)
            story->ends[story->interval_count++] = micros(closed);
    }
}

/* The interval that a time belongs to; behind the last one: interval_count. */
static unsigned interval_of(const struct story *story, int64_t time)
{
    unsigned k = 0;

    while (k < story->interval_count && time > story->ends[k])
        k++;
    return k;
}

static int by_hash(const void *a, const void *b)
{
    const struct reduction_row *x = *(const struct reduction_row *const *)a, *y = *(const struct reduction_row *const *)b;

    return x->end != y->end ? (x->end < y->end ? -1 : 1) : x->hash != y->hash ? (x->hash < y->hash ? -1 : 1) : 0;
}

static const struct reduction_row **sorted(const struct reduction *reduction)
{
    const struct reduction_row **rows = malloc((reduction->count + 1) * sizeof *rows);

    cr_assert_not_null(rows);
    for (size_t i = 0; i < reduction->count; i++)
        rows[i] = &reduction->rows[i];
    qsort(rows, reduction->count, sizeof *rows, by_hash);
    return rows;
}

static const struct {
    const char *name, *scenario;
    const char *settings[4];
} samples[] = {
    {"day", "samples/day.scn", {"intervals=8", NULL}},
    {"busy", "samples/busy.scn", {"intervals=5", "users=8", "disks=8", NULL}},
    {"quirks", "samples/quirks.scn", {NULL}},
};

static struct story *story_of(unsigned sample)
{
    struct story *story = calloc(1, sizeof *story);
    struct reduction_stretch all = {0, SIZE_MAX}; /* all times are of interest */

    cr_assert_not_null(story);
    story->file = sample_file_make(samples[sample].scenario, MS_NATIVE, samples[sample].settings);
    take_apart(story);
    cr_assert(story->interval_count > 4, "%u intervals", story->interval_count);
    story->whole = reduction_of(story->file.data, story->file.length, &all, 1);
    story->ordered = sorted(story->whole);
    cr_assert(story->whole->opened && story->whole->in_order && story->whole->adds_up && story->whole->count > 50);
    return story;
}

static void forget(struct story *story)
{
    free(story->ordered);
    reduction_free(story->whole);
    free(story->file.data);
    free(story);
}

/* --- columns and entities --- */

/* The field that a column shows: its name, or that name with the number of an element behind it. */
static const struct mr_field *field_of(const struct mr_plan *plan, const char *column)
{
    for (size_t f = 0; f < plan->feed_count; f++) {
        const struct mr_layout *layout = plan->feeds[f].layout;

        for (unsigned i = 0; i < layout->field_count; i++) {
            size_t n = strlen(layout->fields[i].name);

            if (strncmp(layout->fields[i].name, column, n) == 0 &&
                (column[n] == '\0' ||
                 (column[n] == '_' && strspn(column + n + 1, "0123456789") == strlen(column + n + 1))))
                return &layout->fields[i];
        }
    }
    return NULL;
}

enum role { SAME, KEY, DIFFERENCE, DEPENDS };

/* Worked out once for each table: roles[number of the plan][column]. */
static enum role *roles[1024];

static enum role role_of(const struct mr_plan *plan, unsigned c)
{
    const struct mr_field *field;

    if (c == MR_COL_VMCINTTS || c == MR_COL_DURATION || c == MR_COL_QUALITY ||
        (c >= plan->first_derived && plan->first_derived > 0))
        return DEPENDS;
    if (c < MR_COL_COMMON)
        return SAME;
    if (plan->table->rule == MR_RULE_JOIN)
        return c < plan->first_element ? KEY : DEPENDS;
    field = field_of(plan, plan->columns[c].name);
    if (field == NULL) /* no field: a computed key, or joined from other rows, or the time since the record before */
        return c < plan->first_element ? KEY : DEPENDS;
    if (field->semantic == MR_SEM_COUNTER || field->semantic == MR_SEM_DURATION_COUNTER)
        return DIFFERENCE;
    return field->semantic == MR_SEM_KEY ? KEY : SAME;
}

static const enum role *roles_of(const struct mr_plan *plan)
{
    enum role **all = &roles[plan->number];

    cr_assert(plan->number < sizeof roles / sizeof *roles);
    if (*all == NULL) {
        *all = calloc(plan->column_count, sizeof **all);
        cr_assert_not_null(*all);
        for (unsigned c = 0; c < plan->column_count; c++)
            (*all)[c] = role_of(plan, c);
    }
    return *all;
}

static void forget_roles(void)
{
    for (size_t p = 0; p < sizeof roles / sizeof *roles; p++)
        free(roles[p]);
}

/* Do two rows of a table agree in all columns up to this role? */
static bool agree(const struct reduction_row *a, const struct reduction_row *b, enum role up_to)
{
    const enum role *role = roles_of(a->plan);

    if (a->plan->number != b->plan->number)
        return false;
    for (size_t c = 0; c < a->plan->column_count; c++) {
        bool counts = up_to == SAME ? role[c] == SAME || role[c] == KEY : role[c] == KEY || c == MR_COL_SYSID;

        if (counts && !reduction_same_cell(&a->plan->columns[c], &a->cells[c], &b->cells[c]))
            return false;
    }
    return true;
}

/* --- one round of damage that leaves intervals untouched --- */

struct round {
    const struct story *story;
    uint8_t *data;
    size_t length;
    bool touched[INTERVALS_MAX + 1];
    struct reduction_stretch stretches[SETS_MAX]; /* of the damaged file */
    size_t stretch_count;
    struct reduction *reduced;
    bool *used;       /* rows of the damaged file that have been found in the undamaged one */
    uint64_t exact, loose, sums; /* rows and differences compared */
    bool believed; /* a record with a damaged header was believed */
    bool spoiled;  /* and rows of untouched intervals differ by it */
};

/* 1 % random bytes in the sets of some intervals. */
static void sprinkle(struct round *round)
{
    size_t all = 0;

    for (size_t i = 0; i < round->stretch_count; i++)
        all += round->stretches[i].to - round->stretches[i].from;
    for (size_t n = all / 100; n > 0; n--) {
        size_t at = draw(all), i = 0;

        while (at >= round->stretches[i].to - round->stretches[i].from) {
            at -= round->stretches[i].to - round->stretches[i].from;
            i++;
        }
        round->data[round->stretches[i].from + at] = (uint8_t)draw(256);
    }
}

/* A piece of one set is overwritten. */
static void overwrite(struct round *round)
{
    const struct reduction_stretch *stretch = &round->stretches[draw(round->stretch_count)];
    size_t at = stretch->from + draw(stretch->to - stretch->from), length = 1 + draw(3 * BLOCK);
    unsigned fill = (unsigned)draw(3);

    for (size_t i = at; i < at + length && i < stretch->to; i++)
        round->data[i] = fill == 0 ? 0 : fill == 1 ? 0xFF : (uint8_t)draw(256);
}

/* Bytes of one set are lost, or strange ones are in it; what stands behind moves. */
static void move(struct round *round, bool gain)
{
    size_t chosen = draw(round->stretch_count);
    struct reduction_stretch *stretch = &round->stretches[chosen];
    size_t at = stretch->from + draw(stretch->to - stretch->from), n = 1 + draw(LOST_MAX);

    if (!gain && n > stretch->to - at)
        n = stretch->to - at;
    if (gain) {
        memmove(round->data + at + n, round->data + at, round->length - at);
        for (size_t i = 0; i < n; i++)
            round->data[at + i] = (uint8_t)draw(256);
        round->length += n;
    } else {
        memmove(round->data + at, round->data + at + n, round->length - at - n);
        round->length -= n;
    }
    for (size_t i = chosen; i < round->stretch_count; i++) {
        round->stretches[i].from += i == chosen ? 0 : gain ? n : 0 - n;
        round->stretches[i].to += gain ? n : 0 - n;
    }
}

/* Choose one to three intervals, and damage their sets in one of four ways. */
static void damage(struct round *round)
{
    const struct story *story = round->story;

    for (size_t n = 1 + draw(3); n > 0; n--)
        round->touched[draw(story->interval_count)] = true;
    for (size_t i = 0; i < story->set_count; i++) {
        if (round->touched[story->sets[i].interval] && !story->sets[i].config)
            round->stretches[round->stretch_count++] = story->sets[i].bytes;
    }
    switch (draw(4)) {
    case 0:
        overwrite(round);
        break;
    case 1:
        move(round, false);
        break;
    case 2:
        move(round, true);
        break;
    default:
        sprinkle(round);
        break;
    }
}

static bool untouched(const struct round *round, unsigned from, unsigned to)
{
    for (unsigned k = from; k <= to; k++) {
        if (round->touched[k])
            return false;
    }
    return true;
}

static bool of_samples(const struct mr_plan *plan)
{
    for (size_t f = 0; f < plan->feed_count; f++) {
        if (plan->feeds[f].sample)
            return true;
    }
    return false;
}

/*
 * Is all that the row is made from untouched: its interval, the one before, and as far as its differences reach back?
 * Why a row is the first of something may lie anywhere before it, and what a gap is depends on how long intervals have
 * been.  The row of a configuration set is written when what
 * comes behind the set shows that it has ended.
 */
static bool is_safe(const struct round *round, const struct reduction_row *row, unsigned interval)
{
    const struct mr_cell *duration = &row->cells[MR_COL_DURATION];
    unsigned from = interval == 0 ? 0 : interval - 1;

    if (duration->present) {
        unsigned back = interval_of(round->story, row->end - duration->value.i);

        from = back < from ? back : from;
    } else if (of_samples(row->plan)) {
        from = 0;
    }
    if (strncmp(row->cells[MR_COL_QUALITY].value.text, "gap", 3) == 0)
        from = 0;
    return row->plan->table->rule != MR_RULE_START && untouched(round, from, interval);
}

static const char *words_of(const struct reduction_row *row)
{
    static char words[300];
    time_t seconds = (time_t)(row->end / 1000000);
    struct tm parts;

    gmtime_r(&seconds, &parts);
    snprintf(words, sizeof words, "%s, %s of %02d:%02d:%02d, %.*s", present, row->plan->table->name, parts.tm_hour,
             parts.tm_min, parts.tm_sec, (int)row->cells[MR_COL_QUALITY].size, row->cells[MR_COL_QUALITY].value.text);
    return words;
}

static void show_differences(const struct reduction_row *a, const struct reduction_row *b, enum role up_to)
{
    const enum role *role = roles_of(a->plan);

    for (size_t c = 0; c < a->plan->column_count; c++) {
        if (role[c] <= up_to && !reduction_same_cell(&a->plan->columns[c], &a->cells[c], &b->cells[c]))
            fprintf(stderr, "    %s: %" PRIu64 " (%s), undamaged %" PRIu64 " (%s)\n", a->plan->columns[c].name,
                    a->cells[c].value.u, a->cells[c].present ? "present" : "missing", b->cells[c].value.u,
                    b->cells[c].present ? "present" : "missing");
    }
}

/*
 * A row of an untouched interval is not right.  Where a damaged header could not be told from a good one that is counted,
 * everywhere else it is a fault.
 */
static void wrong(struct round *round, const struct reduction_row *row, const char *how)
{
    round->spoiled = true;
    cr_assert(round->believed, "%s: this row of an untouched interval %s", words_of(row), how);
}

/* Is there a damaged record among those handed out whose time or type no record of the undamaged file has? */
static bool believes_header(const struct round *round)
{
    const struct reduction *reduced = round->reduced, *whole = round->story->whole;

    for (size_t i = 0; i < reduced->suspect_count; i++) {
        if (!reduction_suspects(whole, &reduced->suspect[i]))
            return true;
    }
    return false;
}

/* The row of the same thing in the undamaged file that ends at this time, give or take a microsecond; or NULL. */
static const struct reduction_row *row_at(const struct story *story, const struct reduction_row *row, int64_t end)
{
    size_t low = 0, high = story->whole->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (story->ordered[middle]->end < end - 2)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < story->whole->count && story->ordered[low]->end <= end + 2; low++) {
        if (agree(row, story->ordered[low], KEY))
            return story->ordered[low];
    }
    return NULL;
}

/* The sum of a column's differences in the undamaged file, from after `from` up to the row; false where one is blank. */
static bool sum_back(const struct story *story, const struct reduction_row *row, unsigned c, int64_t from,
                     uint64_t *sum, unsigned *parts)
{
    *sum = 0;
    for (*parts = 1; *parts < 2 * INTERVALS_MAX; ++*parts) {
        if (!row->cells[c].present || !row->cells[MR_COL_DURATION].present)
            return false;
        *sum += row->cells[c].value.u;
        if (row->end - row->cells[MR_COL_DURATION].value.i <= from + 2)
            return row->end - row->cells[MR_COL_DURATION].value.i >= from - 2;
        row = row_at(story, row, row->end - row->cells[MR_COL_DURATION].value.i);
        if (row == NULL)
            return false;
    }
    return false;
}

/*
 * Durations are cut to the microsecond in each part; a counter that wrapped more than once over the whole is the
 * difference modulo its width.
 */
static bool is_sum(const struct mr_plan *plan, unsigned c, uint64_t value, uint64_t sum, unsigned parts)
{
    const struct mr_field *field = field_of(plan, plan->columns[c].name);

    if (plan->columns[c].type == MR_CELL_SECONDS)
        return value - sum <= parts;
    return value == sum || (field != NULL && field->length < 8 && (sum - value) % (UINT64_C(1) << 8 * field->length) == 0);
}

/* Differences of a row behind damage, where they reach back to an untouched record. */
static void check_sums(struct round *round, const struct reduction_row *row, const struct reduction_row *whole)
{
    const enum role *role = roles_of(row->plan);
    const struct mr_cell *duration = &row->cells[MR_COL_DURATION];
    int64_t from = row->end - duration->value.i;

    /* The bits below the microsecond are damaged like any others. */
    if (!duration->present || row->plan->table->rule == MR_RULE_JOIN ||
        !untouched(round, interval_of(round->story, from - 2), interval_of(round->story, from + 2)))
        return;
    for (unsigned c = 0; c < row->plan->column_count; c++) {
        uint64_t sum;
        unsigned parts;
        char how[200];

        if (role[c] != DIFFERENCE || !row->cells[c].present || row->plan->columns[c].type == MR_CELL_REAL ||
            !sum_back(round->story, whole, c, from, &sum, &parts))
            continue;
        round->sums++;
        if (is_sum(row->plan, c, row->cells[c].value.u, sum, parts))
            continue;
        snprintf(how, sizeof how, "has %" PRIu64 " in %s, but the %u parts are %" PRIu64, row->cells[c].value.u,
                 row->plan->columns[c].name, parts, sum);
        wrong(round, row, how);
    }
}

/* The row of the damaged file that a changed row has become: the same but for what depends on earlier records. */
static void find_loose(struct round *round, const struct reduction_row *whole, const struct reduction_row **rows,
                       size_t from)
{
    const struct reduction_row *near = NULL;

    for (size_t i = from; i < round->reduced->count && rows[i]->end == whole->end; i++) {
        size_t index = (size_t)(rows[i] - round->reduced->rows);

        if (round->used[index] || !agree(rows[i], whole, KEY))
            continue;
        near = rows[i];
        if (!agree(rows[i], whole, SAME))
            continue;
        round->used[index] = true;
        round->loose++;
        check_sums(round, rows[i], whole);
        return;
    }
    for (size_t i = from; near == NULL && i < round->reduced->count && rows[i]->end == whole->end; i++)
        near = rows[i]->plan->number == whole->plan->number && !round->used[rows[i] - round->reduced->rows] ? rows[i] : NULL;
    if (near != NULL && !round->believed)
        show_differences(near, whole, KEY);
    wrong(round, whole, near == NULL ? "is lost" : "is changed");
}

/* What has become of a row, for the reader of a failure. */
static void show_near(const struct round *round, const struct reduction_row *row)
{
    for (size_t i = 0; i < round->reduced->count && !round->believed; i++) {
        if (round->reduced->rows[i].end == row->end && agree(&round->reduced->rows[i], row, KEY))
            show_differences(&round->reduced->rows[i], row, DEPENDS);
    }
}

/* Rows of untouched intervals that are there to the byte; returns how many others are put to the front of before. */
static size_t take_exact(struct round *round, const struct reduction_row **before, const struct reduction_row **after)
{
    size_t at = 0, others = 0;

    for (size_t i = 0; i < round->story->whole->count; i++) {
        unsigned interval = interval_of(round->story, before[i]->end);

        if (interval == round->story->interval_count || round->touched[interval])
            continue;
        while (at < round->reduced->count && by_hash(&after[at], &before[i]) < 0)
            at++;
        if (at < round->reduced->count && by_hash(&after[at], &before[i]) == 0) {
            round->exact++;
            round->used[after[at++] - round->reduced->rows] = true;
        } else {
            before[others++] = before[i];
        }
    }
    return others;
}

static void compare(struct round *round)
{
    size_t count = round->story->whole->count, others, at = 0;
    const struct reduction_row **before = malloc((count + 1) * sizeof *before), **after = sorted(round->reduced);

    cr_assert_not_null(before);
    memcpy(before, round->story->ordered, count * sizeof *before);
    others = take_exact(round, before, after);
    for (size_t i = 0; i < others; i++) {
        if (is_safe(round, before[i], interval_of(round->story, before[i]->end))) {
            show_near(round, before[i]);
            wrong(round, before[i], "is not to be found as it was");
            continue;
        }
        while (at < round->reduced->count && after[at]->end < before[i]->end)
            at++;
        find_loose(round, before[i], after, at);
    }
    free(before);
    free(after);
}

/* What the undamaged file does not have is made from damaged records, and has their time. */
static void check_made_up(struct round *round)
{
    for (size_t i = 0; i < round->reduced->count; i++) {
        const struct reduction_row *row = &round->reduced->rows[i];
        unsigned interval = interval_of(round->story, row->end);

        if (round->used[i] || interval == round->story->interval_count || round->touched[interval])
            continue;
        if (!reduction_suspects_time(round->reduced, row->end))
            wrong(round, row, "is made up");
    }
}

static void play(struct round *round)
{
    const struct sample_file *file = &round->story->file;

    round->data = malloc(file->length + LOST_MAX);
    cr_assert_not_null(round->data);
    memcpy(round->data, file->data, file->length);
    round->length = file->length;
    damage(round);
    keep(round->data, round->length);
    round->reduced = reduction_of(round->data, round->length, round->stretches, round->stretch_count);
    cr_assert(round->reduced->opened && round->reduced->in_order && round->reduced->adds_up, "%s", present);
    round->used = calloc(round->reduced->count + 1, sizeof *round->used);
    cr_assert_not_null(round->used);
    round->believed = believes_header(round);
    compare(round);
    check_made_up(round);
    free(round->used);
    reduction_free(round->reduced);
    free(round->data);
}

static void untouched_intervals(unsigned sample)
{
    struct story *story = story_of(sample);
    uint64_t seed, first, end, exact = 0, loose = 0, sums = 0, believed = 0, spoiled = 0;

    rounds_of(samples[sample].name, &seed, &first, &end);
    for (uint64_t n = first; n < end; n++) {
        struct round round = {.story = story};

        begin_round(samples[sample].name, seed, n);
        play(&round);
        exact += round.exact, loose += round.loose, sums += round.sums;
        believed += round.believed, spoiled += round.spoiled;
    }
    alarm(0);
    fprintf(stderr,
            "%s: %" PRIu64 " rows the same, %" PRIu64 " behind damage, %" PRIu64 " differences over gaps; in %" PRIu64
            " rounds a damaged header was believed, in %" PRIu64 " of these it did harm\n",
            samples[sample].name, exact, loose, sums, believed, spoiled);
    cr_expect(exact > 0);
    cr_expect_leq(spoiled, (end - first) / SPOILED_IN + 1, "damaged headers do harm in %" PRIu64 " rounds", spoiled);
    forget(story);
    forget_roles();
}

Test(damage_samples, day_untouched)
{
    untouched_intervals(0);
}

Test(damage_samples, busy_untouched)
{
    untouched_intervals(1);
}

Test(damage_samples, quirks_untouched)
{
    untouched_intervals(2);
}

/* --- 1 % anywhere, in every form --- */

static void anywhere(unsigned sample)
{
    struct sample_file forms[4];
    uint64_t seed, first, end;

    for (unsigned f = 0; f < 4; f++)
        forms[f] = sample_file_make(samples[sample].scenario, (enum ms_form)f, samples[sample].settings);
    rounds_of(samples[sample].name, &seed, &first, &end);
    for (uint64_t n = first; n < end; n++) {
        const struct sample_file *file = &forms[n % 4];
        uint8_t *data = malloc(file->length);
        struct reduction *reduced;

        cr_assert_not_null(data);
        memcpy(data, file->data, file->length);
        begin_round(samples[sample].name, seed, n);
        for (size_t i = file->length / 100; i > 0; i--)
            data[draw(file->length)] = (uint8_t)draw(256);
        keep(data, file->length);
        reduced = reduction_of(data, file->length, NULL, 0);
        cr_assert(!reduced->opened || (reduced->in_order && reduced->adds_up), "%s", present);
        reduction_free(reduced);
        free(data);
    }
    alarm(0);
    for (unsigned f = 0; f < 4; f++)
        free(forms[f].data);
}

Test(damage_samples, day_anywhere)
{
    anywhere(0);
}

Test(damage_samples, busy_anywhere)
{
    anywhere(1);
}

Test(damage_samples, quirks_anywhere)
{
    anywhere(2);
}
