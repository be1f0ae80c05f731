/*
 * breaker.h - leaving somebody in peace who does not answer: after a few calls in a row without an answer none is let through for
 * some seconds, then one at a time to try, until one is answered. All zero is a breaker that lets everybody through. It may lie in
 * memory that processes share; a process that dies with its try under way delays the next one, no more.
 */
#ifndef FOYER_BASE_BREAKER_H
#define FOYER_BASE_BREAKER_H

#include <stdatomic.h>

#define BREAKER_FAILURES 3		/* in a row, before nobody is let through */
#define BREAKER_PAUSE_MS 5000		/* give or take a quarter */
#define BREAKER_WAIT_MOST_MS 60000	/* whatever longer wait was asked for */

struct breaker {
	_Atomic int64_t failures;	/* in a row */
	_Atomic int64_t shut_until;	/* clock_steady() */
};

bool breaker_lets(struct breaker *, int64_t now_ms);	/* now_ms: clock_steady() */
/* How a call ended. wait_ms: how long the other side asked to be left alone, 0 if it did not. */
void breaker_told(struct breaker *, bool answered, int64_t wait_ms, int64_t now_ms);

#endif
