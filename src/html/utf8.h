/* utf8.h - one character at a time, for the writers. The input is anybody's; nothing here trusts it. */
#ifndef FOYER_HTML_UTF8_H
#define FOYER_HTML_UTF8_H

/* Bytes of the multi-byte character at p if it is well-formed (Unicode 15, table 3-7) and no control character, else 0. n > 0. */
size_t utf8_printable(const unsigned char *p, size_t n);

/* For a character that is not: prints U+FFFD for a broken byte, nothing for a control character; returns the bytes taken. */
size_t utf8_replace(struct buf *, const unsigned char *p, size_t n);

#endif
