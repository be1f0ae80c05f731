/* post.h - takes a printed message out of the house: into a folder as a file, or to a mail relay by SMTP. */
#ifndef FOYER_RELAY_POST_H
#define FOYER_RELAY_POST_H

#include "relay/sink.h"

struct parcel {
	struct span name;		/* of the file, without .eml: the same for the same event */
	struct span from, to;		/* addresses that are known to be plausible */
	struct span message;
};

/* Whatever is not SINK_TAKEN has its *why, which names nobody. A folder refuses nothing: it is there and has room, or it is down. */
enum sink_answer post_to_folder(struct arena *, const char *folder, const struct parcel *, struct span *why);
enum sink_answer post_by_smtp(struct arena *, const char *url, const struct parcel *, struct span *why);

#endif
