/* hosted.h - the payment page that buyers see, and what becomes of their choice. */
#ifndef FOYER_SANDBOX_HOSTED_H
#define FOYER_SANDBOX_HOSTED_H

#include "sandbox/sandbox.h"

void hosted_serve(struct sandbox *, struct visit *);	/* /c/pay/{id}; 404 for anything else */

#endif
