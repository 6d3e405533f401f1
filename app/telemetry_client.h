/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The other end of telemetry: asks a running sensor over DPDK's telemetry socket (version 2:
 * SOCK_SEQPACKET, a greeting, then one message for each command). One thread.
 */
#ifndef TELEMETRY_CLIENT_H
#define TELEMETRY_CLIENT_H

#include <jansson.h>

#include <nt_base.h>

/* Longer than a sensor takes with a worker that stands still (ask.h). */
#define TELEMETRY_CLIENT_TIMEOUT_MS 5000
/* Of a command with its parameters: DPDK reads no more. */
#define TELEMETRY_COMMAND_MAX 1023

/* Where the sensor with this DPDK file prefix has its socket; false: too long for one. */
bool telemetry_socket_path(const char *prefix, char *ret, size_t room);

struct telemetry_client;

/* NULL and *err: no sensor runs with this prefix, or it may not be asked. */
struct telemetry_client *telemetry_client_open(const char *prefix, struct nt_error *err);
/* The same, at this socket. */
struct telemetry_client *telemetry_client_open_at(const char *path, struct nt_error *err);
void telemetry_client_close(struct telemetry_client *c); /* NULL is fine */

/*
 * One command ("/nametap/lookup") with its parameters (NULL: none): what stands under its name in
 * the answer. NULL and *err: the sensor has gone, does not know the command, or tells an error.
 */
json_t *telemetry_client_ask(
	struct telemetry_client *c, const char *command, const char *params, struct nt_error *err);

/* A text of an answer, put together where it came in pieces: never longer than room. */
void telemetry_text(const json_t *answer, const char *key, char *ret, size_t room);
/* 0 where there is none. */
uint64_t telemetry_u64(const json_t *answer, const char *key);
/* What came as seconds in text, in ns; false where there is none. */
bool telemetry_ns(const json_t *answer, const char *key, int64_t *ret);

#endif
