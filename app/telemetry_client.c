/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <nt_strbuf.h>

#include "runtime_dir.h"
#include "telemetry_client.h"

#define GREETING_MAX 1024
/* What a greeting may ask for: a sensor is no stranger, but a socket may be anybody's. */
#define MESSAGE_MAX (1 << 20)

struct telemetry_client {
	int fd;
	unsigned int late; /* answers that did not come in time, and are still to come */
	size_t room;
	char *message; /* of room bytes */
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

bool
telemetry_socket_path(const char *prefix, char *ret, size_t room)
{
	const int n = snprintf(ret, room, "%s/dpdk/%s/dpdk_telemetry.v2", runtime_dir(), prefix);
	return n > 0 && (size_t)n < NT_MIN(room, sizeof(((struct sockaddr_un *)0)->sun_path));
}

static int
explain(int code, const char *path, struct nt_error *err)
{
	if (code == -ENOENT)
		return nt_error_set(err, code,
			"no sensor runs here: there is no %s; start one with `nametap run`, or "
			"say which by --prefix or -c",
			path);
	if (code == -ECONNREFUSED)
		return nt_error_set(err, code,
			"no sensor runs here: nobody listens at %s any more; start one with "
			"`nametap run`, or say which by --prefix or -c",
			path);
	if (code == -EACCES || code == -EPERM)
		return nt_error_set(err, code,
			"%s may not be opened: ask as the user that runs the sensor (sudo?)", path);
	return nt_error_set(err, code, "%s: %s", path, strerror(-code));
}

static int
connect_to(struct telemetry_client *c)
{
	const struct timeval patience = { .tv_sec = TELEMETRY_CLIENT_TIMEOUT_MS / 1000,
		.tv_usec = TELEMETRY_CLIENT_TIMEOUT_MS % 1000 * 1000L };
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	memcpy(at.sun_path, c->path, sizeof(at.sun_path));
	c->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
		setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) ||
		connect(c->fd, (const struct sockaddr *)&at, sizeof(at)) != 0)
		return -errno;
	return 0;
}

/* One message, ended by a NUL. Its length, or -errno. */
static ssize_t
receive(struct telemetry_client *c, struct nt_error *err)
{
	const ssize_t n = recv(c->fd, c->message, c->room - 1, 0);
	if (n > 0) {
		c->message[n] = '\0';
		return n;
	}
	if (n == 0 || errno == ECONNRESET)
		return nt_error_set(err, -ECONNRESET,
			"%s: the sensor has closed the connection: it ended, or too many ask at "
			"once",
			c->path);
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return nt_error_set(err, -ETIMEDOUT, "%s: no answer for %d s", c->path,
			TELEMETRY_CLIENT_TIMEOUT_MS / 1000);
	return nt_error_set(err, -errno, "%s: %s", c->path, strerror(errno));
}

/* {"version":"DPDK 22.11","pid":1,"max_output_len":16384} */
static int
greet(struct telemetry_client *c, struct nt_error *err)
{
	const ssize_t n = receive(c, err);
	if (n < 0)
		return (int)n;
	json_t *greeting = json_loadb(c->message, (size_t)n, 0, NULL);
	const json_int_t most = json_integer_value(json_object_get(greeting, "max_output_len"));
	json_decref(greeting);
	if (most <= 0 || most > MESSAGE_MAX)
		return nt_error_set(err, -EPROTO, "%s: this is no telemetry of DPDK's", c->path);
	char *message = realloc(c->message, (size_t)most + 1);
	if (message == NULL)
		return nt_error_set(err, -ENOMEM, "out of memory");
	c->message = message;
	c->room = (size_t)most + 1;
	return 0;
}

struct telemetry_client *
telemetry_client_open_at(const char *path, struct nt_error *err)
{
	struct telemetry_client *c = calloc(1, sizeof(*c));
	int code = -ENOMEM;
	if (c != NULL) {
		c->fd = -1;
		c->room = GREETING_MAX;
		c->message = malloc(c->room);
	}
	if (c == NULL || c->message == NULL) {
		nt_error_set(err, code, "out of memory");
	} else if (strlen(path) >= sizeof(c->path)) {
		code = nt_error_set(err, -ENAMETOOLONG, "%s: too long for a socket", path);
	} else {
		memcpy(c->path, path, strlen(path) + 1);
		code = connect_to(c);
		code = code != 0 ? explain(code, path, err) : greet(c, err);
	}
	if (code == 0)
		return c;
	telemetry_client_close(c);
	return NULL;
}

struct telemetry_client *
telemetry_client_open(const char *prefix, struct nt_error *err)
{
	char path[256];
	if (telemetry_socket_path(prefix, path, sizeof(path)))
		return telemetry_client_open_at(path, err);
	nt_error_set(err, -ENAMETOOLONG, "the prefix '%s' is too long for a socket in %s", prefix,
		runtime_dir());
	return NULL;
}

void
telemetry_client_close(struct telemetry_client *c)
{
	if (c == NULL)
		return;
	if (c->fd >= 0)
		close(c->fd);
	free(c->message);
	free(c);
}

/* What stands in the message under the command's name, with a reference of its own. */
static json_t *
answer_of(struct telemetry_client *c, size_t len, const char *command, struct nt_error *err)
{
	char told[sizeof(err->msg)];
	json_t *root = json_loadb(c->message, len, 0, NULL);
	json_t *answer = json_object_get(root, command), *ret = NULL;
	telemetry_text(answer, "error", told, sizeof(told));
	if (root == NULL)
		nt_error_set(err, -EPROTO, "%s: an answer that is no JSON", c->path);
	else if (answer == NULL || json_is_null(answer))
		nt_error_set(err, -ENOSYS,
			"%s: who listens there does not know %s: another program of DPDK's?",
			c->path, command);
	else if (*told != '\0')
		nt_error_set(err, -EINVAL, "%s", told);
	else
		ret = json_incref(answer);
	json_decref(root);
	return ret;
}

json_t *
telemetry_client_ask(
	struct telemetry_client *c, const char *command, const char *params, struct nt_error *err)
{
	char text[TELEMETRY_COMMAND_MAX + 1];
	const int n = snprintf(text, sizeof(text), "%s%s%s", command, params != NULL ? "," : "",
		params != NULL ? params : "");
	if (n < 0 || (size_t)n >= sizeof(text)) {
		nt_error_set(err, -ENAMETOOLONG, "too long to be asked: %.64s...", params);
		return NULL;
	}
	if (send(c->fd, text, (size_t)n, MSG_NOSIGNAL) < 0) {
		if (errno == EPIPE || errno == ECONNRESET)
			nt_error_set(err, -EPIPE, "%s: the sensor has ended", c->path);
		else
			nt_error_set(err, -errno, "%s: %s", c->path, strerror(errno));
		return NULL;
	}
	ssize_t len = receive(c, err);
	/* Answers come in the order of questions. */
	for (; len >= 0 && c->late > 0; c->late--)
		len = receive(c, err);
	c->late += len == -ETIMEDOUT;
	return len < 0 ? NULL : answer_of(c, (size_t)len, command, err);
}

void
telemetry_text(const json_t *answer, const char *key, char *ret, size_t room)
{
	const json_t *v = json_object_get(answer, key);
	struct nt_strbuf b = nt_strbuf_init(ret, room);
	if (json_is_string(v))
		nt_strbuf_str(&b, json_string_value(v));
	for (size_t i = 0; i < json_array_size(v); i++)
		if (json_is_string(json_array_get(v, i)))
			nt_strbuf_str(&b, json_string_value(json_array_get(v, i)));
	nt_strbuf_cstr(&b);
}

uint64_t
telemetry_u64(const json_t *answer, const char *key)
{
	const json_int_t n = json_integer_value(json_object_get(answer, key));
	return n > 0 ? (uint64_t)n : 0;
}

bool
telemetry_ns(const json_t *answer, const char *key, int64_t *ret)
{
	const char *text = json_string_value(json_object_get(answer, key));
	if (text == NULL || *text == '\0')
		return false;
	char *end;
	errno = 0;
	const long long sec = strtoll(text, &end, 10);
	int64_t ns = 0, unit = NT_NS_PER_SEC;
	if (errno != 0 || sec > INT64_MAX / NT_NS_PER_SEC || sec < INT64_MIN / NT_NS_PER_SEC)
		return false;
	if (*end == '.')
		for (end++; *end >= '0' && *end <= '9' && unit > 1; end++)
			ns += (*end - '0') * (unit /= 10);
	*ret = NT_SEC(sec) + (*text == '-' ? -ns : ns);
	return *end == '\0';
}
