/* post.h - takes a printed message out of the house: into a folder as a file, or to a mail relay by SMTP. */
#ifndef FOYER_RELAY_POST_H
#define FOYER_RELAY_POST_H

struct parcel {
	struct span name;		/* of the file, without .eml: the same for the same event */
	struct span from, to;		/* addresses that are known to be plausible */
	struct span message;
};

/* False: not now; *why says so without naming anybody. */
bool post_to_folder(struct arena *, const char *folder, const struct parcel *, struct span *why);
bool post_by_smtp(struct arena *, const char *url, const struct parcel *, struct span *why);

#endif
