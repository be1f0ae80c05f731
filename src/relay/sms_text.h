/*
 * sms_text.h - how long a text is. In the letters of GSM 03.38 one message carries 160 of them; with a single letter beyond those, 70. Pure.
 */
#ifndef FOYER_RELAY_SMS_TEXT_H
#define FOYER_RELAY_SMS_TEXT_H

#define SMS_SEPTETS 160

/* Quotes, dashes and dots of print as those of a typewriter, all of it on one line. */
struct span sms_plain(struct arena *, struct span utf8);
/* Places that it takes of SMS_SEPTETS; 0: it has a letter that GSM lacks. */
size_t sms_septets(struct span utf8);
/* What can stay of a title so that a text of so many septets, which has all of it, fits; it keeps enough to be known by. */
struct span sms_shorter(struct arena *, struct span title, size_t septets);

#endif
