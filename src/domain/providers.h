/*
 * providers.h - what we note about payment providers beside payments: which are offered to buyers, what their messages are checked
 * with, how far their lists were read. A provider is a name here.
 */
#ifndef FOYER_DOMAIN_PROVIDERS_H
#define FOYER_DOMAIN_PROVIDERS_H

#include "domain/outcome.h"

/* Those that staff switched off: no new payment begins there; what began goes on. A provider that nobody switched is offered. */
size_t providers_off(struct db *, struct arena *, struct span **names);
bool provider_offered(struct db *, struct arena *, struct span provider);
enum outcome provider_switch(struct db *, struct span provider, bool offered);

/* A file that was fetched for all workers; false: none, or no longer good. Keeping the same again is harmless. */
bool provider_file(struct db *, struct span url, struct span *body);
void provider_file_keep(struct db *, struct span url, struct span body, int64_t good_ms);

/* True if this provider's list is due to be read, for this caller alone: from *since_ms on. It is due again after every_ms. */
bool provider_list_due(struct db *, struct span provider, int64_t every_ms, int64_t *since_ms);
/* Everything up to then was looked at. */
void provider_list_done(struct db *, struct span provider, int64_t until_ms);

#endif
