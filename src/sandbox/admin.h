/*
 * admin.h - the page of whoever plays the payment house: all payments with what can be made of each, the orders that are given, the
 * books, what was told to the merchant. GET / and /admin show it; POST /admin takes one act or order, only from this page itself
 * (the browser's own word for where a form came from is asked for). The address is this machine's only, so there is no key.
 *
 *   payment=ID&do=ACT            an act of control.h
 *   order=NAME=VALUE [&provider=stripe] [&at=REFERENCE] [&times=N]      an order of orders.h
 *   clear=all|NUMBER
 */
#ifndef FOYER_SANDBOX_ADMIN_H
#define FOYER_SANDBOX_ADMIN_H

#include "sandbox/sandbox.h"

void admin_serve(struct sandbox *, struct visit *);

#endif
