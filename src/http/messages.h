/*
 * messages.h - the sentences that a person reads and that stand in no template; messages.def holds them all, so that a second
 * language is a second file. "{}" stands for one value, told in words of the reader: it is escaped where it is printed.
 */
#ifndef FOYER_HTTP_MESSAGES_H
#define FOYER_HTTP_MESSAGES_H

enum message {
#define M(name, text) M_##name,
#include "http/messages.def"
#undef M
	MESSAGES
};

struct span message(enum message);
struct span message_about(struct arena *, enum message, struct span about);

#endif
