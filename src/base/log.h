/*
 * log.h - one line an event: "2026-01-31T19:30:00.123Z info hold.taken rq=… show=12 hold=…". Control bytes are escaped.
 * Secrets have no printer (crypto.h), and routes are logged with their tokens masked.
 */
#ifndef FOYER_BASE_LOG_H
#define FOYER_BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

void log_open(const char *program, enum log_level most);	/* to standard error */
void log_request(struct span request_id);			/* stands on every line until it is set again; empty for none */
/* event: a dotted word; fmt: key=value pairs. */
void log_line(enum log_level, const char *event, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
#define log_error(event, ...) log_line(LOG_LEVEL_ERROR, event, __VA_ARGS__)
#define log_warn(event, ...) log_line(LOG_LEVEL_WARN, event, __VA_ARGS__)
#define log_info(event, ...) log_line(LOG_LEVEL_INFO, event, __VA_ARGS__)
#define log_debug(event, ...) log_line(LOG_LEVEL_DEBUG, event, __VA_ARGS__)

/* Our own mistake: logged with its place. The program goes on with the safe answer that the caller gives next. */
#define BUG(...) log_bug(__FILE__, __LINE__, __VA_ARGS__)
void log_bug(const char *file, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Ends the process with a logged reason: for what no request can survive. */
_Noreturn void die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
