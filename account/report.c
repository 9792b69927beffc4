/* SPDX-License-Identifier: Apache-2.0 */
/* The account for people: the report at the end of a run, and the census. */
#include "account/account.h"
#include "writers/number.h"

#include <inttypes.h>
#include <string.h>

#define REPORT_SYSTEMS 5   /* told one by one in the report */
#define CENSUS_EPISODES 20 /* of each system in the census; JSON has them all */
#define TIME_SHOWN 19      /* characters of a time up to the second */

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* To the second, which is what people compare with their logs. */
static const char *short_time(uint64_t tod, char *buffer)
{
    if (mr_account_time(tod, buffer)[0] == '\0')
        strcpy(buffer, "?");
    else
        buffer[TIME_SHOWN] = '\0';
    return buffer;
}

/* The time of day alone where the date is that of the other time. */
static const char *short_end(uint64_t tod, const char *begin, char *buffer)
{
    short_time(tod, buffer);
    return strlen(buffer) == TIME_SHOWN && strncmp(buffer, begin, 11) == 0 ? buffer + 11 : buffer;
}

static const char *shown_name(const struct mr_input_result *input)
{
    return strcmp(input->name, "-") == 0 ? "standard input" : input->name;
}

static void report_inputs(const struct mr_account *account, const struct mr_account_totals *t, FILE *out)
{
    fprintf(out, "input      %zu file%s, %" PRIu64 " bytes, %" PRIu64 " record%s\n", account->input_count,
            plural(account->input_count), t->bytes.bytes, t->bytes.record_count, plural(t->bytes.record_count));
}

static void report_systems(const struct mr_account *account, FILE *out)
{
    char from[MR_NUMBER_MAX_TEXT], to[MR_NUMBER_MAX_TEXT];

    for (size_t i = 0; i < account->system_count && i < REPORT_SYSTEMS; i++) {
        const struct mr_system_account *s = &account->systems[i];

        short_time(s->first_tod, from);
        fprintf(out, "system     %s%s%s, %s to %s UTC, %" PRIu64 " interval%s\n", s->identity.sysid,
                s->level[0] ? ", " : "", s->level, from, short_end(s->last_tod, from, to), s->intervals,
                plural(s->intervals));
    }
    if (account->system_count > REPORT_SYSTEMS)
        fprintf(out, "           and %zu more systems\n", account->system_count - REPORT_SYSTEMS);
}

static void report_rows(const struct mr_account_totals *t, FILE *out)
{
    fprintf(out, "rows       %" PRIu64 " ok, %" PRIu64 " first, %" PRIu64 " gap, %" PRIu64 " reset, %" PRIu64
            " partial\n",
            t->qualities[MR_QUALITY_OK], t->qualities[MR_QUALITY_FIRST], t->qualities[MR_QUALITY_GAP],
            t->qualities[MR_QUALITY_RESET], t->qualities[MR_QUALITY_PARTIAL]);
}

static void report_left_out(const struct mr_account *account, const struct mr_account_totals *t, FILE *out)
{
    uint64_t unknown = t->fates[MR_FATE_UNKNOWN], not_selected = t->fates[MR_FATE_NOT_SELECTED];

    if (unknown > 0)
        fprintf(out, "not known  %" PRIu64 " record%s of %" PRIu64 " kind%s without a layout\n", unknown,
                plural(unknown), t->unknown_kinds, plural(t->unknown_kinds));
    if (not_selected > 0)
        fprintf(out, "left out   %" PRIu64 " record%s that no wanted table takes\n", not_selected,
                plural(not_selected));
    if (account->counts.duplicates > 0)
        fprintf(out, "twice      %" PRIu64 " record%s that came twice and were used once\n",
                account->counts.duplicates, plural(account->counts.duplicates));
}

/* What is not in the tables although it happened. */
static void report_lost(const struct mr_account *account, const struct mr_account_totals *t, FILE *out)
{
    uint64_t bad = account->input_count - t->usable_inputs;
    bool damage = t->bytes.damage_count > 0 || t->bytes.damaged > 0 || t->bytes.bad_record_count > 0;

    if (account->interrupted.by != 0)
        fprintf(out, "stopped    by %s; %zu input%s not read at all\n", mr_interruption_signal(&account->interrupted),
                account->interrupted.not_read, plural(account->interrupted.not_read));
    if (bad > 0)
        fprintf(out, "lost       %" PRIu64 " file%s that could not be used\n", bad, plural(bad));
    if (damage)
        fprintf(out, "lost       %" PRIu64 " bytes in %" PRIu64 " damaged place%s, %" PRIu64 " record%s known lost\n",
                t->bytes.damaged, t->bytes.damage_count, plural(t->bytes.damage_count), t->bytes.bad_record_count,
                plural(t->bytes.bad_record_count));
    if (t->missing_intervals > 0)
        fprintf(out, "lost       %" PRIu64 " of %" PRIu64 " intervals are missing\n", t->missing_intervals,
                t->intervals + t->missing_intervals);
    if (t->suspends > 0)
        fprintf(out, "lost       %" PRIu64 " event record%s in %" PRIu64 " suspension%s of the monitor\n",
                t->lost_events, plural(t->lost_events), t->suspends, plural(t->suspends));
    if (account->log->code >= 8 && bad == 0 && !damage)
        fputs("lost       data that is not in the input; how much cannot be told\n", out);
    else if (bad == 0 && !damage && t->missing_intervals == 0 && t->suspends == 0)
        fputs("lost       nothing\n", out);
    if (!t->bytes_agree || !t->records_agree || !t->rows_agree)
        fputs("sums       do not agree: this is a fault of the program; please report it with manifest.json\n", out);
}

static void report_balances(const struct mr_account *account, FILE *out)
{
    for (size_t i = 0; i < account->balance_count; i++) {
        const struct mr_balance_result *result = &account->balances[i];

        if (result->failed > 0)
            fprintf(out, "balance    \"%s\" fails in %" PRIu64 " of %" PRIu64 " rows of %s\n",
                    result->balance->name, result->failed, result->checked, result->balance->table);
    }
}

/* The fields that made most rows a new base; manifest.json has all. */
static void report_falls(const struct mr_account *account, FILE *out)
{
    uint64_t fields = 0, rows = 0;
    const struct mr_fall_result *most = NULL;

    for (size_t i = 0; i < account->fall_count; i++) {
        const struct mr_fall_result *fall = &account->falls[i];

        if (fall->resets == 0)
            continue;
        fields++;
        rows += fall->resets;
        if (most == NULL || fall->resets > most->resets)
            most = fall;
    }
    if (most == NULL)
        return;
    fprintf(out, "reset      %" PRIu64 " row%s without a sign, by %" PRIu64 " field%s; most by %s.%s, %" PRIu64 "\n", rows,
            plural(rows), fields, plural(fields), most->table->name, most->field->name, most->resets);
}

static void report_reasons(const struct mr_account *account, FILE *out)
{
    enum mr_message_id order[MR_MSG_COUNT];

    mr_account_message_order(order);
    for (unsigned i = 0; i < MR_MSG_COUNT; i++) {
        uint64_t count = account->log->counts[order[i]];

        if (mr_account_is_reason(account, order[i]))
            fprintf(out, "because    %s, %" PRIu64 " time%s: %s\n", mr_message_text(order[i])->id, count,
                    plural(count), mr_message_text(order[i])->text);
    }
}

void mr_account_report(const struct mr_account *account, const char *folder, FILE *out)
{
    struct mr_account_totals totals;

    mr_account_sum(account, &totals);
    if (totals.usable_inputs > 0) { /* else the messages have said why */
        report_inputs(account, &totals, out);
        report_systems(account, out);
        report_rows(&totals, out);
        report_left_out(account, &totals, out);
        mr_account_exits_report(account, out);
        report_lost(account, &totals, out);
        report_falls(account, out);
        report_balances(account, out);
        report_reasons(account, out);
    }
    fprintf(out, "%" PRIu64 " rows in %zu table%s in %s", totals.rows, account->table_count,
            plural(account->table_count), folder);
    fprintf(out, " from %" PRIu64 " records, %" PRIu64 " bytes; return code %d: %s\n", totals.bytes.record_count,
            totals.bytes.bytes, account->log->code, mr_account_code_text(account->log->code));
}

static void census_input(const struct mr_input_result *input, FILE *out)
{
    const struct mr_reader_counts *c = &input->counts;

    if (!input->usable) {
        fprintf(out, "%s: could not be used\n", shown_name(input));
        return;
    }
    fprintf(out, "%s: %s, %" PRIu64 " bytes, CRC-32 %08" PRIX32 ", %" PRIu64 " records\n", shown_name(input),
            mr_container_name(input->container), c->input_bytes, c->crc, c->record_count);
    if (c->input_bytes != c->bytes)
        fprintf(out, "  uncompressed: %" PRIu64 " bytes\n", c->bytes);
    fprintf(out, "  bytes: %" PRIu64 " control, %" PRIu64 " records, %" PRIu64 " left over in frames, %" PRIu64
            " end of data, %" PRIu64 " damaged\n",
            c->control, c->records, c->leftover, c->end_data, c->damaged);
    if (c->damage_count > 0 || c->bad_record_count > 0)
        fprintf(out, "  damage: %" PRIu64 " place%s, %" PRIu64 " record%s known lost\n", c->damage_count,
                plural(c->damage_count), c->bad_record_count, plural(c->bad_record_count));
}

static void census_episode(const struct mr_episode *e, FILE *out)
{
    char from[MR_NUMBER_MAX_TEXT], to[MR_NUMBER_MAX_TEXT];

    short_time(e->from_tod, from);
    switch (e->kind) {
    case MR_EPISODE_SUSPEND:
        fprintf(out, "  %-20s suspended until %s, %" PRIu64 " event record%s lost\n", from, short_time(e->to_tod, to),
                e->number, plural(e->number));
        break;
    case MR_EPISODE_GAP:
        fprintf(out, "  %-20s gap until %s, %" PRIu64 " interval%s missing\n", from, short_time(e->to_tod, to),
                e->number, plural(e->number));
        break;
    case MR_EPISODE_RESTART:
        fprintf(out, "  %-20s system started again (IPL)\n", from);
        break;
    case MR_EPISODE_RECONNECT:
        fprintf(out, "  %-20s monitor connected again, same IPL\n", from);
        break;
    case MR_EPISODE_INTERVAL:
        fprintf(out, "  %-20s interval set to %" PRIu64 " second%s\n", from, e->number, plural(e->number));
        break;
    case MR_EPISODE_CLOCK:
        fprintf(out, "  %-20s clock went back to %s\n", from, short_time(e->to_tod, to));
        break;
    }
}

static void census_identity(const struct mr_system_account *s, FILE *out)
{
    char text[MR_NUMBER_MAX_TEXT];

    fprintf(out, "\nsystem %s%s%s", s->identity.sysid, s->level[0] ? ", " : "", s->level);
    if (s->identity.cpumodel[0] != '\0')
        fprintf(out, ", processor %s", s->identity.cpumodel);
    if (s->identity.serial[0] != '\0')
        fprintf(out, ", serial %s", s->identity.serial);
    if (s->ipl_tod != 0)
        fprintf(out, ", IPL %s UTC", short_time(s->ipl_tod, text));
    fputc('\n', out);
}

static void census_system(const struct mr_system_account *s, FILE *out)
{
    static const char *const records[] = {" 1/1", " 1/4", " 1/5", " 1/9"};
    char from[MR_NUMBER_MAX_TEXT], to[MR_NUMBER_MAX_TEXT];

    census_identity(s, out);
    short_time(s->first_tod, from);
    fprintf(out, "  %s to %s UTC, %" PRIu64 " records, %" PRIu64 " configuration set%s\n", from,
            short_end(s->last_tod, from, to), s->records, s->configurations, plural(s->configurations));
    fprintf(out, "  %" PRIu64 " intervals of %" PRIu64 " expected, %" PRIu64 " missing\n", s->intervals,
            s->intervals + s->missing_intervals, s->missing_intervals);
    if (s->config_missing != 0) {
        fputs("  configuration records missing:", out);
        for (unsigned i = 0; i < sizeof records / sizeof *records; i++)
            fputs(s->config_missing & 1u << i ? records[i] : "", out);
        fputc('\n', out);
    }
    for (size_t i = 0; i < s->episode_count && i < CENSUS_EPISODES; i++)
        census_episode(&s->episodes[i], out);
    if (s->episode_count > CENSUS_EPISODES)
        fprintf(out, "  and %zu more; --json shows them all\n", s->episode_count - CENSUS_EPISODES);
}

static void census_line(const char *name, uint64_t count, uint64_t bytes, uint64_t all, FILE *out)
{
    fprintf(out, "%-8s %10" PRIu64 " %14" PRIu64 "  %6.1f%%", name, count, bytes,
            all == 0 ? 0.0 : 100.0 * (double)bytes / (double)all);
}

static void census_type(const struct mr_account *account, unsigned domain, unsigned number,
                        const struct mr_census_cell *cell, bool unknown, FILE *out)
{
    const struct mr_layout *layout = number > MR_NUMBER_MAX ? NULL
                                                            : mr_schema_layout(account->schema, domain, number, "");
    char name[24];

    snprintf(name, sizeof name, "%2u/%u", domain, number);
    census_line(name, cell->count, cell->bytes, account->census->bytes, out);
    fprintf(out, "  %8" PRIu32 " %7" PRIu32 "  %-7s %s%s\n", cell->shortest, cell->longest,
            layout == NULL ? "" : layout->dsect, layout == NULL ? "" : layout->title,
            !unknown ? "" : layout == NULL ? "(unknown)" : " (layout unknown)");
}

static void census_types(const struct mr_account *account, FILE *out)
{
    const struct mr_census *census = account->census;
    uint64_t known = 0, known_bytes = 0;

    fprintf(out, "\n%-8s %10s %14s  %7s  %8s %7s  %-7s %s\n", "record", "count", "bytes", "share", "shortest",
            "longest", "dsect", "title");
    for (unsigned d = 0; d <= MR_DOMAIN_MAX; d++) {
        for (unsigned n = 0; n <= MR_NUMBER_MAX; n++) {
            const struct mr_census_cell *cell = &census->cells[d][n];
            bool unknown = account->fates[d][n] == MR_FATE_UNKNOWN;

            if (cell->count == 0)
                continue;
            known += unknown ? 0 : cell->count;
            known_bytes += unknown ? 0 : cell->bytes;
            census_type(account, d, n, cell, unknown, out);
        }
    }
    for (size_t i = 0; i < census->foreign_count; i++)
        census_type(account, census->foreign[i].domain, census->foreign[i].number, &census->foreign[i].cell, true, out);
    fputc('\n', out);
    census_line("known", known, known_bytes, census->bytes, out);
    fputc('\n', out);
    census_line("unknown", census->records - known, census->bytes - known_bytes, census->bytes, out);
    fputc('\n', out);
    census_line("all", census->records, census->bytes, census->bytes, out);
    fputc('\n', out);
}

void mr_account_census(const struct mr_account *account, FILE *out)
{
    struct mr_account_totals totals;

    mr_account_sum(account, &totals);
    if (totals.usable_inputs == 0)
        return; /* the messages have said why */
    for (size_t i = 0; i < account->input_count; i++)
        census_input(&account->inputs[i], out);
    for (size_t i = 0; i < account->system_count; i++)
        census_system(&account->systems[i], out);
    if (totals.bytes.record_count == 0)
        fputs("\nno records\n", out);
    else
        census_types(account, out);
}
