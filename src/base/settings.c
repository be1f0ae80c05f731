/* settings.c - reads the configuration file into typed values; the only file that knows how it is written. */
#include "base/base.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/p256.h"
#include "base/settings.h"

#define FILE_MAX (64 * KiB)
#define SECRET_FILE_MAX (4 * KiB)
#define REQUIRED "-"

enum setting_type { TYPE_TEXT, TYPE_INT, TYPE_BOOL, TYPE_SECRET };

static const struct setting {
	const char *key;
	enum setting_type type;
	const char *initial;		/* as it would stand in the file */
	int64_t min, max;
	const char *doc;
	size_t offset;			/* in struct settings */
} table[] = {
#define S(key, TYPE, default_, min, max, doc) \
	{ #key, TYPE_##TYPE, INITIAL_##TYPE(default_), min, max, doc, offsetof(struct settings, key) },
#define INITIAL_TEXT(d) d
#define INITIAL_SECRET(d) d
#define INITIAL_INT(d) #d
#define INITIAL_BOOL(d) #d
#include "base/settings.def"
#undef S
};

/* What is being read; where is told once, by complain(). */
struct reading {
	struct arena *arena;
	struct settings *into;
	const char *path;
	bool open_to_others;		/* everybody on this machine can read the file itself */
	bool part;			/* for one purpose: what must be given may be missing */
	int64_t line;			/* 0: the file as a whole */
	bool given[ARRAY_LEN(table)];
	struct span error;
};

static bool complain(struct reading *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static bool
complain(struct reading *r, const char *fmt, ...)
{
	struct buf b;
	char what[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	buf_init(&b, r->arena, 2 * KiB);
	if (r->line)
		buf_fmt(&b, "%s:%" PRId64 ": %s", r->path, r->line, what);
	else
		buf_fmt(&b, "%s: %s", r->path, what);
	r->error = buf_view(&b);
	return false;
}

static bool
length_fits(struct reading *r, const struct setting *s, size_t n)
{
	if ((int64_t)n >= s->min && (int64_t)n <= s->max)
		return true;
	return complain(r, "%s must have %" PRId64 " to %" PRId64 " characters, it has %zu", s->key, s->min, s->max, n);
}

/* The secret's text out of its own file, which only its owner and group may touch. */
static bool
secret_file(struct reading *r, const struct setting *s, struct span name, struct span *text)
{
	const char *path = CSTR(r->arena, name);
	struct stat st;

	if (path[0] != '/')
		return complain(r, "%s: the path after file: must begin with /", s->key);
	if (stat(path, &st) != 0)
		return complain(r, "%s: %s: %s", s->key, path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return complain(r, "%s: %s is not a plain file", s->key, path);
	if (st.st_mode & (S_IROTH | S_IWOTH))
		return complain(r, "%s: everybody can read or write %s; chmod o-rw it first", s->key, path);
	if (!file_read(r->arena, path, SECRET_FILE_MAX, text))
		return complain(r, "%s: %s: %s", s->key, path, strerror(errno));
	*text = span_trim(*text);
	return true;
}

static bool
set_secret(struct reading *r, const struct setting *s, struct span value, struct secret *out)
{
	if (span_starts(value, "file:")) {
		value.p += 5;
		value.n -= 5;
		if (!secret_file(r, s, value, &value))
			return false;
	} else if (value.n && r->open_to_others) {
		return complain(r, "%s stands here in a file that everybody can read; chmod o-r it, or write file:/path", s->key);
	}
	out->hidden = arena_copy(r->arena, value);
	return length_fits(r, s, value.n);
}

static bool
set_value(struct reading *r, const struct setting *s, struct span value)
{
	void *field = (char *)r->into + s->offset;

	switch (s->type) {
	case TYPE_TEXT:
		*(const char **)field = CSTR(r->arena, value);
		return length_fits(r, s, value.n);
	case TYPE_INT:
		if (span_int(value, s->min, s->max, field))
			return true;
		return complain(r, "%s must be a whole number from %" PRId64 " to %" PRId64, s->key, s->min, s->max);
	case TYPE_BOOL:
		*(bool *)field = span_is(value, "yes");
		if (span_is(value, "yes") || span_is(value, "no"))
			return true;
		return complain(r, "%s must be yes or no", s->key);
	default:
		return set_secret(r, s, value, field);
	}
}

static bool
read_line(struct reading *r, struct span line)
{
	struct span key, value = span_trim(line);

	if (!value.n || value.p[0] == '#')
		return true;
	if (!span_utf8(value))
		return complain(r, "this line is not UTF-8 text");
	if (!memchr(value.p, '=', value.n))
		return complain(r, "expected \"key = value\"");
	key = span_trim(span_cut(&value, '='));
	value = span_trim(value);
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (!span_is(key, table[i].key))
			continue;
		if (r->given[i])
			return complain(r, "%s is given a second time", table[i].key);
		r->given[i] = true;
		return set_value(r, &table[i], value);
	}
	return complain(r, "there is no setting \"" PRSPAN "\"", ARGSPAN(key));
}

/* Those that must be given are texts and secrets. */
static void
leave_empty(struct reading *r, const struct setting *s)
{
	void *field = (char *)r->into + s->offset;

	if (s->type == TYPE_TEXT)
		*(const char **)field = "";
	else
		((struct secret *)field)->hidden = SPAN_NONE;
}

static bool
set_the_rest(struct reading *r)
{
	r->line = 0;
	r->open_to_others = false;	/* defaults are no secrets */
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (r->given[i])
			continue;
		if (strcmp(table[i].initial, REQUIRED) == 0 && !r->part)
			return complain(r, "%s must be given: %s", table[i].key, table[i].doc);
		if (strcmp(table[i].initial, REQUIRED) == 0) {
			leave_empty(r, &table[i]);
			continue;
		}
		if (!set_value(r, &table[i], span_of(table[i].initial)))
			return false;
	}
	return true;
}

/* http://host or https://host, perhaps with a port: redirects, cookies and the cross-site rule all rest on its shape. */
static bool
is_origin(const char *url)
{
	struct span rest = span_of(url);
	size_t skip = span_starts(rest, "https://") ? 8 : span_starts(rest, "http://") ? 7 : 0;

	if (!skip || rest.n == skip)
		return false;
	for (size_t i = skip; i < rest.n; i++)
		if (rest.p[i] <= ' ' || rest.p[i] >= 0x7f || strchr("/?#@\"'<>;,\\", rest.p[i]))
			return false;
	return true;
}

/* "https://a.example https://b.example" */
static bool
are_origins(const char *list)
{
	struct span rest = span_of(list);
	char one[300];

	while (rest.n) {
		struct span origin = span_cut(&rest, ' ');

		snprintf(one, sizeof(one), PRSPAN, ARGSPAN(origin));
		if (!is_origin(one))
			return false;
	}
	return true;
}

/* "hooks.inside:8080 127.0.0.1:9000" */
static bool
are_places(const char *list)
{
	struct span rest = span_of(list);

	while (rest.n) {
		struct span word = span_cut(&rest, ' '), port;
		const char *colon = memrchr(word.p, ':', word.n);
		int64_t number;

		if (!colon || colon == word.p)
			return false;
		port = (struct span){ colon + 1, (size_t)(word.p + word.n - colon - 1) };
		if (!span_int(port, 1, 65535, &number) || memchr(word.p, '/', word.n) || memchr(word.p, '@', word.n))
			return false;
	}
	return true;
}

static bool
log_level_of(const char *name, enum log_level *level)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(name, names[i]) == 0) {
			*level = (enum log_level)i;
			return true;
		}
	}
	return false;
}

/* It goes into a token as it is. */
static bool
is_contact(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || strchr("\"\\", s.p[i]))
			return false;
	return (span_starts(s, "mailto:") && s.n > strlen("mailto:")) || (span_starts(s, "https://") && s.n > strlen("https://"));
}

/* "push.example.org *.example.com" */
static bool
are_hosts(const char *list)
{
	struct span rest = span_of(list);

	while (rest.n) {
		struct span host = span_cut(&rest, ' ');

		if (span_starts(host, "*."))
			host = (struct span){ host.p + 2, host.n - 2 };
		if (!host.n || !memchr(host.p, '.', host.n))
			return false;
		for (size_t i = 0; i < host.n; i++)
			if (!(host.p[i] >= 'a' && host.p[i] <= 'z') && !(host.p[i] >= '0' && host.p[i] <= '9') && !strchr("-.", host.p[i]))
				return false;
	}
	return true;
}

/* "+44 +91" */
static bool
are_codes(const char *list)
{
	struct span rest = span_of(list);
	int64_t code;

	while (rest.n) {
		struct span word = span_cut(&rest, ' ');

		if (!span_starts(word, "+") || !span_int((struct span){ word.p + 1, word.n - 1 }, 1, 9999999, &code))
			return false;
	}
	return true;
}

static bool
check_push(struct reading *r)
{
	const struct settings *s = r->into;
	struct p256_key key;

	if (!are_hosts(s->push_services))
		return complain(r, "push_services must be names of hosts in small letters, or *. and such a name; blanks between several");
	if (!s->push_key.hidden.n)
		return true;
	if (!p256_key_read(s->push_key.hidden, &key))
		return complain(r, "push_key must be a private key as foyerctl push-key makes one: 43 letters");
	if (!is_contact(span_of(s->push_contact)))
		return complain(r, "push_key needs push_contact, which must be mailto:… or https://…");
	return true;
}

static bool
is_word(const char *text)
{
	for (; *text; text++)
		if (!(*text >= '0' && *text <= '9') && !(*text >= 'A' && *text <= 'Z') && !(*text >= 'a' && *text <= 'z'))
			return false;
	return true;
}

/* An origin whose host is this machine: what goes there in the clear meets no network. */
static bool
is_loopback(const char *origin)
{
	static const char *const hosts[] = { "http://127.0.0.1", "http://[::1]", "http://localhost" };
	int64_t port;

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		size_t n = strlen(hosts[i]);

		if (strncmp(origin, hosts[i], n) == 0 && (!origin[n] || (origin[n] == ':' && span_int(span_of(origin + n + 1), 1, 65535, &port))))
			return true;
	}
	return false;
}

static bool
check_sms(struct reading *r)
{
	const struct settings *s = r->into;

	if (!are_codes(s->sms_countries))
		return complain(r, "sms_countries must be codes like +44, blanks between several");
	if (!*s->sms_url)
		return true;
	if (!is_origin(s->sms_url))
		return complain(r, "sms_url must be http:// or https:// and a host, and nothing after it");
	if (!span_starts(span_of(s->sms_url), "https://") && !is_loopback(s->sms_url))
		return complain(r, "sms_url must be https://, or http:// to 127.0.0.1, [::1] or localhost: it is told a password and numbers");
	if (!*s->sms_user || !s->sms_password.hidden.n || !*s->sms_from)
		return complain(r, "sms_url needs sms_user, sms_password and sms_from");
	if (!is_word(s->sms_user))
		return complain(r, "sms_user must be letters and digits");
	return true;
}

/* What one row's type and bounds cannot say. */
static bool
check_shapes(struct reading *r)
{
	const struct settings *s = r->into;
	enum log_level level;

	if (!r->part && !is_origin(s->base_url))
		return complain(r, "base_url must be http:// or https:// and a host, and nothing after it");
	if (!are_origins(s->stripe_checkout_origin) || !are_origins(s->razorpay_checkout_origin) || !are_origins(s->paypal_checkout_origin))
		return complain(r, "each checkout_origin must be http:// or https:// and a host, and nothing after it; blanks between several");
	if (strcmp(s->paypal_webhook_check, "certificate") != 0 && strcmp(s->paypal_webhook_check, "api") != 0)
		return complain(r, "paypal_webhook_check must be certificate or api");
	if (!are_places(s->outside_allow))
		return complain(r, "outside_allow must be host:port, blanks between several");
	if (!check_push(r) || !check_sms(r))
		return false;
	if (!log_level_of(s->log_level, &level))
		return complain(r, "log_level must be error, warn, info or debug");
	return true;
}

static bool
read_all(struct arena *a, const char *path, bool part, struct settings *s, struct span *error)
{
	struct reading r = { .arena = a, .into = s, .path = path, .part = part };
	struct span text;
	struct stat st;
	bool good = true;

	*s = (struct settings){ 0 };
	if (stat(path, &st) != 0 || !file_read(a, path, FILE_MAX, &text)) {
		complain(&r, "%s", strerror(errno));
		*error = r.error;
		return false;
	}
	r.open_to_others = !part && st.st_mode & S_IROTH;
	while (good && text.n) {
		r.line++;
		good = read_line(&r, span_cut(&text, '\n'));
	}
	good = good && set_the_rest(&r) && check_shapes(&r);
	*error = r.error;
	return good;
}

bool
settings_read(struct arena *a, const char *path, struct settings *s, struct span *error)
{
	return read_all(a, path, false, s, error);
}

bool
settings_read_part(struct arena *a, const char *path, struct settings *s, struct span *error)
{
	return read_all(a, path, true, s, error);
}

static void
explain_bounds(struct buf *b, const struct setting *s)
{
	switch (s->type) {
	case TYPE_INT:
		buf_fmt(b, "#   a whole number from %" PRId64 " to %" PRId64, s->min, s->max);
		break;
	case TYPE_BOOL:
		buf_text(b, "#   yes or no");
		break;
	case TYPE_TEXT:
		buf_fmt(b, "#   text of %" PRId64 " to %" PRId64 " characters", s->min, s->max);
		break;
	case TYPE_SECRET:
		buf_fmt(b, "#   a secret of %" PRId64 " to %" PRId64 " characters, or file:/path of a file that holds it", s->min, s->max);
		break;
	}
}

void
settings_explain(struct buf *b)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const struct setting *s = &table[i];
		bool required = strcmp(s->initial, REQUIRED) == 0;

		buf_fmt(b, "%s# %s\n", i ? "\n" : "", s->doc);
		explain_bounds(b, s);
		buf_fmt(b, "%s\n%s = %s\n", required ? "; must be given" : "", s->key, required ? "" : s->initial);
	}
}

struct span
settings_host(const struct settings *s)
{
	const char *slashes = strstr(s->base_url, "//");
	struct span host = span_of(slashes ? slashes + 2 : s->base_url);

	host = span_cut(&host, '/');
	return span_cut(&host, ':');
}

bool
settings_https(const struct settings *s)
{
	return span_starts(span_of(s->base_url), "https://");
}

enum log_level
settings_log_level(const struct settings *s)
{
	enum log_level level = LOG_LEVEL_INFO;

	if (!log_level_of(s->log_level, &level))
		BUG("log_level=%s passed the check", s->log_level);
	return level;
}
