/* keys.h - idempotency keys: the first outcome of a call that began its work is kept for a day and given again. */
#ifndef FOYER_SANDBOX_KEYS_H
#define FOYER_SANDBOX_KEYS_H

#include "sandbox/api.h"

enum key_verdict { KEY_NEW, KEY_REPLAY, KEY_REFUSED };

/* REPLAY: the visit is answered with what was kept. REFUSED: the complaint says why (other parameters, or still in use). */
enum key_verdict key_look(struct call *, struct complaint *);
void key_keep(struct call *);		/* the visit's answer */

#endif
