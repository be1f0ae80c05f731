/*
 * report.h - the sink that keeps the report of what was sold (domain/report.h), and meanwhile counts in nginx's log how often halls were
 * looked at (access_log.h), every REPORT_LOG_MS.
 */
#ifndef FOYER_RELAY_REPORT_H
#define FOYER_RELAY_REPORT_H

#include "relay/sink.h"

#define REPORT_LOG_MS 2000

sink_start report_start;	/* 0: the settings say report = no */

#endif
