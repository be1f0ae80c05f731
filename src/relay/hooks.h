/*
 * hooks.h - the sink that tells partners (domain/hooks.h, hook_message.h). What the relay delivers to it is taken as soon as each endpoint
 * that wants it has a row of its own; calling the endpoints is the sink's own work between deliveries, HOOK_AT_ONCE at a time for each of
 * them, so that one that is slow or down keeps nobody else waiting. Who is called, and who never may be: outside.h.
 *
 *   the answer            then
 *   2xx                   sent
 *   410                   the endpoint is off, until an operator says otherwise
 *   anything else, none   again after HOOK_PAUSE_MS, twice as long each time up to 2^HOOK_DOUBLINGS of it, a quarter more or less, but
 *                         never before what Retry-After says; and after HOOK_DAYS no more
 */
#ifndef FOYER_RELAY_HOOKS_H
#define FOYER_RELAY_HOOKS_H

#include "relay/hook_message.h"
#include "relay/sink.h"

#define HOOK_AT_ONCE 4
#define HOOK_PAUSE_MS 5000
#define HOOK_DOUBLINGS 12		/* then 5 h 41 min */

sink_start hooks_start;			/* 0: the setting hooks is no */

#endif
