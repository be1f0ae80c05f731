/* kafka_conf.c - see kafka_conf.h. What kafka_properties says may hold passwords, so of a line that is wrong only the name is logged. */
#include "base/base.h"

#include "relay/kafka_conf.h"

#define ERROR_MAX 300

/* What can be said otherwise by kafka_properties. */
static const char *const usual[][2] = {
	{ "client.id", "foyer-relay" },
	{ "partitioner", "murmur2_random" },	/* that of Java's clients: the same key, the same partition, whoever writes it */
	{ "linger.ms", "1" },			/* a batch is handed over at once */
};

/* What the promises of kafka.h rest on: never. */
static const char *const fixed[][2] = {
	{ "acks", "all" },
	{ "enable.idempotence", "true" },
	{ "enable.gapless.guarantee", "true" },	/* behind a message that fails none goes on */
	{ "allow.auto.create.topics", "false" },	/* they would have the cluster's number of partitions, not ours */
	{ "log.queue", "true" },
};

/* Said by settings of our own, or of no use here. */
static const char *const ours[] = { "bootstrap.servers", "metadata.broker.list", "request.required.acks", "message.timeout.ms",
	"delivery.timeout.ms", "topic.metadata.propagation.max.ms", "transactional.id", "delivery.report.only.error" };

static bool
refuse(const char *setting, const char *why)
{
	log_error("kafka.start", "error=\"%s: %s\"", setting, why);
	return false;
}

static bool
set(rd_kafka_conf_t *c, const char *name, const char *value)
{
	char error[ERROR_MAX];

	return rd_kafka_conf_set(c, name, value, error, sizeof(error)) == RD_KAFKA_CONF_OK;
}

static bool
is_ours(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (strcmp(ours[i], name) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		if (strcmp(fixed[i][0], name) == 0)
			return true;
	return false;
}

/* "name=value" */
static bool
set_line(rd_kafka_conf_t *c, struct arena *a, struct span line)
{
	struct span rest = line;
	const char *name = CSTR(a, span_trim(span_cut(&rest, '='))), *value = CSTR(a, span_trim(rest));

	if (!memchr(line.p, '=', line.n))
		return refuse("kafka_properties", "a line is no name=value");
	if (is_ours(name))
		return refuse("kafka_properties", arena_fmt(a, "%s is not to be changed", name).p);
	return set(c, name, value) || refuse("kafka_properties", arena_fmt(a, "librdkafka knows no %s, or not this value of it", name).p);
}

static bool
set_properties(rd_kafka_conf_t *c, struct span lines)
{
	struct arena *a = arena_new(MiB);
	bool good = true;

	while (lines.n && good) {
		struct span line = span_trim(span_cut(&lines, '\n'));

		if (line.n && line.p[0] != '#')
			good = set_line(c, a, line);
	}
	arena_free(a);
	return good;
}

/* Of letters, digits, . _ and -, as Kafka has it. */
static bool
topics_are_names(const struct settings *s)
{
	const char *names[KAFKA_TOPICS];

	kafka_topics(s, names);
	for (size_t i = 0; i < KAFKA_TOPICS; i++)
		if (strspn(names[i], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != strlen(names[i]) ||
		    strcmp(names[i], ".") == 0 || strcmp(names[i], "..") == 0)
			return refuse("kafka_topic_…", "a topic's name has letters, digits, dots, _ and - only");
	return true;
}

static bool
set_all(rd_kafka_conf_t *c, const struct settings *s)
{
	char ms[32];
	bool good = true;

	if (strcmp(s->kafka_key, "show") != 0 && strcmp(s->kafka_key, "subject") != 0)
		return refuse("kafka_key", "show or subject");
	if (!topics_are_names(s))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(usual); i++)
		good &= set(c, usual[i][0], usual[i][1]);
	if (!set_properties(c, s->kafka_properties.hidden))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		good &= set(c, fixed[i][0], fixed[i][1]);
	snprintf(ms, sizeof(ms), "%" PRId64, s->kafka_timeout_ms);
	good &= set(c, "message.timeout.ms", ms);
	snprintf(ms, sizeof(ms), "%" PRId64, s->kafka_timeout_ms / 2);
	good &= set(c, "topic.metadata.propagation.max.ms", ms);	/* before the timeout, for it names the reason */
	if (!good)
		return refuse("librdkafka", "it does not know what it should");
	return set(c, "bootstrap.servers", s->kafka_brokers) || refuse("kafka_brokers", "host:port, commas between");
}

rd_kafka_conf_t *
kafka_conf(const struct settings *s)
{
	rd_kafka_conf_t *c = rd_kafka_conf_new();

	if (set_all(c, s))
		return c;
	rd_kafka_conf_destroy(c);
	return NULL;
}

void
kafka_topics(const struct settings *s, const char *names[KAFKA_TOPICS])
{
	names[0] = s->kafka_topic_bookings;
	names[1] = s->kafka_topic_payments;
	names[2] = s->kafka_topic_seats;
	names[3] = s->kafka_topic_notices;
}

const char *
kafka_topic(const struct settings *s, const char *topic)
{
	static const char *const order[KAFKA_TOPICS] = { "bookings", "payments", "seats", "notices" };
	const char *names[KAFKA_TOPICS];

	kafka_topics(s, names);
	for (size_t i = 0; i < KAFKA_TOPICS; i++)
		if (strcmp(order[i], topic) == 0)
			return names[i];
	die("topic %s has no setting", topic);
}
