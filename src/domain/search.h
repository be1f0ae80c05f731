/*
 * search.h - which titles a few typed words mean. Any text is safe: what is neither letter nor digit only separates words, so no
 * operator of the full-text search and no wildcard can be typed. Every word must match; words after the eighth are ignored.
 */
#ifndef FOYER_DOMAIN_SEARCH_H
#define FOYER_DOMAIN_SEARCH_H

/* Is there anything to search for? `++ "` has no word. */
bool search_has_words(struct span text);

/*
 * Events with a listed show in the city on or after a local date ("2026-11-21") whose titles match: their ids with commas between,
 * empty for none. At most 500.
 */
struct span search_events(struct db *, struct arena *, struct span text, int64_t city, struct span from);

#endif
