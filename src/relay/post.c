/* post.c - see post.h. */
#include "base/base.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "relay/post.h"

#define CONNECT_TIMEOUT_MS 5000L
#define TIMEOUT_MS 17000L	/* with a paper of 10 seconds before it, less than SINK_SECONDS */
#define ANSWER_SECONDS 12L

/* -- a folder ---------------------------------------------------------------------------------------------------------------- */

static bool
file_write(const char *path, struct span text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool good = fd >= 0;

	while (good && text.n) {
		ssize_t n = write(fd, text.p, text.n);

		good = n > 0;
		if (good)
			text = (struct span){ text.p + n, text.n - (size_t)n };
	}
	good = good && fsync(fd) == 0;
	return (fd < 0 || close(fd) == 0) && good;
}

/* Whoever reads the folder sees a whole message or none. */
enum sink_answer
post_to_folder(struct arena *a, const char *folder, const struct parcel *p, struct span *why)
{
	const char *made = arena_fmt(a, "%s/." PRSPAN ".new", folder, ARGSPAN(p->name)).p;
	const char *path = arena_fmt(a, "%s/" PRSPAN ".eml", folder, ARGSPAN(p->name)).p;

	if (file_write(made, p->message) && rename(made, path) == 0)
		return SINK_TAKEN;
	*why = arena_fmt(a, "the folder: %s", strerror(errno));
	unlink(made);
	return SINK_DOWN;
}

/* -- SMTP -------------------------------------------------------------------------------------------------------------------- */

static CURL *handle;	/* kept, and with it the connection, for the next message */

static size_t
read_message(char *to, size_t size, size_t n, void *from)
{
	struct span *rest = from;
	size_t most = size * n < rest->n ? size * n : rest->n;

	memcpy(to, rest->p, most);
	*rest = (struct span){ rest->p + most, rest->n - most };
	return most;
}

static CURL *
handle_ready(void)
{
	if (handle)
		curl_easy_reset(handle);
	else if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || !(handle = curl_easy_init()))
		die("libcurl does not start");
	return handle;
}

/*
 * Whose no it was (RFC 5321, 4.2; RFC 4954, 6). libcurl says by its own code how far we came: it has others for a connection, TLS and a
 * login that fail, and where a server's answer is none that it expected, what tells a greeting from the last word is whether the message
 * had gone out. What then is left is about this message, or whom it is for: but 421, said anywhere by a server that closes.
 */
static enum sink_answer
answer_of(CURLcode rc, long status, bool gone_out)
{
	bool spoken = rc == CURLE_SEND_ERROR || (rc == CURLE_WEIRD_SERVER_REPLY && gone_out);

	if (rc == CURLE_OK)
		return SINK_TAKEN;
	if (rc == CURLE_OPERATION_TIMEDOUT && gone_out)	/* it is looking at this one, and may even take it: not at once again */
		return SINK_LATER;
	if (!spoken || status < 400 || status == 421 || status == 454 || status == 530 || status == 534 || status == 535 || status == 538)
		return SINK_DOWN;
	return status < 500 ? SINK_LATER : SINK_REFUSED;
}

static unsigned
server_set(CURL *h, struct arena *a, const struct post_server *s)
{
	static const long tls[] = { [POST_TLS_OFF] = CURLUSESSL_NONE, [POST_TLS_TRY] = CURLUSESSL_TRY, [POST_TLS_REQUIRE] = CURLUSESSL_ALL };
	unsigned bad = 0;

	bad |= curl_easy_setopt(h, CURLOPT_URL, s->url);
	bad |= curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	bad |= curl_easy_setopt(h, CURLOPT_USE_SSL, tls[s->tls]);
	if (*s->ca_file)
		bad |= curl_easy_setopt(h, CURLOPT_CAINFO, s->ca_file);
	if (*s->user) {
		bad |= curl_easy_setopt(h, CURLOPT_USERNAME, s->user);
		bad |= curl_easy_setopt(h, CURLOPT_PASSWORD, CSTR(a, s->password.hidden));
	}
	bad |= curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	bad |= curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	bad |= curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	bad |= curl_easy_setopt(h, CURLOPT_SERVER_RESPONSE_TIMEOUT, ANSWER_SECONDS);
	return bad;
}

enum sink_answer
post_by_smtp(struct arena *a, const struct post_server *server, const struct parcel *p, struct span *why)
{
	CURL *h = handle_ready();
	struct curl_slist *to = curl_slist_append(NULL, CSTR(a, p->to));
	struct span rest = p->message;
	unsigned bad = to == NULL;
	long status = 0;
	CURLcode rc;

	bad |= server_set(h, a, server);
	bad |= curl_easy_setopt(h, CURLOPT_MAIL_FROM, CSTR(a, p->from));
	bad |= curl_easy_setopt(h, CURLOPT_MAIL_RCPT, to);
	bad |= curl_easy_setopt(h, CURLOPT_UPLOAD, 1L);
	bad |= curl_easy_setopt(h, CURLOPT_READFUNCTION, read_message);
	bad |= curl_easy_setopt(h, CURLOPT_READDATA, &rest);
	bad |= curl_easy_setopt(h, CURLOPT_INFILESIZE_LARGE, (curl_off_t)p->message.n);
	rc = bad ? CURLE_BAD_FUNCTION_ARGUMENT : curl_easy_perform(h);
	curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
	curl_slist_free_all(to);
	if (rc != CURLE_OK)
		*why = arena_fmt(a, "smtp %ld: %s", status, curl_easy_strerror(rc));
	return answer_of(rc, status, rest.n == 0);
}
