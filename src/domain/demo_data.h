/* demo_data.h - the demonstration house: its programme from a folder, and seats of the next days sold as people buy them. */
#ifndef FOYER_DOMAIN_DEMO_DATA_H
#define FOYER_DOMAIN_DEMO_DATA_H

#include "domain/programme_store.h"

struct demo_counts {
	struct programme_counts programme;
	size_t bookings, seats;		/* sold by this call */
};

/*
 * Loads every *.programme of the folder. Harmless when repeated: shows that are there stay, and only shows without any hold are sold.
 * if_old: does nothing unless there are shows to add, because days have passed or no show is near. NOT_FOUND: *mistakes says where
 * (or that the folder has no programme), nothing was written. The arena should allow 1 GiB; db's rows must live in it too.
 */
enum outcome demo_data_load(struct db *, struct arena *, const char *folder, const struct programme_till *, bool if_old, int64_t now_ms,
    struct demo_counts *, struct span *mistakes);

#endif
