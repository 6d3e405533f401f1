/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * JSON as DPDK's telemetry can carry it (22.11): objects, arrays of texts or of numbers, texts and
 * whole numbers, in one message of 16 KiB. So, before it is handed over:
 *
 *   true, false          1, 0
 *   numbers              whole and not negative: as they are; else as text
 *   a text of more than 127 bytes   an array of its pieces
 *   any other array      an object with the keys "0", "1", ...
 *   what has no room     is left out, and the answer has "more": 1. A member whose key is a number
 *                        is left out whole, and so is all that follows it among its own
 *
 * Any thread. No EAL.
 */
#ifndef TELEMETRY_JSON_H
#define TELEMETRY_JSON_H

#include <jansson.h>

#include <nt_base.h>

#define TELEMETRY_MESSAGE_BYTES 16384 /* DPDK's, with the command's name around the answer */
#define TELEMETRY_ANSWER_BYTES	(TELEMETRY_MESSAGE_BYTES - 128)
#define TELEMETRY_DICT_MAX	256
#define TELEMETRY_ARRAY_MAX	512
#define TELEMETRY_TEXT_BYTES	127
#define TELEMETRY_KEY_BYTES	63

/* Takes root, an object; NULL: no memory. max_bytes: of the answer as compact JSON. */
json_t *telemetry_shape(json_t *root, size_t max_bytes);

#endif
