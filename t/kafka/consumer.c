/*
 * consumer.c - an example of a program that reads Foyer's events from Kafka as they want to be read (README, "Events in Kafka"):
 *
 *	consumer BROKERS [-e] [-j] [-r] GROUP TOPIC…	such as: consumer 127.0.0.1:9092 stock seat-events booking-events
 *
 * Prints a line an event: id, type, show, subject, at, data, with tabs between. What came before under the same id is dropped, and of a
 * seat event those seats of which something newer is known. Where it stands is kept at Kafka under GROUP only after an event was worked
 * off, so what it was about to do when it died is done again.
 *
 *	-e	ends when there is nothing more
 *	-j	prints every message as it came
 *	-r	prints every message, what would have been dropped too, with topic, partition, key, headers (id, type, version) in front
 *
 * What it knows lives in memory: a real one keeps ids and versions with whatever it writes, in the same transaction.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>
#include <jansson.h>
#include <librdkafka/rdkafka.h>

#define POLL_MS 200

static volatile sig_atomic_t stopping;
static GHashTable *ids;		/* of events that were worked off */
static GHashTable *versions;	/* "show-seat" to the highest version known */
static bool to_the_end, as_json, raw;
static int at_end, assigned;	/* partitions that were read to their end, and those that are ours */

static void
stop(int sig)
{
	(void)sig;
	stopping = 1;
}

/* Takes out of data those seats that are no news. False: none is left. */
static bool
only_newer_seats(json_t *data, int64_t show)
{
	json_t *seats = json_object_get(data, "seats"), *list = json_object_get(data, "versions");
	size_t i = 0;

	if (!seats || !list)
		return true;
	while (i < json_array_size(seats)) {
		char *key = g_strdup_printf("%" PRId64 "-%" PRId64, show, (int64_t)json_integer_value(json_array_get(seats, i)));
		int64_t version = json_integer_value(json_array_get(list, i)), *known = g_hash_table_lookup(versions, key);

		if (known && version < *known) {
			json_array_remove(seats, i);
			json_array_remove(list, i);
			g_free(key);
			continue;
		}
		g_hash_table_insert(versions, key, g_memdup2(&version, sizeof(version)));
		i++;
	}
	return json_array_size(seats) > 0;
}

/* What this program does with an event: it prints it. */
static void
work(const json_t *event, const json_t *data)
{
	char *text = json_dumps(data, JSON_COMPACT | JSON_SORT_KEYS);

	printf("%s\t%s\t%" PRId64 "\t%" PRId64 "\t%s\t%s\n", json_string_value(json_object_get(event, "id")),
	    json_string_value(json_object_get(event, "type")), (int64_t)json_integer_value(json_object_get(event, "show")),
	    (int64_t)json_integer_value(json_object_get(event, "subject")), json_string_value(json_object_get(event, "at")), text);
	fflush(stdout);
	free(text);
}

static void
print_raw(const rd_kafka_message_t *m)
{
	static const char *const names[] = { "id", "type", "version" };
	rd_kafka_headers_t *headers = NULL;

	printf("%s\t%d\t%.*s", rd_kafka_topic_name(m->rkt), (int)m->partition, (int)m->key_len, (const char *)m->key);
	rd_kafka_message_headers(m, &headers);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		const void *value = "";
		size_t n = 0;

		if (headers)
			rd_kafka_header_get_last(headers, names[i], &value, &n);
		printf("\t%.*s", (int)n, (const char *)value);
	}
	putchar('\t');
}

static void
take(const rd_kafka_message_t *m)
{
	json_t *event = json_loadb(m->payload, m->len, 0, NULL), *data = json_object_get(event, "data");
	const char *id = json_string_value(json_object_get(event, "id"));
	int64_t show = json_integer_value(json_object_get(event, "show"));

	if (raw)
		print_raw(m);
	/* Of a type or version that it does not know a program should take what it knows and leave the rest. */
	if (as_json)
		printf("%.*s\n", (int)m->len, (const char *)m->payload);
	else if (!id || !data)
		fprintf(stderr, "consumer: a message of %s that is no event\n", rd_kafka_topic_name(m->rkt));
	else if (raw || (g_hash_table_add(ids, g_strdup(id)) && only_newer_seats(data, show)))
		work(event, data);
	json_decref(event);
}

static void
hear_assignment(rd_kafka_t *kafka, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t *list, void *opaque)
{
	(void)opaque;
	at_end = 0;
	assigned = what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS ? list->cnt : 0;
	rd_kafka_assign(kafka, assigned ? list : NULL);
}

static rd_kafka_t *
open_consumer(const char *brokers, const char *group)
{
	const char *const properties[][2] = { { "bootstrap.servers", brokers }, { "group.id", group }, { "auto.offset.reset", "earliest" },
		{ "enable.auto.offset.store", "false" }, { "enable.partition.eof", "true" }, { "session.timeout.ms", "6000" } };
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char error[300] = "";
	rd_kafka_t *kafka;

	for (size_t i = 0; i < G_N_ELEMENTS(properties); i++)
		if (rd_kafka_conf_set(conf, properties[i][0], properties[i][1], error, sizeof(error)) != RD_KAFKA_CONF_OK)
			g_error("%s", error);
	rd_kafka_conf_set_rebalance_cb(conf, hear_assignment);
	kafka = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof(error));
	if (!kafka)
		g_error("%s", error);
	rd_kafka_poll_set_consumer(kafka);
	return kafka;
}

static void
consume(rd_kafka_t *kafka)
{
	while (!stopping && !(to_the_end && assigned && at_end == assigned)) {
		rd_kafka_message_t *m = rd_kafka_consumer_poll(kafka, POLL_MS);

		if (m && m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
			at_end++;
		} else if (m && m->err) {
			fprintf(stderr, "consumer: %s\n", rd_kafka_message_errstr(m));
		} else if (m) {
			take(m);
			rd_kafka_offset_store(m->rkt, m->partition, m->offset);		/* only now: it is committed with the next ones */
		}
		if (m)
			rd_kafka_message_destroy(m);
	}
}

static rd_kafka_topic_partition_list_t *
read_options(int argc, char **argv)
{
	rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(argc);
	int option;

	while ((option = getopt(argc, argv, "ejr")) != -1) {
		to_the_end |= option == 'e';
		as_json |= option == 'j';
		raw |= option == 'r';
	}
	for (int i = optind + 2; i < argc; i++)
		rd_kafka_topic_partition_list_add(topics, argv[i], RD_KAFKA_PARTITION_UA);
	return topics;
}

int
main(int argc, char **argv)
{
	rd_kafka_topic_partition_list_t *topics = read_options(argc, argv);
	rd_kafka_t *kafka;

	if (!topics->cnt) {
		fputs("usage: consumer BROKERS [-e] [-j] [-r] GROUP TOPIC…\n", stderr);
		return EXIT_FAILURE;
	}
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	versions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	kafka = open_consumer(argv[optind], argv[optind + 1]);
	if (rd_kafka_subscribe(kafka, topics) == RD_KAFKA_RESP_ERR_NO_ERROR)
		consume(kafka);
	rd_kafka_consumer_close(kafka);		/* commits what was worked off */
	rd_kafka_destroy(kafka);
	rd_kafka_topic_partition_list_destroy(topics);
	g_hash_table_destroy(ids);
	g_hash_table_destroy(versions);
	return EXIT_SUCCESS;
}
