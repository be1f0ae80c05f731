/* paper.h - has a document of documents.h drawn as PDF, by the program foyer-paper: its memory, and what its libraries do, end with it. */
#ifndef FOYER_PAPERS_PAPER_H
#define FOYER_PAPERS_PAPER_H

#include "base/settings.h"

#define PAPER_TYPE "application/pdf"
#define PAPER_MOST (2 * MiB)		/* eight tickets in three scripts have 0.2 MiB */

const char *paper_program(const struct settings *);	/* the setting, or where it was installed */
/*
 * Waits for it, at most 10 seconds. False, with the reason logged, if it cannot be run, refuses the document, takes too long or
 * makes more than `most` bytes; it has ended in any case. Never logs what stands in the document.
 */
bool paper_print(struct arena *, const char *program, struct span json, size_t most, struct span *pdf);

#endif
