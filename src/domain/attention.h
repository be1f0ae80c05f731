/*
 * attention.h - the one list of what is astray with money until a human has seen to it: messages that fit nothing, amounts that are
 * not ours, refunds that no attempt is left for, payments at a provider that we do not know, disputes.
 */
#ifndef FOYER_DOMAIN_ATTENTION_H
#define FOYER_DOMAIN_ATTENTION_H

#include "domain/outcome.h"

struct attention {
	int64_t show, id;		/* show 0: it fits none of ours */
	struct span kind;		/* payment, event, refund, dispute, unknown */
	struct span provider, subject;	/* subject: the provider's id, or ours where it has one only with us */
	int64_t payment;		/* 0: none of ours */
	struct span words;
	int64_t at_ms;
};

/*
 * In the open transaction. The same kind, provider and subject of a show stands on the list once, whoever tells of it how often. Other
 * words about it are news: they replace the old ones, and what was done stands there again.
 */
void attention_add(struct db *, int64_t show, const char *kind, struct span provider, struct span subject, int64_t payment,
    struct span words);
/* In the open transaction: it has come right by itself. */
void attention_over(struct db *, int64_t show, const char *kind, struct span provider, struct span subject, const char *words);

/* What is not done yet, oldest first. For operators. */
size_t attention_list(struct db *, struct arena *, size_t most, struct attention **list);
/* NOT_FOUND: no such line, or it is done. words: what was done about it. */
enum outcome attention_done(struct db *, int64_t show, int64_t id, struct span words);

#endif
