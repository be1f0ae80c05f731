/* logs.c - see logs.h. */
#include "logs.h"

#include <dirent.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/files.h"

#define NEVER_MAX 8192
#define LOG_MAX (128 * MiB)
#define FLUSH_US 1300000	/* nginx keeps its lines for a second */

static struct span never[NEVER_MAX];
static size_t n_never;

static void
remember(struct arena *a, struct span s)
{
	for (size_t i = 0; i < n_never; i++)
		if (span_eq(never[i], s))
			return;
	if (n_never < NEVER_MAX)
		never[n_never++] = arena_copy(a, s);
}

void
logs_forget(void)
{
	n_never = 0;
}

static bool
in_token(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

/* How base64url begins where the first byte is a kind of token and the second its generation, below 16. */
static bool
begins_as_token(struct span s)
{
	return s.n == TOKEN_CHARS && (span_starts(s, "AQ") || span_starts(s, "Ag") || span_starts(s, "Aw") || span_starts(s, "BA") ||
	    span_starts(s, "BQ"));
}

void
logs_notice(struct stack *s, struct span text)
{
	size_t from = 0;

	for (size_t i = 0; i <= text.n; i++) {
		struct span word = { text.p + from, i - from };

		if (i < text.n && in_token(text.p[i]))
			continue;
		if (begins_as_token(word))
			remember(s->arena, word);
		from = i + 1;
	}
}

void
logs_never(struct stack *s, const char *words)
{
	remember(s->arena, span_of(words));
}

size_t
logs_remembered(void)
{
	return n_never;
}

struct span
log_text(struct stack *s, const char *name)
{
	struct span text;

	return file_read(s->arena, arena_fmt(s->arena, "%s/log/%s", s->folder, name).p, LOG_MAX, &text) ? text : SPAN_NONE;
}

static bool
has(struct span text, struct span what)
{
	return memmem(text.p, text.n, what.p, what.n) != NULL;
}

static bool
log_clean(const char *name, struct span text)
{
	bool clean = true;

	for (size_t i = 0; i < n_never; i++)
		if (has(text, never[i])) {
			fprintf(stderr, "%s has \"" PRSPAN "\"\n", name, ARGSPAN(never[i]));
			clean = false;
		}
	return clean;
}

/* But for the names that accounts go by: those are in addresses and bodies for all to see. */
static void
remember_secrets(struct stack *s)
{
	const char *folder = arena_fmt(s->arena, "%s/secrets", s->folder).p;
	DIR *dir = opendir(folder);
	struct dirent *e;
	struct span text;

	while (dir && (e = readdir(dir)))
		if (e->d_name[0] != '.' && !strstr(e->d_name, "_id") &&
		    file_read(s->arena, arena_fmt(s->arena, "%s/%s", folder, e->d_name).p, 4 * KiB, &text))
			remember(s->arena, span_trim(text));
	if (dir)
		closedir(dir);
}

bool
logs_clean(struct stack *s)
{
	DIR *dir = opendir(arena_fmt(s->arena, "%s/log", s->folder).p);
	struct dirent *e;
	bool clean = true;

	if (!dir)
		return false;
	remember_secrets(s);
	usleep(FLUSH_US);
	while ((e = readdir(dir)))
		if (e->d_name[0] != '.')
			clean &= log_clean(e->d_name, log_text(s, e->d_name));
	closedir(dir);
	return clean;
}

int
logs_lines(struct stack *s, const char *name, const char *words, const char *more)
{
	struct span text = log_text(s, name);
	int n = 0;

	while (text.n) {
		struct span line = span_cut(&text, '\n');

		n += has(line, span_of(words)) && (!more || has(line, span_of(more)));
	}
	return n;
}
