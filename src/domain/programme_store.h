/*
 * programme_store.h - loading a programme into the database: first everything is checked, against what is there too, then the
 * catalogue is written in one transaction, the shows in a second, and each show is published in one of its own. What fails in
 * between is mended by loading again.
 */
#ifndef FOYER_DOMAIN_PROGRAMME_STORE_H
#define FOYER_DOMAIN_PROGRAMME_STORE_H

#include "db/db.h"
#include "domain/outcome.h"
#include "domain/programme.h"

struct programme_counts {
	size_t halls, events, new_shows, known_shows, past_shows, seats;	/* seats: of the new shows */
};

/*
 * The programme has been read but not yet checked; now_ms must be the same in both calls. NOT_FOUND: it has mistakes
 * (programme_errors). Nothing is written by prepare, and write may only follow its OK; then programme->starts have their ids.
 */
enum outcome programme_prepare(struct db *, struct programme *, int64_t now_ms, struct programme_counts *);
enum outcome programme_write(struct db *, struct arena *, struct programme *, int64_t now_ms);
enum outcome programme_load(struct db *, struct arena *, struct programme *, int64_t now_ms, struct programme_counts *);	/* both */

#endif
