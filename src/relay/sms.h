/*
 * sms.h - the sink that texts buyers who gave a number: two minutes before a hold ends, and when it is paid. It speaks to a gateway in
 * Twilio's form: POST {sms_url}/2010-04-01/Accounts/{sms_user}/Messages.json, Basic authorization, a form of To, Body and From (or
 * MessagingServiceSid, where sms_from is one's, "MG…"); 201 is yes.
 *
 * How far "one text an event" can be promised: such a gateway knows no idempotency key, so nobody can ask it whether a message that
 * we do not remember was sent. What is promised is at least once. Twice happens only where this relay, its database or the gateway's
 * answer is lost between the gateway's taking the message and our noting it (relay.c), which is some milliseconds, or where an answer took
 * longer than SMS_SECONDS. What would be told too late is not told: a hold that is over, a booking that was paid hours ago.
 * A hold is warned of once, however often it is extended; a number gets SMS_NUMBER_DAY texts in 24 hours and the house sends
 * sms_day_limit warnings (domain/reach_sent.h): nobody can be pestered with the house's texts for free, nor be made poor by them. Tickets
 * are told of always.
 */
#ifndef FOYER_RELAY_SMS_H
#define FOYER_RELAY_SMS_H

#include "relay/sink.h"

#define SMS_SECONDS 15
#define SMS_NUMBER_DAY 4		/* with so many texts in 24 hours a number is texted about tickets only */

sink_start sms_start;

/* What an answer means; *why without anybody's number. status 0: there was none. */
enum sink_answer sms_answer(struct arena *, long status, struct span body, struct span *why);

#endif
