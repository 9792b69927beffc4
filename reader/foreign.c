/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"
#include "reader/container.h"
#include "reader/tod.h"

/*
 * Records of domains that CP does not use: products other than CP write them between its own.  Nothing is known of their
 * content, and their domain, number and time may be anything, so their length is believed only where it leads to another
 * record or exactly to the end of the frame.  What does not is damage.
 */
#define CHAIN_MAX 8 /* so many that lead one to the next confirm each other */
#define DAY (86400 * (int64_t)MR_TOD_SECOND)
#define MINUTE (60 * (int64_t)MR_TOD_SECOND) /* of a record that no table can be made of */

bool mr_record_there(const uint8_t *data, size_t got, size_t room, size_t descriptor, struct mr_record *record)
{
    size_t inside = room - descriptor < MR_RECORD_MAX ? room - descriptor : MR_RECORD_MAX;

    if (got < descriptor + MR_HEADER_BYTES || mr_record_header(data + descriptor, inside, record) != MR_OK)
        return false;
    return descriptor == 0 || (mr_be16(data) == record->length + descriptor && mr_be16(data + 2) == 0);
}

/* Number 0 is not believed in a stream: a descriptor word with a record behind it looks so. */
static bool foreign_header(const uint8_t *data, size_t got, size_t room, size_t descriptor, struct mr_record *record)
{
    size_t inside = room - descriptor < MR_RECORD_MAX ? room - descriptor : MR_RECORD_MAX;

    if (got < descriptor + MR_HEADER_BYTES || mr_record_foreign(data + descriptor, inside, record) != MR_OK ||
        (room == MR_ROOM_UNKNOWN && record->header_number == 0))
        return false;
    return descriptor == 0 || (mr_be16(data) == record->length + descriptor && mr_be16(data + 2) == 0);
}

/*
 * The length of a block, if its descriptor word may stand there, else 0: two bytes and two of zero, or 31 bits behind one
 * that is set.
 */
static size_t block_length(const uint8_t *data, size_t got, size_t room)
{
    if (room != MR_ROOM_UNKNOWN || got < MR_BDW_BYTES)
        return 0;
    if ((data[0] & 0x80) != 0)
        return mr_be32(data) & 0x7FFFFFFFu;
    return mr_be16(data + 2) == 0 ? mr_be16(data) : 0;
}

bool mr_block_there(const uint8_t *data, size_t got, size_t descriptor)
{
    size_t length = block_length(data, got, MR_ROOM_UNKNOWN);
    struct mr_record record;
    size_t at;

    if (length < MR_BDW_BYTES + descriptor + MR_HEADER_BYTES)
        return false;
    data += MR_BDW_BYTES;
    got -= MR_BDW_BYTES;
    if (!mr_record_there(data, got, MR_ROOM_UNKNOWN, descriptor, &record) &&
        !mr_foreign_there(data, got, MR_ROOM_UNKNOWN, descriptor, 0, &record))
        return false;
    length -= MR_BDW_BYTES;
    if (descriptor + record.length >= length)
        return descriptor + record.length == length;
    /* Another one in the block, as far as can be seen. */
    at = descriptor + record.length;
    return got < at + descriptor + MR_HEADER_BYTES ||
           mr_record_there(data + at, got - at, length - at, descriptor, &record) ||
           mr_foreign_there(data + at, got - at, MR_ROOM_UNKNOWN, descriptor, 0, &record);
}

/* Does a record, the end of the frame or the end of the input stand at the place?  A record is put into *next. */
enum follower { FOLLOWER_NONE, FOLLOWER_GOOD, FOLLOWER_FOREIGN };

static enum follower follower_at(const uint8_t *data, size_t got, size_t room, size_t descriptor, struct mr_record *next)
{
    if (room == 0 || (got < room && got < descriptor + MR_HEADER_BYTES))
        return FOLLOWER_GOOD; /* what is cut is told of when its turn comes */
    if (mr_record_there(data, got, room, descriptor, next))
        return FOLLOWER_GOOD;
    if (room == MR_ROOM_UNKNOWN && mr_all_zero(data, got))
        return FOLLOWER_GOOD; /* the fill of a transfer */
    return foreign_header(data, got, room, descriptor, next) ? FOLLOWER_FOREIGN : FOLLOWER_NONE;
}

/* The time of the record's own header where it can be true, else that of a neighbour. */
static void settle_time(struct mr_record *record, uint64_t neighbour)
{
    int64_t apart = mr_tod_difference(record->tod, neighbour), most = record->number == 0 ? MINUTE : DAY;

    if (neighbour != 0 && (apart > most || apart < -most))
        record->tod = neighbour;
}

bool mr_foreign_there(const uint8_t *data, size_t got, size_t room, size_t descriptor, uint64_t before,
                      struct mr_record *record)
{
    struct mr_record next = {0};
    enum follower follower = FOLLOWER_FOREIGN;
    size_t at, length;

    if (!foreign_header(data, got, room, descriptor, record) || got < descriptor + record->length)
        return false;
    length = record->length;
    for (unsigned n = 0, ahead = (unsigned)descriptor; n < CHAIN_MAX && follower == FOLLOWER_FOREIGN; n++) {
        at = ahead + length;
        if (got < at)
            return true; /* it is cut, or not wholly seen; those before it have confirmed each other */
        data += at;
        got -= at;
        room = room == MR_ROOM_UNKNOWN ? room : room - at;
        next.tod = 0;
        follower = follower_at(data, got, room, descriptor, &next);
        ahead = (unsigned)descriptor;
        if (follower != FOLLOWER_GOOD && block_length(data, got, room) > MR_BDW_BYTES + descriptor) {
            enum follower inside = follower_at(data + MR_BDW_BYTES, got - MR_BDW_BYTES, room, descriptor, &next);

            if (inside != FOLLOWER_NONE) {
                follower = inside;
                ahead += MR_BDW_BYTES;
            }
        }
        length = next.length;
    }
    settle_time(record, follower == FOLLOWER_GOOD && next.tod != 0 ? next.tod : before);
    return follower != FOLLOWER_NONE;
}

bool mr_cut_there(const uint8_t *data, size_t got, size_t descriptor)
{
    struct mr_record record;

    if (got < descriptor + MR_HEADER_BYTES)
        return true;
    if (foreign_header(data, got, MR_ROOM_UNKNOWN, descriptor, &record))
        return got < descriptor + record.length;
    if (block_length(data, got, MR_ROOM_UNKNOWN) <= got)
        return false;
    data += MR_BDW_BYTES;
    got -= MR_BDW_BYTES;
    return got < descriptor + MR_HEADER_BYTES ||
           (foreign_header(data, got, MR_ROOM_UNKNOWN, descriptor, &record) && got < descriptor + record.length);
}

bool mr_header_there(const uint8_t *data, size_t got)
{
    struct mr_record record;

    return mr_record_there(data, got, MR_ROOM_UNKNOWN, 0, &record) ||
           mr_foreign_there(data, got, MR_ROOM_UNKNOWN, 0, 0, &record);
}
