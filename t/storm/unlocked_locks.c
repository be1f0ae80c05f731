/* unlocked_locks.c - domain/locks.c whose seat lock does not lock: the storm must be able to see the difference. */
#define FOYER_TEST_SKIP_ROW_LOCK
#include "domain/locks.c"
