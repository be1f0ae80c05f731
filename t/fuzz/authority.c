/* authority.c - see authority.h. */
#include "base/base.h"

#include <unistd.h>

#include "psp/paypal_cert.h"
#include "t/fuzz/authority.h"
#include "t/fuzz/fuzz.h"

void
authority_make(struct authority *out)
{
	static char path[] = "/tmp/foyer-fuzz-XXXXXX";
	struct arena *a = arena_new(MiB);
	struct span pem;
	int fd;

	out->file = path;
	out->key = pki_ec();
	out->cert = pki_cert(&(struct pki_ask){ .cn = AUTHORITY_NAME, .key = out->key, .authority = true });
	pem = pki_pem(a, out->cert);
	fd = mkstemp(path);
	check(fd >= 0 && write(fd, pem.p, pem.n) == (ssize_t)pem.n);
	close(fd);
	check(paypal_roots_ready(path));
	unlink(path);
	arena_free(a);
}
