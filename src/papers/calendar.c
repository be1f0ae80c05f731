/* calendar.c - RFC 5545: lines end with CRLF, are folded before the 76th byte, and texts escape \ ; , and line breaks. Times in UTC. */
#include "base/base.h"

#include "base/clock.h"
#include "papers/calendar.h"

#define LINE_BYTES 75	/* 3.1: without the line break */

/* Prints one line, folded between characters, never inside one. */
static void
line_print(struct buf *out, struct span line)
{
	size_t room = LINE_BYTES;

	while (line.n > room) {
		size_t n = room;

		while (n > 1 && ((unsigned char)line.p[n] & 0xc0) == 0x80)
			n--;
		buf_bytes(out, line.p, n);
		BUF_LIT(out, "\r\n ");
		line.p += n;
		line.n -= n;
		room = LINE_BYTES - 1;	/* the blank counts */
	}
	buf_span(out, line);
	BUF_LIT(out, "\r\n");
}

static void
text_escape(struct buf *b, struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '\n')
			BUF_LIT(b, "\\n");
		else if (c == '\\' || c == ';' || c == ',')
			buf_fmt(b, "\\%c", c);
		else if ((unsigned char)c >= 0x20 && c != 0x7f)
			buf_byte(b, c);
	}
}

static void
text_line(struct buf *out, const char *name, struct span text)
{
	struct buf line;

	if (!text.n)
		return;
	buf_init(&line, out->arena, strlen(name) + 2 * text.n + 1);
	buf_text(&line, name);
	buf_byte(&line, ':');
	text_escape(&line, text);
	line_print(out, buf_view(&line));
}

/* A URI is no text: it stands as it is, but for bytes that no URI has (and that could end the line). */
static void
url_line(struct buf *out, struct span url)
{
	struct buf line;

	if (!url.n)
		return;
	buf_init(&line, out->arena, url.n + 4);
	BUF_LIT(&line, "URL:");
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] > ' ' && url.p[i] != 0x7f)
			buf_byte(&line, url.p[i]);
	line_print(out, buf_view(&line));
}

static void
time_line(struct buf *out, const char *name, int64_t ms)
{
	struct civil c = moment_civil((struct moment){ ms, NULL });

	buf_fmt(out, "%s:%04d%02d%02dT%02d%02d%02dZ\r\n", name, c.year, c.month, c.day, c.hour, c.minute, c.second);
}

void
calendar_print(struct buf *out, const struct calendar_event *e)
{
	BUF_LIT(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Foyer//Tickets//EN\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n"
	    "BEGIN:VEVENT\r\n");
	text_line(out, "UID", e->uid);
	time_line(out, "DTSTAMP", e->stamp_ms);
	time_line(out, "DTSTART", e->starts_ms);
	time_line(out, "DTEND", e->ends_ms);
	text_line(out, "SUMMARY", e->title);
	text_line(out, "LOCATION", e->place);
	text_line(out, "DESCRIPTION", e->words);
	url_line(out, e->url);
	buf_fmt(out, "STATUS:%s\r\n", e->cancelled ? "CANCELLED" : "CONFIRMED");
	BUF_LIT(out, "END:VEVENT\r\nEND:VCALENDAR\r\n");
}
