/* SPDX-License-Identifier: Apache-2.0 */
#include "domains/account.h"

#include "base/grow.h"
#include "domains/system.h"

void mr_account_episode(struct mr_system *system, enum mr_episode_kind kind, uint64_t from, uint64_t to,
                        uint64_t number)
{
    struct mr_system_account *account = &system->account;

    if (mr_grow(&system->episodes, &system->episode_room, account->episode_count + 1, sizeof *system->episodes,
                MR_EPISODES_MAX) != MR_OK)
        return;
    system->episodes[account->episode_count++] = (struct mr_episode){kind, from, to, number};
    account->episodes = system->episodes;
}

size_t mr_engine_system_count(const struct mr_engine *engine)
{
    return engine->system_count;
}

void mr_engine_system_account(const struct mr_engine *engine, size_t index, struct mr_system_account *account)
{
    const struct mr_system *system = engine->systems[index];

    *account = system->account;
    account->identity = system->identity;
    account->ipl_tod = system->ipl_tod;
}

const struct mr_census *mr_engine_census(const struct mr_engine *engine)
{
    return &engine->census;
}

enum mr_fate mr_engine_fate(const struct mr_engine *engine, unsigned domain, unsigned number)
{
    const struct mr_dispatch *target = &engine->dispatch[domain][number];

    if (target->count > 0)
        return MR_FATE_REDUCED;
    if (domain == 1 && (number == 11 || number == 12 || number == 13))
        return MR_FATE_STRUCTURAL;
    return target->layout == NULL || target->layout->field_count == 0 ? MR_FATE_UNKNOWN : MR_FATE_NOT_SELECTED;
}

const uint64_t *mr_plan_quality_rows(const struct mr_plan *plan)
{
    return plan->quality_rows;
}
