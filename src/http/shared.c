/* shared.c - the shared memory itself, and the gates in it. */
#include "base/base.h"

#include <sys/mman.h>

#include "http/shared.h"

struct shared *
shared_new(size_t n_slots, size_t n_routes)
{
	size_t answers = (n_routes + 1) * STATUSES * sizeof(uint64_t);
	size_t slot_size = (sizeof(struct slot) + answers + 63) & ~(size_t)63;	/* no two owners on a cache line */
	struct shared *s = mmap(NULL, sizeof(*s) + n_slots * slot_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (s == MAP_FAILED)
		die("out of memory: %zu slots to share", n_slots);
	s->n_slots = n_slots;
	s->n_routes = n_routes;
	s->slot_size = slot_size;
	return s;
}

struct slot *
shared_slot(struct shared *s, size_t i)
{
	return (struct slot *)(void *)(s->slots + i * s->slot_size);
}

void
slot_take(struct slot *slot, enum lane lane)
{
	slot->lane = (int)lane;
	slot->state = SLOT_STARTING;
}

void
slot_clear(struct slot *slot)
{
	for (size_t g = 0; g < GATES; g++)
		slot->inside[g] = 0;
	slot->busy_since = 0;
	slot->state = SLOT_FREE;
}

const char *
lane_name(enum lane lane)
{
	static const char *const names[] = { "public", "pay", "webhook", "staff" };

	return lane < LANES ? names[lane] : "none";
}
