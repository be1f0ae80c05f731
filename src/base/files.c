/* files.c - see files.h. */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/files.h"

bool
file_read(struct arena *a, const char *path, size_t max, struct span *text)
{
	struct buf b;
	char piece[8192];
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	buf_init(&b, a, max);
	while ((n = read(fd, piece, sizeof(piece))) > 0 && !b.failed)
		buf_bytes(&b, piece, (size_t)n);
	close(fd);
	if (b.failed)
		errno = EFBIG;
	*text = buf_view(&b);
	return n == 0 && !b.failed;
}
