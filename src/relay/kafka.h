/*
 * kafka.h - the sink that takes every event to Kafka, by librdkafka: a message an event, in the topic that the settings name for it, its
 * value the text of event_text.h, its headers id, type and version, its key the show (or show and subject).
 *
 * A producer is idempotent and waits for all replicas that are in sync. A batch is handed over as a whole and then waited for; what
 * the relay hears is how many of its first events were acknowledged. Where that is not all, what is left in the producer is thrown away
 * and the producer with it: a copy that was on its way by then may still be stored, but only behind the next try's, so whoever drops ids
 * that it knows sees a show's events in their order.
 *
 * Kafka out of reach, a topic that is not there, too few replicas: the sink is down, and all waits. Only a message that Kafka finds too
 * large, or wrong in itself, is refused.
 *
 * Only where librdkafka was found at build time (configure --with-kafka); elsewhere kafka_brokers is refused at start.
 */
#ifndef FOYER_RELAY_KAFKA_H
#define FOYER_RELAY_KAFKA_H

#include "relay/sink.h"

#define KAFKA_MOST 200			/* events at once */
#define KAFKA_PARTITIONS 12

sink_start kafka_start;			/* 0: kafka_brokers is empty */

/*
 * Makes those of the four topics that are not there, with so many partitions; replicas -1: as many as the cluster's default. A topic that
 * is there is left alone, whatever it has, for with another number of partitions keys would move. A line each to *out. False: one is
 * neither there nor could be made, or Kafka could not be asked.
 */
bool kafka_topics_make(struct arena *, const struct settings *, int partitions, int replicas, struct buf *out);

#endif
