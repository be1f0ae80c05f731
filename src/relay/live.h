/*
 * live.h - the sink that tells open plans what became of seats. A message goes by POST to /shows/{show} on nginx's live_socket, and
 * nginx (nchan) gives it to everybody who listens at GET /live/shows/{show}, as one server-sent event:
 *
 *	{"show":12,"n":1795603204001,"at":1795603204123,"seats":[…]}		at, seats: domain/live_seats.h
 *
 *   n	counts the messages of a show: one more than the last one's. Where it is not, something in between was not told, and whoever
 *	listens asks for the list of the whole show. It begins anew, far above, with each relay; so where several relays serve one show
 *	its plans ask more often, and nothing else comes of it.
 *
 * Events only say which seats to look at: what is told is how these seats are when the message is made, so no message is ever wrong,
 * whatever was late or came twice. A show has LIVE_A_SECOND messages a second at most: the first one after a pause leaves at once, the
 * next has all that gathered meanwhile. Other shows do not wait for that.
 *
 * Old news are worth nothing: a plan whose stream broke asks for the list when it is back. So events that are older than LIVE_WORTH_MS,
 * which waited while nginx or the relay was down, are taken and dropped, and a number is left out. While nginx is away the sink is down,
 * and for no longer than that can anything gather.
 */
#ifndef FOYER_RELAY_LIVE_H
#define FOYER_RELAY_LIVE_H

#include "relay/sink.h"

#define LIVE_A_SECOND 10
#define LIVE_WORTH_MS 10000
#define LIVE_SEATS_MAX 300	/* of one message; where more changed at once a number is left out instead */

sink_start live_start;		/* 0: live_socket is empty */

#endif
