/* SPDX-License-Identifier: Apache-2.0 */
/* Which inputs there are, in which order, and which of them are of systems that no others are of. */
#include "pipeline/run.h"

#include "base/grow.h"
#include "reader/tod.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A configuration set that does not come in so many bytes of records does not stand at the front. */
#define FRONT_BYTES ((uint64_t)4 * 1024 * 1024)

#define CLAIMS_MAX (64u * 1024u)

/* Who a system is, and the lane whose it is. */
struct claim {
    char sysid[sizeof(((struct mr_identity *)NULL)->sysid)];
    char serial[sizeof(((struct mr_identity *)NULL)->serial)];
    size_t lane;
};

struct mr_claims {
    pthread_mutex_t lock;
    struct claim *items;
    size_t count, room;
};

/* The number of the system, by first appearance; MR_NO_SYSTEM where memory is short. */
static size_t number_of(struct mr_claims *claims, const struct mr_identity *identity)
{
    struct claim *item;
    size_t i = 0;

    while (i < claims->count && (strcmp(claims->items[i].sysid, identity->sysid) != 0 ||
                                 strcmp(claims->items[i].serial, identity->serial) != 0))
        i++;
    if (i < claims->count)
        return i;
    if (mr_grow(&claims->items, &claims->room, claims->count + 1, sizeof *item, CLAIMS_MAX) != MR_OK)
        return MR_NO_SYSTEM;
    item = &claims->items[claims->count++];
    memcpy(item->sysid, identity->sysid, sizeof item->sysid);
    memcpy(item->serial, identity->serial, sizeof item->serial);
    item->lane = MR_NO_SYSTEM;
    return i;
}

int mr_lane_claim(void *claimant, const struct mr_identity *identity)
{
    struct mr_lane *lane = claimant;
    struct mr_run *run = lane->run;
    size_t number, owner = MR_NO_SYSTEM;

    pthread_mutex_lock(&run->claims->lock);
    number = number_of(run->claims, identity);
    if (number != MR_NO_SYSTEM) {
        struct claim *item = &run->claims->items[number];

        if (item->lane == MR_NO_SYSTEM)
            item->lane = lane->number;
        owner = item->lane;
        if (owner != lane->number)
            memcpy(run->mixed, item->sysid, sizeof run->mixed);
    }
    pthread_mutex_unlock(&run->claims->lock);
    return owner == lane->number ? MR_OK : MR_FAILED;
}

static struct mr_claims *claims_new(void)
{
    struct mr_claims *claims = calloc(1, sizeof *claims);

    if (claims != NULL)
        pthread_mutex_init(&claims->lock, NULL);
    return claims;
}

static void claims_free(struct mr_claims *claims)
{
    if (claims == NULL)
        return;
    pthread_mutex_destroy(&claims->lock);
    free(claims->items);
    free(claims);
}

/* What looks at the fronts, silently: what is wrong will be said when an input's turn comes. */
struct scout {
    struct mr_run *run;
    struct mr_log log;        /* counts only */
    struct mr_engine *engine; /* makes nothing; NULL: there will be one lane, only the times are asked for */
};

static bool memory_was_short(const struct scout *scout)
{
    return scout->log.counts[MR_MSG_INPUT_MEMORY] + scout->log.counts[MR_MSG_DOMAIN_MEMORY] > 0;
}

/* Whose the records of an input are, as an engine finds it out that is given its front. */
static void ask_system(struct scout *scout, struct mr_reader *reader, struct mr_record *record, struct mr_input *input)
{
    const struct mr_identity *identity = NULL;
    uint64_t bytes = 0;
    bool more = true;

    mr_engine_begin_input(scout->engine, mr_reader_name(reader));
    while (identity == NULL && more && bytes < FRONT_BYTES) {
        if (mr_engine_record(scout->engine, record) != MR_OK)
            return;
        identity = mr_engine_named_system(scout->engine);
        bytes += record->length;
        more = identity == NULL && mr_reader_next(reader, record) == MR_OK;
    }
    if (identity == NULL)
        return;
    input->system = number_of(scout->run->claims, identity);
    if (input->system == MR_NO_SYSTEM)
        mr_report(&scout->log, MR_MSG_DOMAIN_MEMORY, MR_NOWHERE, "%s", "");
}

static void look_at(struct scout *scout, struct mr_input *input)
{
    struct mr_reader *reader = NULL;
    struct mr_record record;
    struct stat about;

    if (strcmp(input->name, "-") == 0 || stat(input->name, &about) != 0 || !S_ISREG(about.st_mode))
        return;
    input->size = (uint64_t)about.st_size;
    if (mr_reader_open(&reader, input->name, &scout->log) != MR_OK)
        return;
    if (mr_reader_next(reader, &record) == MR_OK) {
        input->tod = record.tod;
        if (scout->engine != NULL)
            ask_system(scout, reader, &record, input);
    }
    mr_reader_close(reader);
}

static int by_time(const void *a, const void *b)
{
    const struct mr_input *x = a, *y = b;

    if (x->tod != 0 && y->tod != 0 && x->tod != y->tod)
        return mr_tod_difference(x->tod, y->tod) < 0 ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static int by_lane(const void *a, const void *b)
{
    const struct mr_input *x = a, *y = b;

    if (x->lane != y->lane)
        return x->lane < y->lane ? -1 : 1;
    return by_time(a, b);
}

static bool may_have_lanes(const struct mr_run *run)
{
    return run->options->input_count > 1 && run->account->reduced && run->exits == NULL && !run->in_sequence;
}

/* MR_OK or MR_FATAL (memory). */
static int look_at_inputs(struct mr_run *run)
{
    static const char *const none[] = {NULL};
    const struct mr_pipeline_options *options = run->options;
    struct scout scout = {.run = run};
    const struct mr_engine_options engine = {
        .schema = options->schema, .tables = none, .systems = options->systems, .log = &scout.log};

    if (may_have_lanes(run) && mr_engine_open(&scout.engine, &engine) != MR_OK)
        return MR_FATAL;
    for (size_t i = 0; i < options->input_count; i++) {
        run->inputs[i] = (struct mr_input){.name = options->inputs[i], .place = i, .system = MR_NO_SYSTEM};
        look_at(&scout, &run->inputs[i]);
        run->total_bytes += run->inputs[i].size;
    }
    mr_engine_close(scout.engine);
    return memory_was_short(&scout) ? MR_FATAL : MR_OK;
}

/* The system with the most bytes to the lane that has the fewest, and so on. */
static void deal_systems(const struct mr_run *run, size_t *lane_of, uint64_t *bytes)
{
    uint64_t load[MR_LANES_MAX] = {0};
    size_t systems = run->claims->count, lanes = systems < MR_LANES_MAX ? systems : MR_LANES_MAX;

    for (size_t given = 0; given < systems; given++) {
        size_t most = 0, least = 0;

        while (lane_of[most] != MR_NO_SYSTEM)
            most++;
        for (size_t s = most; s < systems; s++)
            most = lane_of[s] == MR_NO_SYSTEM && bytes[s] > bytes[most] ? s : most;
        for (size_t l = 1; l < lanes; l++)
            least = load[l] < load[least] ? l : least;
        lane_of[most] = least;
        load[least] += bytes[most] + 1;
    }
}

/* Lanes are numbered by their first input. */
static void number_lanes(struct mr_run *run, const size_t *lane_of)
{
    size_t number[MR_LANES_MAX], count = 0;

    for (size_t l = 0; l < MR_LANES_MAX; l++)
        number[l] = MR_LANES_MAX;
    for (size_t i = 0; i < run->options->input_count; i++) {
        size_t *lane = &number[lane_of[run->inputs[i].system]];

        if (*lane == MR_LANES_MAX)
            *lane = count++;
        run->inputs[i].lane = *lane;
        run->claims->items[run->inputs[i].system].lane = *lane;
    }
}

static int assign(struct mr_run *run)
{
    size_t systems = run->claims->count;
    size_t *lane_of = calloc(systems, sizeof *lane_of);
    uint64_t *bytes = calloc(systems, sizeof *bytes);

    if (lane_of == NULL || bytes == NULL) {
        free(lane_of);
        free(bytes);
        return mr_run_no_memory(run);
    }
    for (size_t i = 0; i < run->options->input_count; i++)
        bytes[run->inputs[i].system] += run->inputs[i].size;
    for (size_t s = 0; s < systems; s++)
        lane_of[s] = MR_NO_SYSTEM;
    deal_systems(run, lane_of, bytes);
    number_lanes(run, lane_of);
    free(lane_of);
    free(bytes);
    return MR_OK;
}

/* All inputs have told whose they are, and there is more than one system. */
static bool can_part(const struct mr_run *run)
{
    for (size_t i = 0; i < run->options->input_count; i++) {
        if (run->inputs[i].system == MR_NO_SYSTEM)
            return false;
    }
    return run->claims->count > 1;
}

/* The order of times is kept within a lane. */
static void make_lanes(struct mr_run *run)
{
    qsort(run->inputs, run->options->input_count, sizeof *run->inputs, by_lane);
    for (size_t i = 0; i < run->options->input_count; i++) {
        struct mr_lane *lane = &run->lanes[run->inputs[i].lane];

        if (lane->count++ == 0)
            *lane = (struct mr_lane){.number = run->inputs[i].lane,
                                     .inputs = &run->inputs[i],
                                     .count = 1,
                                     .tod = run->inputs[i].tod,
                                     .stop = {.stop = run->options->stop}};
        lane->run = run;
        if (lane->number >= run->lane_count)
            run->lane_count = lane->number + 1;
    }
    for (size_t l = 0; l < run->lane_count; l++)
        mr_relay_open(&run->lanes[l].relay, run->options->log);
}

int mr_lanes_plan(struct mr_run *run)
{
    int status = MR_OK;

    run->claims = claims_new();
    run->inputs = calloc(run->options->input_count + 1, sizeof *run->inputs);
    if (run->inputs == NULL || run->claims == NULL || look_at_inputs(run) != MR_OK)
        return mr_run_no_memory(run);
    qsort(run->inputs, run->options->input_count, sizeof *run->inputs, by_time);
    if (can_part(run))
        status = assign(run);
    make_lanes(run);
    return status;
}

void mr_lanes_close(struct mr_run *run)
{
    for (size_t l = 0; l < run->lane_count; l++) {
        mr_reader_close(run->lanes[l].reader);
        mr_reader_close(run->lanes[l].end.reader);
    }
    claims_free(run->claims);
    free(run->inputs);
    run->claims = NULL;
    run->inputs = NULL;
    run->lane_count = 0;
}
