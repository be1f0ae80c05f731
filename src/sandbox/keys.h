/* keys.h - idempotency keys: the first outcome of a call that began its work is kept for a while and given again. */
#ifndef FOYER_SANDBOX_KEYS_H
#define FOYER_SANDBOX_KEYS_H

#include "sandbox/provider.h"

enum key_verdict {
	KEY_NEW,
	KEY_REPLAY,		/* *kept is its record */
	KEY_USED,		/* for another call, or other parameters; or it is no key at all: call->why */
	KEY_RUNNING,		/* by a call that has not ended: call->why */
};

enum key_verdict key_look(struct call *, const json_t **kept);
void key_keep(struct call *);		/* the visit's answer */

#endif
