/* message.c - see message.h. GMime does the writing; what it is given are single lines, so that no value can add a header. */
#include "base/base.h"

#include <gmime/gmime.h>

#include "domain/email.h"
#include "relay/message.h"

#define SUBJECT "Subject: "
#define CHARSET "utf-8"
#define ID_IN_BOUNDARY 48		/* it may have 70 (RFC 2046, 5.1.1) */

/* Printable, in one line: control bytes become blanks. */
static const char *
one_line(struct arena *a, struct span s)
{
	char *line = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		line[i] = (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f ? ' ' : s.p[i];
	line[s.n] = 0;
	return line;
}

static void
fill(GMimePart *part, struct span bytes, GMimeContentEncoding encoding)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes.p, bytes.n);
	GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, encoding);
	g_object_unref(content);
	g_object_unref(stream);
}

/* Not by g_mime_text_part_set_text(), which would say it in the smallest charset that can. */
static GMimeObject *
text_part(const char *subtype, struct span text)
{
	GMimePart *part = g_mime_part_new_with_type("text", subtype);

	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", CHARSET);
	fill(part, text, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	return GMIME_OBJECT(part);
}

static GMimeObject *
file_part(struct arena *a, const struct message_part *p)
{
	GMimeContentType *type = g_mime_content_type_parse(NULL, CSTR(a, p->type));
	GMimePart *part = g_mime_part_new();

	g_mime_object_set_content_type(GMIME_OBJECT(part), type);
	g_object_unref(type);
	fill(part, p->bytes, GMIME_CONTENT_ENCODING_BASE64);
	g_mime_object_set_disposition(GMIME_OBJECT(part), p->id.n ? GMIME_DISPOSITION_INLINE : GMIME_DISPOSITION_ATTACHMENT);
	g_mime_part_set_filename(part, CSTR(a, p->name));
	if (p->id.n)
		g_mime_object_set_content_id(GMIME_OBJECT(part), CSTR(a, p->id));
	return GMIME_OBJECT(part);
}

/* "=_" stands in no body that is encoded, so a boundary is the message's own, and need not be drawn by lot. */
static GMimeMultipart *
multipart(struct arena *a, const struct message *m, const char *subtype, GMimeObject *first)
{
	GMimeMultipart *all = g_mime_multipart_new_with_subtype(subtype);

	g_mime_multipart_set_boundary(all, arena_fmt(a, "=_%s_%.*s", subtype, (int)(m->id.n < ID_IN_BOUNDARY ? m->id.n : ID_IN_BOUNDARY), m->id.p).p);
	g_mime_multipart_add(all, first);
	g_object_unref(first);
	return all;
}

static void
add(GMimeMultipart *all, GMimeObject *part)
{
	g_mime_multipart_add(all, part);
	g_object_unref(part);
}

static GMimeObject *
body_of(struct arena *a, const struct message *m, struct span text)
{
	GMimeObject *body = text_part("plain", text);
	GMimeMultipart *all;

	if (m->html.n) {
		all = multipart(a, m, "alternative", body);
		add(all, text_part("html", m->html));
		body = GMIME_OBJECT(all);
	}
	if (m->html.n && m->n_shown) {
		all = multipart(a, m, "related", body);
		g_mime_object_set_content_type_parameter(GMIME_OBJECT(all), "type", "multipart/alternative");
		for (size_t i = 0; i < m->n_shown; i++)
			add(all, file_part(a, &m->shown[i]));
		body = GMIME_OBJECT(all);
	}
	if (m->n_attached) {
		all = multipart(a, m, "mixed", body);
		for (size_t i = 0; i < m->n_attached; i++)
			add(all, file_part(a, &m->attached[i]));
		body = GMIME_OBJECT(all);
	}
	return body;
}

static void
address_add(InternetAddressList *list, const char *name, const char *address)
{
	InternetAddress *one = internet_address_mailbox_new(name, address);

	internet_address_set_charset(one, CHARSET);
	internet_address_list_add(list, one);
	g_object_unref(one);
}

static void
head_fill(struct arena *a, GMimeMessage *message, const struct message *m, struct span subject)
{
	GDateTime *at = g_date_time_new_from_unix_utc(m->at_ms / 1000);

	address_add(g_mime_message_get_from(message), one_line(a, m->house), CSTR(a, m->from));
	address_add(g_mime_message_get_to(message), NULL, CSTR(a, m->to));
	if (email_plausible(m->reply_to))
		address_add(g_mime_message_get_reply_to(message), NULL, CSTR(a, m->reply_to));
	g_mime_message_set_subject(message, one_line(a, subject), CHARSET);
	g_mime_message_set_date(message, at);
	g_mime_message_set_message_id(message, CSTR(a, m->id));
	g_mime_object_append_header(GMIME_OBJECT(message), "Auto-Submitted", "auto-generated", NULL);
	g_date_time_unref(at);
}

static void
print(struct buf *b, GMimeMessage *message)
{
	GMimeFormatOptions *format = g_mime_format_options_new();
	GByteArray *bytes = g_byte_array_new();
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);

	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	g_mime_object_write_to_stream(GMIME_OBJECT(message), format, stream);
	buf_bytes(b, (const char *)bytes->data, bytes->len);
	g_object_unref(stream);
	g_mime_format_options_free(format);
}

bool
message_print(struct buf *b, const struct message *m)
{
	struct span text = m->text, subject = span_cut(&text, '\n');
	GMimeMessage *message;
	GMimeObject *body;

	if (!email_plausible(m->from) || !email_plausible(m->to) || !span_starts(subject, SUBJECT))
		return false;
	subject = (struct span){ subject.p + strlen(SUBJECT), subject.n - strlen(SUBJECT) };
	span_cut(&text, '\n');
	g_mime_init();			/* once: it counts */
	message = g_mime_message_new(false);
	body = body_of(b->arena, m, text);
	head_fill(b->arena, message, m, subject);
	g_mime_message_set_mime_part(message, body);
	print(b, message);
	g_object_unref(body);
	g_object_unref(message);
	return !b->failed;
}
