/* document_text.h - writing a document of pdf.h. Internal to papers/: commas come by themselves; a key may be NULL within a list. */
#ifndef FOYER_PAPERS_DOCUMENT_TEXT_H
#define FOYER_PAPERS_DOCUMENT_TEXT_H

#include "base/clock.h"
#include "base/money.h"
#include "domain/catalog.h"
#include "domain/seats.h"
#include "papers/words.h"

#define DOCUMENT_MAX (128 * KiB)	/* less than foyer-paper takes */

void doc_open(struct buf *, const char *key, char bracket);	/* '{' or '[' */
void doc_close(struct buf *, char bracket);
void doc_text(struct buf *, const char *key, struct span);
void doc_flag(struct buf *, const char *key, bool);
void doc_labelled(struct buf *, enum paper_word label, struct span value);	/* one of a list */

/* What all documents begin with: what they are, and the show. title, author: of the file. */
void doc_head(struct buf *, const char *paper, int64_t made_ms, struct span title, struct span author, const struct show *);

struct span money_text(struct arena *, struct money);
/* In the show's zone: "Sat 21 Nov 2026, 19:30"; there: "… (London time)". */
struct span stamp_text(struct arena *, const struct show *, int64_t ms);
struct span stamp_there(struct arena *, const struct show *, int64_t ms);
/* The parts that are not empty, with " · " between them. */
struct span dotted(struct arena *, const struct span *parts, size_t n);
struct span kind_text(enum seat_kind);		/* "Wheelchair place"; empty for a standard seat */

#endif
