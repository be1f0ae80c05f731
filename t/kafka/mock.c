/*
 * mock.c - librdkafka's own mock cluster as a program, for tests and for whoever wants to try the consumer beside it. The brokers listen
 * on 127.0.0.1; their addresses are the first line that it prints. Then it does what each line of standard input says, answers "ok" or
 * "no", and ends with the input.
 *
 *	topic NAME PARTITIONS		makes a topic, with two replicas
 *	lost NAME CODE			whoever asks about the topic hears this error; 0: it is there again
 *	error API CODE TIMES		the next so many requests of this kind fail with this error (Produce: 0)
 *	calm API			no more errors of that kind
 *	late BROKER API MS		the next such request to it is done, but answered so much later; no "error" of
 *					that kind comes to this broker any more
 *	leader NAME PARTITION BROKER	who leads a partition; -1: nobody
 *	down BROKER, up BROKER		0: all of them
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#define BROKERS 3

static rd_kafka_mock_cluster_t *cluster;

static bool
push_errors(int api, int code, int times)
{
	for (int i = 0; i < times; i++)
		rd_kafka_mock_push_request_errors(cluster, (int16_t)api, 1, (rd_kafka_resp_err_t)code);
	return true;
}

static bool
of_broker(const char *what, int broker)
{
	int from = broker ? broker : 1, to = broker ? broker : BROKERS;
	bool good = true;

	for (int i = from; i <= to; i++)
		good &= (strcmp(what, "down") == 0 ? rd_kafka_mock_broker_set_down(cluster, i) : rd_kafka_mock_broker_set_up(cluster, i)) ==
		    RD_KAFKA_RESP_ERR_NO_ERROR;
	return good;
}

static bool
obey(const char *line)
{
	char what[20], name[256];
	int a, b = 0, c;

	if (sscanf(line, "topic %255s %d", name, &a) == 2)
		return rd_kafka_mock_topic_create(cluster, name, a, 2) == RD_KAFKA_RESP_ERR_NO_ERROR;
	if (sscanf(line, "lost %255s %d", name, &a) == 2) {
		rd_kafka_mock_topic_set_error(cluster, name, (rd_kafka_resp_err_t)a);
		return true;
	}
	if (sscanf(line, "leader %255s %d %d", name, &a, &b) == 3)
		return rd_kafka_mock_partition_set_leader(cluster, name, a, b) == RD_KAFKA_RESP_ERR_NO_ERROR;
	if (sscanf(line, "error %d %d %d", &a, &b, &c) == 3)
		return push_errors(a, b, c);
	if (sscanf(line, "calm %d", &a) == 1) {
		rd_kafka_mock_clear_request_errors(cluster, (int16_t)a);
		return true;
	}
	if (sscanf(line, "late %d %d %d", &a, &b, &c) == 3)
		return rd_kafka_mock_broker_push_request_error_rtts(cluster, a, (int16_t)b, 1, RD_KAFKA_RESP_ERR_NO_ERROR, c) ==
		    RD_KAFKA_RESP_ERR_NO_ERROR;
	if (sscanf(line, "%19s %d", what, &a) == 2 && (strcmp(what, "down") == 0 || strcmp(what, "up") == 0))
		return of_broker(what, a);
	return false;
}

int
main(void)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char error[300], line[400];
	rd_kafka_t *kafka;

	rd_kafka_conf_set(conf, "log_level", "0", NULL, 0);
	kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof(error));
	cluster = kafka ? rd_kafka_mock_cluster_new(kafka, BROKERS) : NULL;
	if (!cluster) {
		fputs("there is no mock cluster\n", stderr);
		return EXIT_FAILURE;
	}
	printf("%s\n", rd_kafka_mock_cluster_bootstraps(cluster));
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		puts(obey(line) ? "ok" : "no");
		fflush(stdout);
	}
	rd_kafka_mock_cluster_destroy(cluster);
	rd_kafka_destroy(kafka);
	return EXIT_SUCCESS;
}
