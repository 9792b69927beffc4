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
 * Configuration sets stay whole in the second kind: they say whose the rows are and where the counters begin.
 *
 *   rounds.h  random rounds, which can be asked for again
 *   story.h   a sample, and what is known of it while it is whole
 *   roles.h   what the columns of a row depend on
 *   here      the damage, and what rows may become by it
 */
#include "tests/unit/roles.h"
#include "tests/unit/rounds.h"
#include "tests/unit/story.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SPOILED_IN 50 /* in one of so many rounds a damaged header that is believed may do harm */
#define BLOCK 4096u
#define LOST_MAX 20000u /* bytes that are removed or put in at a time */

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
        size_t at = rounds_draw(all), i = 0;

        while (at >= round->stretches[i].to - round->stretches[i].from) {
            at -= round->stretches[i].to - round->stretches[i].from;
            i++;
        }
        round->data[round->stretches[i].from + at] = (uint8_t)rounds_draw(256);
    }
}

/* A piece of one set is overwritten. */
static void overwrite(struct round *round)
{
    const struct reduction_stretch *stretch = &round->stretches[rounds_draw(round->stretch_count)];
    size_t at = stretch->from + rounds_draw(stretch->to - stretch->from), length = 1 + rounds_draw(3 * BLOCK);
    unsigned fill = (unsigned)rounds_draw(3);

    for (size_t i = at; i < at + length && i < stretch->to; i++)
        round->data[i] = fill == 0 ? 0 : fill == 1 ? 0xFF : (uint8_t)rounds_draw(256);
}

/* Bytes of one set are lost, or strange ones are in it; what stands behind moves. */
static void move(struct round *round, bool gain)
{
    size_t chosen = rounds_draw(round->stretch_count);
    struct reduction_stretch *stretch = &round->stretches[chosen];
    size_t at = stretch->from + rounds_draw(stretch->to - stretch->from), n = 1 + rounds_draw(LOST_MAX);

    if (!gain && n > stretch->to - at)
        n = stretch->to - at;
    if (gain) {
        memmove(round->data + at + n, round->data + at, round->length - at);
        for (size_t i = 0; i < n; i++)
            round->data[at + i] = (uint8_t)rounds_draw(256);
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

    for (size_t n = 1 + rounds_draw(3); n > 0; n--)
        round->touched[rounds_draw(story->interval_count)] = true;
    for (size_t i = 0; i < story->set_count; i++) {
        if (round->touched[story->sets[i].interval] && !story->sets[i].config)
            round->stretches[round->stretch_count++] = story->sets[i].bytes;
    }
    switch (rounds_draw(4)) {
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
        unsigned back = story_interval(round->story, row->end - duration->value.i);

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
    snprintf(words, sizeof words, "%s, %s of %02d:%02d:%02d, %.*s", rounds_present(), row->plan->table->name, parts.tm_hour,
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
        if (roles_agree(row, story->ordered[low], KEY))
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
    const struct mr_field *field = roles_field(plan, plan->columns[c].name);

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
        !untouched(round, story_interval(round->story, from - 2), story_interval(round->story, from + 2)))
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

        if (round->used[index] || !roles_agree(rows[i], whole, KEY))
            continue;
        near = rows[i];
        if (!roles_agree(rows[i], whole, SAME))
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
        if (round->reduced->rows[i].end == row->end && roles_agree(&round->reduced->rows[i], row, KEY))
            show_differences(&round->reduced->rows[i], row, DEPENDS);
    }
}

/* Rows of untouched intervals that are there to the byte; returns how many others are put to the front of before. */
static size_t take_exact(struct round *round, const struct reduction_row **before, const struct reduction_row **after)
{
    size_t at = 0, others = 0;

    for (size_t i = 0; i < round->story->whole->count; i++) {
        unsigned interval = story_interval(round->story, before[i]->end);

        if (interval == round->story->interval_count || round->touched[interval])
            continue;
        while (at < round->reduced->count && story_by_hash(&after[at], &before[i]) < 0)
            at++;
        if (at < round->reduced->count && story_by_hash(&after[at], &before[i]) == 0) {
            round->exact++;
            round->used[after[at++] - round->reduced->rows] = true;
        } else {
            before[others++] = before[i];
        }
    }
    return others;
}

/* Is the row there, but for cells that the damage elsewhere has left blank? */
static bool is_there_in_part(struct round *round, const struct reduction_row *whole)
{
    for (size_t i = 0; i < round->reduced->count; i++) {
        const struct reduction_row *row = &round->reduced->rows[i];

        if (row->end == whole->end && !round->used[i] && roles_agree(row, whole, DEPENDS)) {
            round->used[i] = true;
            round->loose++;
            return true;
        }
    }
    return false;
}

static void compare(struct round *round)
{
    size_t count = round->story->whole->count, others, at = 0;
    const struct reduction_row **before = malloc((count + 1) * sizeof *before), **after = story_sorted(round->reduced);

    cr_assert_not_null(before);
    memcpy(before, round->story->ordered, count * sizeof *before);
    others = take_exact(round, before, after);
    for (size_t i = 0; i < others; i++) {
        if (is_safe(round, before[i], story_interval(round->story, before[i]->end))) {
            if (is_there_in_part(round, before[i]))
                continue;
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
        unsigned interval = story_interval(round->story, row->end);

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
    rounds_keep(round->data, round->length);
    round->reduced = reduction_of(round->data, round->length, round->stretches, round->stretch_count);
    cr_assert(round->reduced->opened && round->reduced->in_order && round->reduced->adds_up, "%s", rounds_present());
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

    rounds_of(story_samples[sample].name, &seed, &first, &end);
    for (uint64_t n = first; n < end; n++) {
        struct round round = {.story = story};

        rounds_begin(story_samples[sample].name, seed, n);
        play(&round);
        exact += round.exact, loose += round.loose, sums += round.sums;
        believed += round.believed, spoiled += round.spoiled;
    }
    alarm(0);
    fprintf(stderr,
            "%s: %" PRIu64 " rows the same, %" PRIu64 " behind damage, %" PRIu64 " differences over gaps; in %" PRIu64
            " rounds a damaged header was believed, in %" PRIu64 " of these it did harm\n",
            story_samples[sample].name, exact, loose, sums, believed, spoiled);
    cr_expect(exact > 0);
    cr_expect_leq(spoiled, (end - first) / SPOILED_IN + 1, "damaged headers do harm in %" PRIu64 " rounds", spoiled);
    story_forget(story);
    roles_forget();
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
        forms[f] = sample_file_make(story_samples[sample].scenario, (enum ms_form)f, story_samples[sample].settings);
    rounds_of(story_samples[sample].name, &seed, &first, &end);
    for (uint64_t n = first; n < end; n++) {
        const struct sample_file *file = &forms[n % 4];
        uint8_t *data = malloc(file->length);
        struct reduction *reduced;

        cr_assert_not_null(data);
        memcpy(data, file->data, file->length);
        rounds_begin(story_samples[sample].name, seed, n);
        for (size_t i = file->length / 100; i > 0; i--)
            data[rounds_draw(file->length)] = (uint8_t)rounds_draw(256);
        rounds_keep(data, file->length);
        reduced = reduction_of(data, file->length, NULL, 0);
        cr_assert(!reduced->opened || (reduced->in_order && reduced->adds_up), "%s", rounds_present());
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
