/*
 * till.h - for tests of flows/: payment providers that say what the test tells them to and count what they were asked: "till" and
 * "slot", that take the money by themselves, and "tray", whose money we take by capturing, and which takes tokens too. And Ann, who
 * holds two seats of the box office's show and pays for them.
 */
#ifndef FOYER_T_TILL_H
#define FOYER_T_TILL_H

#include "t/lib/box_office.h"

#include "base/money.h"
#include "flows/flows.h"
#include "psp/psp.h"

struct psp_place {
	const char *name;
	enum psp_result open, open_first, read, close, refund, find, capture;	/* open_first: the first call's, if not PSP_OK */
	enum payment_fact fact, captured;	/* what fetch_status says, and what capture does, which fetch_status says from then on */
	enum refund_fact refund_fact, found_fact;
	int opens, reads, closes, refunds, finds, captures;
	char capture_keys[4][96];
	void (*meanwhile)(void);		/* happens while a capture is under way */
	struct span key, body;			/* of the newest open */
	char refund_keys[4][64];
	struct money amount;			/* what a report says */
	struct span reference;			/* of the newest body */
	bool live;
	bool strangers;				/* a report carries somebody else's reference */
	bool small;				/* takes nothing */
	struct psp_event event;			/* what parse finds */
	struct span listed;			/* a paid session that stands on the slot's list, and how long that is: in pages of a MiB */
	int pages, lists;
};

extern struct psp_place *const till, *const slot, *const tray;
extern struct flow flow;
extern struct hold hold;		/* as it was read at the newest press of "pay" */
extern int64_t hold_of_ann;

/* A setup: the show swept, Ann holds A1 and A2 (£32.00), both providers are well and say "open". */
int ann_holds(void **state);

enum pay_end pay_at(struct box_office *, const char *provider, struct pay_answer *);
enum pay_end pay(struct box_office *, struct pay_answer *);	/* at the till */
enum pay_end charge_at(struct box_office *, const char *provider, const char *token, struct pay_answer *);
int64_t paying(struct box_office *);				/* the id of a payment that was opened at the till */
int64_t paying_at(struct box_office *, const char *provider);

/* The till's message that this payment of £32.00 was paid; and its arrival. */
struct psp_event paid_event(struct box_office *, int64_t payment, const char *id);
enum webhook_end webhook(struct psp_event);
const struct message_in *till_message(const char *signature);	/* with the body "{}" */
enum webhook_end till_hears(const char *signature, struct span body);	/* "good", "old", or any other */

/* As if nobody had asked about anything, and no refund were waiting, for a while. */
void patience(struct box_office *);

const char *state_of(struct box_office *, int64_t payment);	/* "paid\n" */
int64_t live_tickets(struct box_office *);
int64_t free_seats(struct box_office *);
int64_t events(struct box_office *, const char *where);		/* stored ones, of the show or of none */
int64_t attentions(struct box_office *, const char *where);	/* the same of lines that need a human */

#endif
