/* post.h - takes a printed message out of the house: into a folder as a file, or to a mail relay by SMTP. */
#ifndef FOYER_RELAY_POST_H
#define FOYER_RELAY_POST_H

#include "base/settings.h"
#include "relay/sink.h"

struct parcel {
	struct span name;		/* of the file, without .eml: the same for the same event */
	struct span from, to;		/* addresses that are known to be plausible */
	struct span message;
};

enum post_tls { POST_TLS_OFF, POST_TLS_TRY, POST_TLS_REQUIRE };

struct post_server {
	const char *url;		/* smtp:// or smtps:// */
	const char *user;		/* empty: we do not log in */
	struct secret password;
	enum post_tls tls;		/* of smtp://: STARTTLS. A certificate that is not the host's is never taken */
	const char *ca_file;		/* empty: the system's authorities */
};

/*
 * Whatever is not SINK_TAKEN has its *why, which names nobody and no password. A folder refuses nothing: it is there and has room, or it
 * is down. By SMTP the answer is SINK_REFUSED where the server says no for good to this message or whom it is for, SINK_LATER where for
 * now, and SINK_DOWN where it does not get so far: no connection, no TLS, no login, or a server that says (421) that it cannot.
 */
enum sink_answer post_to_folder(struct arena *, const char *folder, const struct parcel *, struct span *why);
enum sink_answer post_by_smtp(struct arena *, const struct post_server *, const struct parcel *, struct span *why);

#endif
