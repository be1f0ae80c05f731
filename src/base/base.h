/* base.h - the first include of every .c file: what the whole program shares. */
#ifndef FOYER_BASE_BASE_H
#define FOYER_BASE_BASE_H

#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/span.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/banned.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define KiB ((size_t)1024)
#define MiB ((size_t)1024 * 1024)

#endif
