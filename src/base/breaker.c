/* breaker.c - see breaker.h. */
#include "base/base.h"

#include "base/backoff.h"
#include "base/breaker.h"

/* Of those who come after the pause, the one that moves its end may try; the others find it shut again. */
bool
breaker_lets(struct breaker *b, int64_t now_ms)
{
	int64_t until = b->shut_until;

	if (until == 0)
		return true;
	return until <= now_ms && atomic_compare_exchange_strong(&b->shut_until, &until, now_ms + backoff_ms(BREAKER_PAUSE_MS, 0, 0));
}

void
breaker_told(struct breaker *b, bool answered, int64_t wait_ms, int64_t now_ms)
{
	if (answered) {
		b->failures = 0;
		b->shut_until = 0;
	} else if (++b->failures >= BREAKER_FAILURES) {
		b->shut_until = now_ms + backoff_ms(BREAKER_PAUSE_MS, 0, 0);
	}
	if (wait_ms > 0)
		b->shut_until = now_ms + (wait_ms < BREAKER_WAIT_MOST_MS ? wait_ms : BREAKER_WAIT_MOST_MS);
}
