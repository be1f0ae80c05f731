/* programme_seats.h - writing a hall with its sections and seats. A drawing that differs from the stored one becomes the next layout. */
#ifndef FOYER_DOMAIN_PROGRAMME_SEATS_H
#define FOYER_DOMAIN_PROGRAMME_SEATS_H

#include "db/db.h"
#include "domain/programme.h"

/* Inside a transaction. Sets the hall's id and layout_version, its sections' ids and its seats' ids. */
void programme_write_hall(struct db *, struct arena *, struct programme_hall *, size_t sort);

#endif
