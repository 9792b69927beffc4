/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"
#include "reader/container.h"
#include "reader/tod.h"

/*
 * Records stand in order of time.  A damaged clock value is not seen in a header alone, but it would make intervals end
 * that go on, and all that follows look as if it had been there before.  So a record is left out where those before and
 * behind it agree with each other and not with it, and where its time is far from all of them.  What all that follows
 * agrees with is no damage: a clock that was set, a hole in the data, another file behind the first.  And event data that
 * comes behind the sample of its time is late, not damaged.
 */
#define STEP (5 * (int64_t)MR_TOD_SECOND) /* processors may be out of step; a sample is written in one go */
#define DAY (86400 * (int64_t)MR_TOD_SECOND)
#define LATE (3600 * (int64_t)MR_TOD_SECOND) /* of events: some intervals */
#define FOLLOWERS 8 /* damage may be dense: so many records behind are looked at */

/* Could a record of the later time come next? */
static bool follows(uint64_t later, uint64_t earlier, int64_t most)
{
    int64_t between = mr_tod_difference(later, earlier);

    return between >= -STEP && between <= most;
}

/* How far apart records of the present extent may be: events come when they come. */
static int64_t reach(const struct mr_reader *reader)
{
    return reader->in_extent && reader->extent.kind == 'S' ? STEP : DAY;
}

/*
 * Event data begins here and may be from before the sample that it follows.  Where no entry tells, it can begin behind a
 * 1/11; what begins a sample there is most often of domain 0.
 */
static bool may_be_late(const struct mr_reader *reader, const struct mr_record *record)
{
    int64_t late = mr_tod_difference(reader->last_tod, record->tod);

    if (late <= STEP || late > LATE)
        return false;
    return reader->in_extent ? reader->extent.kind == 'E' && !reader->extent.begun
                             : reader->at_end && record->domain != 0;
}

/* The follower's other fields are looked at when its turn comes. */
bool mr_in_line(const struct mr_reader *reader, const struct mr_record *record, const uint8_t *next)
{
    int64_t most = reach(reader);
    uint32_t length = mr_be16(next);

    return length >= MR_HEADER_BYTES && length <= MR_RECORD_MAX && mr_be16(next + 2) == 0 && reader->last_tod != 0 &&
           follows(record->tod, reader->last_tod, reader->extent.begun ? most : DAY) &&
           follows(mr_be64(next + 8), record->tod, most);
}

/* The record at *behind, or behind the block descriptor word that stands there. */
static bool record_behind(const struct mr_reader *reader, const uint8_t **behind, size_t *got, size_t descriptor,
                          struct mr_record *record)
{
    if (mr_record_there(*behind, *got, MR_ROOM_UNKNOWN, descriptor, record))
        return true;
    if (!reader->in_extent && mr_block_there(*behind, *got, descriptor)) {
        *behind += MR_BDW_BYTES;
        *got -= MR_BDW_BYTES;
    }
    return mr_record_there(*behind, *got, MR_ROOM_UNKNOWN, descriptor, record) ||
           mr_foreign_there(*behind, *got, MR_ROOM_UNKNOWN, descriptor, 0, record);
}

bool mr_astray(const struct mr_reader *reader, const struct mr_record *record, const uint8_t *behind, size_t got,
               size_t descriptor)
{
    int64_t most = reach(reader), since = reader->extent.begun ? most : DAY;
    bool fits = follows(record->tod, reader->last_tod, since), against = !fits;
    struct mr_record next;

    if (reader->last_tod == 0 || got < descriptor + MR_HEADER_BYTES || may_be_late(reader, record))
        return false;
    for (unsigned i = 0; i < FOLLOWERS && got >= descriptor + MR_HEADER_BYTES; i++) {
        if (!record_behind(reader, &behind, &got, descriptor, &next))
            break;
        if (!mr_is_foreign(&next)) { /* the time of another says nothing */
            if (!fits && follows(next.tod, reader->last_tod, since))
                return true;
            if (follows(next.tod, record->tod, most))
                return false;
            against = against || follows(next.tod, reader->last_tod, since);
        }
        if (got - descriptor < next.length)
            break;
        behind += descriptor + next.length;
        got -= descriptor + next.length;
    }
    return against;
}

bool mr_astray_at_end(const struct mr_reader *reader, const struct mr_record *record)
{
    return reader->last_tod != 0 && reader->extent.begun && !follows(record->tod, reader->last_tod, reach(reader));
}

void mr_pass_over(struct mr_reader *reader, const struct mr_record *record)
{
    struct mr_place place = mr_here(reader);

    place.domain = record->domain;
    place.number = record->number;
    mr_report(reader->log, MR_MSG_TIME_ASTRAY, &place, "%s", "");
    mr_note_damage(reader, place.offset, record->length, MR_MSG_TIME_ASTRAY);
    mr_take(reader, &reader->counts.damaged, record->length);
    reader->counts.bad_record_count++;
}
