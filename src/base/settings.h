/* settings.h - the configuration file: "key = value" lines, # comments. The keys stand in settings.def. */
#ifndef FOYER_BASE_SETTINGS_H
#define FOYER_BASE_SETTINGS_H

struct secret {
	struct span hidden;	/* only for the call that needs it; nothing prints a struct secret */
};

struct settings {
#define FIELD_TEXT const char *
#define FIELD_INT int64_t
#define FIELD_BOOL bool
#define FIELD_SECRET struct secret
#define S(key, TYPE, default_, min, max, doc) FIELD_##TYPE key;
#include "base/settings.def"
#undef S
};

/* Unknown key, bad value, key given twice, missing key, unreadable secret file: false, and *error says "file:line: what". */
bool settings_read(struct arena *, const char *path, struct settings *, struct span *error);
/* A file for one purpose: keys may be missing (they are empty), and others may read it. */
bool settings_read_part(struct arena *, const char *path, struct settings *, struct span *error);
void settings_explain(struct buf *);		/* every key with type, default and doc, as a file that could be used */
struct span settings_host(const struct settings *);	/* of base_url: "tickets.example.org" */
bool settings_https(const struct settings *);	/* base_url is https: cookies are Secure and __Host- */
enum log_level settings_log_level(const struct settings *);

#endif
