/* backoff.h - how long to wait before something is tried again: longer each time, and never in step with others. */
#ifndef FOYER_BASE_BACKOFF_H
#define FOYER_BASE_BACKOFF_H

/* first_ms doubled for each try before this one, `doublings` times at the most; then a quarter more or less, by chance. */
int64_t backoff_ms(int64_t first_ms, int64_t tries, int doublings);

#endif
