/* partners.h - the house of box_office.h with partners, who are told of its events by a relay that a test turns by hand. */
#ifndef FOYER_T_PARTNERS_H
#define FOYER_T_PARTNERS_H

#include "box_office.h"
#include "partner.h"

#include "base/crypto.h"
#include "domain/hooks.h"
#include "relay/relay.h"

extern struct box_office *house;
extern struct partner ann, bob, cat;	/* cat is not in outside_allow */
extern struct relay relay;		/* with the sink "hooks" */
extern struct key hook_seal;

int partners_open(void **state);
int partners_close(void **state);
int partners_sweep(void **state);		/* no endpoints, no events */

struct relay partners_relay(void);		/* one more, for a process of its own */
void partners_turn(struct relay *, int ms);	/* finds, delivers, and works for so long */
void partners_settle(void);			/* turns until nothing that is due is left to do */
void partners_all_due(void);
int64_t partners_rows(const char *where);	/* of hook_deliveries */

int partners_event(const char *type);		/* its id: 1, 2 … */
int64_t partners_endpoint_at(const char *url, const char *types);
int64_t partners_endpoint(const struct partner *, const char *types);

#endif
