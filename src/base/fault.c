/* fault.c - see fault.h. Nothing of this is in a release build. */
#include "base/base.h"

#include "base/fault.h"

#ifdef FOYER_FAULTS
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

extern const char *const __start_foyer_faults[] __attribute__((weak));
extern const char *const __stop_foyer_faults[] __attribute__((weak));

size_t
fault_names(const char *const **names)
{
	*names = __start_foyer_faults;
	return (size_t)(__stop_foyer_faults - __start_foyer_faults);
}

bool
fault_here(const char *name)
{
	const char *path = getenv("FOYER_FAULTS");
	char order[128], done[512];
	struct span rest, wanted;
	ssize_t n;
	int fd;

	if (!path || (fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return false;
	n = read(fd, order, sizeof(order));
	close(fd);
	rest = span_trim((struct span){ order, n > 0 ? (size_t)n : 0 });
	wanted = span_cut(&rest, ' ');
	if (!span_is(wanted, name))
		return false;
	snprintf(done, sizeof(done), "%s.done", path);
	if (rename(path, done) != 0)
		return false;		/* another process was quicker */
	log_warn("fault", "name=%s order=" PRSPAN, name, ARGSPAN(rest));
	if (span_is(rest, "kill"))
		kill(getpid(), SIGKILL);
	return true;
}
#endif
