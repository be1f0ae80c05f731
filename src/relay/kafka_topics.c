/* kafka_topics.c - makes the topics, for foyerctl. */
#include "base/base.h"

#include "relay/kafka.h"
#include "relay/kafka_conf.h"

#define ASK_MS 10000
#define ERROR_MAX 300

struct making {
	rd_kafka_t *kafka;
	struct buf *out;
	const char *names[KAFKA_TOPICS];
	size_t n;
};

/* Two settings may name one topic. */
static void
names_once(struct making *m, const struct settings *s)
{
	const char *all[KAFKA_TOPICS];

	kafka_topics(s, all);
	for (size_t i = 0; i < KAFKA_TOPICS; i++) {
		size_t at = 0;

		while (at < m->n && strcmp(m->names[at], all[i]) != 0)
			at++;
		if (at == m->n)
			m->names[m->n++] = all[i];
	}
}

/* How many partitions there are; 0: there is no such topic. */
static int
partitions_of(const struct rd_kafka_metadata *md, const char *name)
{
	for (int i = 0; i < md->topic_cnt; i++)
		if (strcmp(md->topics[i].topic, name) == 0 && md->topics[i].err == RD_KAFKA_RESP_ERR_NO_ERROR)
			return md->topics[i].partition_cnt;
	return 0;
}

/* Leaves only those that are not there. */
static bool
find_missing(struct making *m)
{
	const struct rd_kafka_metadata *md;
	rd_kafka_resp_err_t error = rd_kafka_metadata(m->kafka, 1, NULL, &md, ASK_MS);
	size_t missing = 0;

	if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
		buf_fmt(m->out, "Kafka could not be asked: %s\n", rd_kafka_err2str(error));
		return false;
	}
	for (size_t i = 0; i < m->n; i++) {
		int partitions = partitions_of(md, m->names[i]);

		if (partitions)
			buf_fmt(m->out, "%s is there, with %d partitions\n", m->names[i], partitions);
		else
			m->names[missing++] = m->names[i];
	}
	m->n = missing;
	rd_kafka_metadata_destroy(md);
	return true;
}

static bool
tell_result(struct making *m, const rd_kafka_topic_result_t *r, int partitions)
{
	rd_kafka_resp_err_t error = rd_kafka_topic_result_error(r);
	const char *name = rd_kafka_topic_result_name(r), *words = rd_kafka_topic_result_error_string(r);

	if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
		buf_fmt(m->out, "%s is made, with %d partitions\n", name, partitions);
	else if (error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
		buf_fmt(m->out, "%s is there\n", name);
	else
		buf_fmt(m->out, "%s could not be made: %s\n", name, words ? words : rd_kafka_err2str(error));
	return error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS;
}

static bool
tell_results(struct making *m, rd_kafka_event_t *answer, int partitions)
{
	const rd_kafka_topic_result_t **results;
	size_t n = 0;
	bool good = true;

	if (!answer || rd_kafka_event_error(answer)) {
		buf_fmt(m->out, "Kafka could not be asked: %s\n", answer ? rd_kafka_event_error_string(answer) : "no answer");
		return false;
	}
	results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer), &n);
	for (size_t i = 0; i < n; i++)
		good &= tell_result(m, results[i], partitions);
	return good;
}

static bool
make_missing(struct making *m, int partitions, int replicas)
{
	rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(m->kafka, RD_KAFKA_ADMIN_OP_CREATETOPICS);
	rd_kafka_queue_t *queue = rd_kafka_queue_new(m->kafka);
	rd_kafka_NewTopic_t *topics[KAFKA_TOPICS];
	char error[ERROR_MAX] = "";
	size_t n = 0;
	bool good = false;

	while (n < m->n && (topics[n] = rd_kafka_NewTopic_new(m->names[n], partitions, replicas, error, sizeof(error))) != NULL)
		n++;
	if (n == m->n && rd_kafka_AdminOptions_set_request_timeout(options, ASK_MS, error, sizeof(error)) == RD_KAFKA_RESP_ERR_NO_ERROR) {
		rd_kafka_event_t *answer;

		rd_kafka_CreateTopics(m->kafka, topics, n, options, queue);
		answer = rd_kafka_queue_poll(queue, 2 * ASK_MS);
		good = tell_results(m, answer, partitions);
		if (answer)
			rd_kafka_event_destroy(answer);
	} else {
		buf_fmt(m->out, "%s\n", error);
	}
	rd_kafka_NewTopic_destroy_array(topics, n);
	rd_kafka_queue_destroy(queue);
	rd_kafka_AdminOptions_destroy(options);
	return good;
}

static void
say_nothing(const rd_kafka_t *kafka, int level, const char *what, const char *words)
{
	(void)kafka;
	(void)level;
	(void)what;
	(void)words;
}

bool
kafka_topics_make(struct arena *a, const struct settings *s, int partitions, int replicas, struct buf *out)
{
	struct making m = { .out = out };
	rd_kafka_conf_t *conf;
	char error[ERROR_MAX];
	bool good;

	(void)a;
	if (!s->kafka_brokers[0]) {
		buf_text(out, "kafka_brokers is not set\n");
		return false;
	}
	conf = kafka_conf(s);
	if (!conf)
		return false;
	rd_kafka_conf_set_log_cb(conf, say_nothing);	/* what matters is in the answers */
	m.kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof(error));
	if (!m.kafka) {
		rd_kafka_conf_destroy(conf);
		buf_fmt(out, "%s\n", error);
		return false;
	}
	names_once(&m, s);
	good = find_missing(&m) && (m.n == 0 || make_missing(&m, partitions, replicas));
	rd_kafka_destroy(m.kafka);
	return good;
}
