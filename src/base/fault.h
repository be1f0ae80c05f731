/*
 * fault.h - named places where a test can kill the process or lose an answer. Compiled in by --enable-faults only; elsewhere each
 * is nothing. The file named by FOYER_FAULTS holds one order: "NAME kill" or "NAME lose"; it is used once and then renamed to
 * FILE.done, which is how a test sees that the place was reached.
 */
#ifndef FOYER_BASE_FAULT_H
#define FOYER_BASE_FAULT_H

#ifdef FOYER_FAULTS

/* Kills the process if "name kill" is ordered; true if "name lose" is: the caller then behaves as if the answer never came. */
bool fault_here(const char *name);
size_t fault_names(const char *const **names);		/* every name compiled in, but those of transactions (db.h) */

#define FAULT(name) __extension__({ \
	static const char *const fault_entry_ __attribute__((section("foyer_faults"), used)) = name; \
	fault_here(fault_entry_); \
})

#else

static inline bool
fault_here(const char *name)
{
	(void)name;
	return false;
}
#define FAULT(name) false

#endif
#endif
