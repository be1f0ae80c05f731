/* activity.h - the sink that keeps the newest things that happened for the page /activity (domain/activity.h). */
#ifndef FOYER_RELAY_ACTIVITY_H
#define FOYER_RELAY_ACTIVITY_H

#include "relay/sink.h"

#define ACTIVITY_WORTH_MS ((int64_t)86400000)	/* what is older when it comes is told to nobody */

sink_start activity_start;	/* 0: the settings say activity_page = no */

#endif
