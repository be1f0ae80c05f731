/*
 * foyer-paper.c - makes a PDF: one document of papers/pdf.h on standard input, the file on standard output. It is a program of its
 * own so that what draws (pango, fontconfig, cairo) is in no process that answers requests, knows a key or reaches the database.
 *
 *	foyer-paper <document.json >file.pdf	0, or 1 with the reason in the log, and then nothing was written
 */
#include "base/base.h"

#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "papers/pdf.h"

#define ARENA_MAX (64 * MiB)
#define PDF_MAX (8 * MiB)
#define CPU_SECONDS 8
#define MEMORY_MAX (512 * MiB)		/* of address space, so with every font that is mapped; some 120 MiB are usual */

static void
limit(int what, rlim_t most)
{
	struct rlimit r;

	if (getrlimit(what, &r) != 0)
		die("getrlimit fails");
	r.rlim_cur = r.rlim_max == RLIM_INFINITY || r.rlim_max > most ? most : r.rlim_max;
	if (setrlimit(what, &r) != 0)
		die("setrlimit fails");
}

/* Whatever a text does to a library, it ends soon, and leaves no file behind: no cache, no core. The log may be a file, so: until … */
static void
limit_all(void)
{
	mallopt(M_ARENA_MAX, 1);		/* pango looks for fonts in threads, and each would reserve 64 MiB */
	signal(SIGXFSZ, SIG_IGN);
	limit(RLIMIT_CPU, CPU_SECONDS);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
#ifndef __SANITIZE_ADDRESS__		/* that reserves terabytes */
	limit(RLIMIT_AS, MEMORY_MAX);
#endif
}

/* … nothing is drawn any more. */
static void
allow_files(void)
{
	limit(RLIMIT_FSIZE, RLIM_INFINITY);
}

static struct span
all_of_input(struct arena *a)
{
	char piece[8192];
	struct buf b;
	ssize_t n;

	buf_init(&b, a, PDF_DOCUMENT_MAX + 1);		/* one more than pdf_print() takes */
	while ((n = read(STDIN_FILENO, piece, sizeof(piece))) > 0 && b.n <= PDF_DOCUMENT_MAX)
		buf_bytes(&b, piece, (size_t)n < b.max - b.n ? (size_t)n : b.max - b.n);
	if (n < 0)
		die("standard input cannot be read");
	return buf_view(&b);
}

static void
write_all(struct span s)
{
	while (s.n) {
		ssize_t n = write(STDOUT_FILENO, s.p, s.n);

		if (n <= 0)
			die("standard output cannot be written");
		s.p += n;
		s.n -= (size_t)n;
	}
}

int
main(int argc, char **argv)
{
	struct arena *a;
	struct span why;
	struct buf pdf;
	bool good;

	(void)argv;
	if (argc != 1) {
		fputs("usage: foyer-paper <document.json >file.pdf\n", stderr);
		return 2;
	}
	log_open("foyer-paper", LOG_LEVEL_INFO);
	clearenv();		/* the same document is the same file, whoever asks for it: no language, no fonts of one user */
	limit_all();
	a = arena_new(ARENA_MAX);
	buf_init(&pdf, a, PDF_MAX);
	good = pdf_print(a, all_of_input(a), &pdf, &why);
	allow_files();
	if (why.n)
		log_line(good ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR, "paper", "why=\"" PRSPAN "\"", ARGSPAN(why));
	if (good)
		write_all(buf_view(&pdf));
	_exit(good ? EXIT_SUCCESS : EXIT_FAILURE);	/* what libraries keep for a next time is not tidied up: there is none */
}
