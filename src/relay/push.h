/*
 * push.h - the sink that tells browsers, by their push services (RFC 8030), two minutes before a hold ends and when it is paid. Each
 * message is encrypted for its browser and signed by the house (push_seal.h), lives no longer than it is of use (TTL), and takes the
 * place of an earlier one about the same seats (Topic, and the notification's tag).
 *
 * A push service that is down, or asks us to wait, is left alone for a while: its messages wait (SINK_LATER) and no others, for the sink
 * itself is never down. One that does not answer holds the sink up once in a while for the time of one call, three seconds, because a
 * sink does one thing at a time; so only browsers of known services are kept (the setting push_services), or whoever named ever new hosts
 * that do not answer could stop it.
 *
 * What a browser was told is noted, so of an event's several browsers only those are tried again that were not reached; told twice is
 * one whose answer was lost, and there the second notification takes the first one's place. Gone (404, 410): the browser is forgotten.
 */
#ifndef FOYER_RELAY_PUSH_H
#define FOYER_RELAY_PUSH_H

#include "relay/sink.h"

sink_start push_start;

#endif
