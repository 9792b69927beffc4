/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MS_PLAY_H
#define MS_PLAY_H

#include "samples/scenario.h"
#include "samples/segment.h"

/* Carry out the actions of a scenario.  MR_OK or MR_FATAL after a message. */
int ms_play(const struct ms_scenario *scenario, struct ms_segment *segment) MR_CHECK;

#endif
