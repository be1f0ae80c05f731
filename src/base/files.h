/* files.h - reading a whole small file. */
#ifndef FOYER_BASE_FILES_H
#define FOYER_BASE_FILES_H

/* False (errno says why) when it cannot be read or is longer than max. The text is NUL-terminated in the arena. */
bool file_read(struct arena *, const char *path, size_t max, struct span *text);

#endif
