/*
 * fake_wire.h - in place of src/psp/wire.c's exchange (the linker's --wrap; all else of it is the real one): what a provider answers
 * stands in a script, and what it is sent is held against what HTTP can carry.
 *
 * A script is answers with a line "--" between them. An answer's first line is a status, or again, unsure, busy (enum psp_result);
 * then header lines "Name: value" up to an empty line, then the body. When none is left nothing more is answered.
 */
#ifndef FOYER_T_FAKE_WIRE_H
#define FOYER_T_FAKE_WIRE_H

#include "psp/wire.h"
#include "t/fuzz/fuzz.h"

struct fake_wire {
	struct span script;		/* what is left of it */
	bool token_in_script;		/* else a call named "token" gets a good one, and uses up nothing */
	void (*sent)(const struct wire_call *);	/* sees every other call; NULL: nobody */

	int exchanges;
	bool changed;			/* the newest call but "token" was a POST */
	enum psp_result result;		/* of it */
	int status;
	struct fuzz_headers headers;
};
extern struct fake_wire fake_wire;

void fake_wire_begin(struct span script);

#endif
