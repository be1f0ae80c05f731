/* backoff.c - see backoff.h. */
#include "base/base.h"

#include "base/backoff.h"
#include "base/crypto.h"

int64_t
backoff_ms(int64_t first_ms, int64_t tries, int doublings)
{
	int64_t ms = first_ms << (tries < 0 ? 0 : tries < doublings ? tries : doublings);

	return ms * 3 / 4 + (int64_t)random_below((uint32_t)(ms / 2 + 1));
}
