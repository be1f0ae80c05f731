/* kafka.c - see kafka.h. librdkafka's threads begin with the first batch, in the process that delivers: none would outlive a fork. */
#include "base/base.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/program.h"
#include "domain/outbox.h"
#include "relay/event_text.h"
#include "relay/kafka.h"
#include "relay/kafka_conf.h"

#define REFUSALS 5			/* within half an hour */
#define PAUSE_MS 1000
#define POLL_MS 50
#define GRACE_MS 2000			/* after a message's own timeout: librdkafka looks once a second */
#define STOP_MS 1000			/* once we are told to end */
#define PURGE_MS 500
#define WHY_MOST 200

/* What became of a message. They outlive every batch, since librdkafka keeps where each is. */
struct slot {
	bool reported;
	rd_kafka_resp_err_t error;
};

struct kafka {
	const struct settings *settings;
	rd_kafka_conf_t *conf;
	rd_kafka_t *producer;		/* NULL: to be made */
	struct slot slots[KAFKA_MOST];
	size_t reported;
	char trouble[160];		/* what librdkafka complained about last */
};

/* -- what librdkafka says, all of it in our thread, by rd_kafka_poll() ------------------------------------------------------- */

static void
hear_report(rd_kafka_t *producer, const rd_kafka_message_t *m, void *opaque)
{
	struct kafka *k = opaque;
	struct slot *slot = m->_private;

	(void)producer;
	k->reported += !slot->reported;
	*slot = (struct slot){ true, m->err };
}

static void
hear_trouble(rd_kafka_t *producer, int error, const char *reason, void *opaque)
{
	struct kafka *k = opaque;

	(void)producer;
	snprintf(k->trouble, sizeof(k->trouble), "%s: %s", rd_kafka_err2name((rd_kafka_resp_err_t)error), reason);
}

static void
hear_log(const rd_kafka_t *producer, int level, const char *what, const char *words)
{
	(void)producer;
	(void)level;
	log_debug("kafka.says", "about=%s words=\"%s\"", what, words);
}

/* -- the producer --------------------------------------------------------------------------------------------------------------- */

static bool
producer_ready(struct kafka *k)
{
	rd_kafka_conf_t *conf;

	if (k->producer)
		return true;
	conf = rd_kafka_conf_dup(k->conf);
	k->producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, k->trouble, sizeof(k->trouble));
	if (!k->producer)
		rd_kafka_conf_destroy(conf);
	else
		rd_kafka_set_log_queue(k->producer, NULL);
	return k->producer != NULL;
}

/* Throws away what is still to be sent, and the producer, whose sequence would have a gap. */
static void
producer_end(struct kafka *k)
{
	int64_t end = clock_steady() + PURGE_MS;

	rd_kafka_purge(k->producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
	while (rd_kafka_outq_len(k->producer) > 0 && clock_steady() < end)
		rd_kafka_poll(k->producer, POLL_MS);
	rd_kafka_destroy(k->producer);
	k->producer = NULL;
}

/* -- a batch ---------------------------------------------------------------------------------------------------------------------- */

static rd_kafka_resp_err_t
hand_over(struct kafka *k, struct arena *a, const struct delivery *d, struct slot *slot)
{
	const struct settings *s = k->settings;
	const struct event_type *type = event_type_of(d->type);
	struct span id = event_id(a, d), text = event_text(a, d);
	struct span key = strcmp(s->kafka_key, "show") == 0 ? arena_fmt(a, "%" PRId64, d->show) :
	    arena_fmt(a, "%" PRId64 "-%" PRId64, d->show, d->subject);
	const char version[] = { '0' + EVENT_VERSION };

	if (!type)
		return RD_KAFKA_RESP_ERR_INVALID_RECORD;
	/* Its time is that of sending: what had to wait for long would be swept away by Kafka sooner than it should. */
	return rd_kafka_producev(k->producer, RD_KAFKA_V_TOPIC(kafka_topic(s, type->topic)), RD_KAFKA_V_KEY(key.p, key.n),
	    RD_KAFKA_V_VALUE((void *)(uintptr_t)text.p, text.n), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
	    RD_KAFKA_V_HEADER("id", id.p, (ssize_t)id.n), RD_KAFKA_V_HEADER("type", type->type, -1),
	    RD_KAFKA_V_HEADER("version", version, sizeof(version)), RD_KAFKA_V_OPAQUE(slot), RD_KAFKA_V_END);
}

static void
wait_for(struct kafka *k, size_t handed)
{
	int64_t end = clock_steady() + k->settings->kafka_timeout_ms + GRACE_MS;

	while (k->reported < handed && clock_steady() < end) {
		rd_kafka_poll(k->producer, POLL_MS);
		if (program_stopping && clock_steady() + STOP_MS < end)
			end = clock_steady() + STOP_MS;
	}
}

/* It is the message's own fault. */
static bool
is_refusal(rd_kafka_resp_err_t error)
{
	return error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || error == RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE ||
	    error == RD_KAFKA_RESP_ERR_INVALID_RECORD;
}

static struct sink_report
report_of(struct kafka *k, struct arena *a, const struct delivery *d, size_t taken, rd_kafka_resp_err_t error)
{
	const struct event_type *type = event_type_of(d->type);
	struct span why = arena_fmt(a, "%s: %s%s%s%s", type ? kafka_topic(k->settings, type->topic) : "?", rd_kafka_err2str(error),
	    k->trouble[0] ? " (" : "", k->trouble, k->trouble[0] ? ")" : "");

	return (struct sink_report){ .answer = is_refusal(error) ? SINK_REFUSED : SINK_DOWN, .taken = taken, .why = span_upto(why, WHY_MOST) };
}

/* Hands over as many as can be, and waits for what becomes of them. */
static struct sink_report
attempt(struct kafka *k, struct arena *a, const struct delivery *list, size_t n)
{
	rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
	size_t handed = 0, taken = 0;

	k->trouble[0] = '\0';
	if (!producer_ready(k))
		return report_of(k, a, list, 0, RD_KAFKA_RESP_ERR__FAIL);
	memset(k->slots, 0, sizeof(k->slots));
	k->reported = 0;
	while (handed < n && (error = hand_over(k, a, &list[handed], &k->slots[handed])) == RD_KAFKA_RESP_ERR_NO_ERROR)
		handed++;
	if (!FAULT("kafka.handed"))
		wait_for(k, handed);
	while (taken < handed && k->slots[taken].reported && k->slots[taken].error == RD_KAFKA_RESP_ERR_NO_ERROR)
		taken++;
	if (taken == n)
		return (struct sink_report){ .answer = SINK_TAKEN };
	if (taken < handed) {
		error = k->slots[taken].reported ? k->slots[taken].error : RD_KAFKA_RESP_ERR__TIMED_OUT;
		producer_end(k);
	}
	return report_of(k, a, &list[taken], taken, error);
}

/* Kafka refuses a batch as a whole for one message in it, so which one it was is found by sending each alone. */
static struct sink_report
deliver(struct sink *sink, struct arena *a, const struct delivery *list, size_t n)
{
	struct kafka *k = sink->own;
	int64_t end = clock_steady() + k->settings->kafka_timeout_ms;
	struct sink_report r = attempt(k, a, list, n);

	if (r.answer != SINK_REFUSED || n - r.taken == 1)
		return r;
	for (size_t taken = r.taken; taken < n; taken++) {
		if (clock_steady() > end)
			return (struct sink_report){ .answer = SINK_LATER, .taken = taken, .why = SPAN("others before it took all the time") };
		r = attempt(k, a, &list[taken], 1);
		if (r.answer != SINK_TAKEN) {
			r.taken = taken;
			return r;
		}
	}
	return (struct sink_report){ .answer = SINK_TAKEN };
}

int
kafka_start(struct sink *sink, struct arena *a, const struct settings *s, struct db *db)
{
	struct kafka *k;
	const char **types;

	(void)db;
	if (!s->kafka_brokers[0])
		return 0;
	k = ARENA_NEW(a, struct kafka);
	types = ARENA_ARRAY(a, const char *, n_event_types);
	for (size_t i = 0; i < n_event_types; i++)
		types[i] = event_types[i].type;
	k->settings = s;
	k->conf = kafka_conf(s);
	if (!k->conf)
		return -1;
	rd_kafka_conf_set_opaque(k->conf, k);
	rd_kafka_conf_set_dr_msg_cb(k->conf, hear_report);
	rd_kafka_conf_set_error_cb(k->conf, hear_trouble);
	rd_kafka_conf_set_log_cb(k->conf, hear_log);
	*sink = (struct sink){ .name = "kafka", .types = types, .n_types = n_event_types, .most = KAFKA_MOST, .order = SINK_BY_SHOW,
		.refusals = REFUSALS, .pause_ms = PAUSE_MS, .deliver = deliver, .own = k };
	return 1;
}
