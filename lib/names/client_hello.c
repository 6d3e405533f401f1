/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_client_hello.h"

enum {
	EXT_SERVER_NAME = 0,
	EXT_ECH = 0xfe0d, /* encrypted_client_hello, RFC 9849 */
};

#define EXT_HEAD       4 /* type and size */
#define RANDOM_BYTES   32
#define NAME_HOST_NAME 0

/* What comes next. SKIP_* step over h->item bytes, READ_NAME gathers, the others read a number. */
enum step {
	READ_VERSION,
	SKIP_RANDOM,
	READ_SESSION,
	SKIP_SESSION,
	READ_CIPHERS,
	SKIP_CIPHERS,
	READ_COMPRESSION,
	SKIP_COMPRESSION,
	READ_EXTENSIONS,
	READ_TYPE,
	READ_SIZE, /* of an extension that is stepped over */
	READ_NAMES_SIZE, /* of server_name, and from here on inside of it */
	READ_NAMES_LIST,
	READ_NAME_TYPE,
	READ_NAME_SIZE,
	READ_NAME,
	SKIP_EXTENSION,
	DONE,
	BAD,
	STEPS
};

/* Bytes of the number that a step reads; 0: it reads none. */
static const uint8_t widths[STEPS] = {
	[READ_VERSION] = 2,
	[READ_SESSION] = 1,
	[READ_CIPHERS] = 2,
	[READ_COMPRESSION] = 1,
	[READ_EXTENSIONS] = 2,
	[READ_TYPE] = 2,
	[READ_SIZE] = 2,
	[READ_NAMES_SIZE] = 2,
	[READ_NAMES_LIST] = 2,
	[READ_NAME_TYPE] = 1,
	[READ_NAME_SIZE] = 2,
};

bool
nt_hello_version_ok(uint16_t version)
{
	switch (version) {
	case 0x0002:
	case 0x0300:
	case 0x0301:
	case 0x0302:
	case 0x0303:
	case 0x0304:
	case 0xfeff: /* DTLS 1.0, 1.2, 1.3 */
	case 0xfefd:
	case 0xfefc:
		return true;
	default:
		return version >> 8 == 0x7f; /* drafts of TLS 1.3 */
	}
}

void
nt_client_hello_begin(struct nt_client_hello *h, uint32_t length)
{
	*h = (struct nt_client_hello){ .step = READ_VERSION, .left = length };
}

static enum step
skip(struct nt_client_hello *h, uint16_t bytes, enum step how)
{
	h->item = bytes;
	return bytes <= h->left ? how : BAD;
}

/* Where inside server_name a number does not fit, the rest of the extension is stepped over. */
static enum step
in_extension(const struct nt_client_hello *h, enum step next)
{
	return h->item >= widths[next] ? next : SKIP_EXTENSION;
}

static enum step
begin_name(struct nt_client_hello *h, struct nt_server_name *name)
{
	if (h->number > h->item || h->named || name == NULL)
		return SKIP_EXTENSION;
	h->name = h->number;
	h->named = true;
	nt_server_name_clear(name);
	name->flags = NT_SERVER_NAME_TLS;
	return READ_NAME;
}

static enum step
extension(struct nt_client_hello *h)
{
	h->ech = h->ech || h->number == EXT_ECH;
	return h->number == EXT_SERVER_NAME ? READ_NAMES_SIZE : READ_SIZE;
}

/* A number was read. */
static enum step
after_number(struct nt_client_hello *h, struct nt_server_name *name)
{
	const uint16_t n = h->number;

	switch ((enum step)h->step) {
	case READ_VERSION:
		h->version = n;
		return skip(h, RANDOM_BYTES, SKIP_RANDOM);
	case READ_SESSION:
		return skip(h, n, SKIP_SESSION);
	case READ_CIPHERS:
		return n > 1 && n % 2 == 0 ? skip(h, n, SKIP_CIPHERS) : BAD;
	case READ_COMPRESSION:
		return n != 0 ? skip(h, n, SKIP_COMPRESSION) : BAD;
	case READ_EXTENSIONS:
		return READ_TYPE;
	case READ_TYPE:
		return extension(h);
	case READ_SIZE:
		return skip(h, n, SKIP_EXTENSION);
	case READ_NAMES_SIZE:
		return skip(h, n, READ_NAMES_LIST) == BAD ? BAD : in_extension(h, READ_NAMES_LIST);
	case READ_NAMES_LIST:
		return in_extension(h, READ_NAME_TYPE);
	case READ_NAME_TYPE:
		return n == NAME_HOST_NAME ? in_extension(h, READ_NAME_SIZE) : SKIP_EXTENSION;
	case READ_NAME_SIZE:
		return begin_name(h, name);
	default:
		return BAD;
	}
}

static bool
is_inside_names(enum step s)
{
	return s == READ_NAMES_LIST || s == READ_NAME_TYPE || s == READ_NAME_SIZE;
}

static void
read_number(struct nt_client_hello *h, uint8_t byte, struct nt_server_name *name)
{
	h->number = (uint16_t)(h->number << 8 | byte);
	h->left--;
	if (is_inside_names((enum step)h->step))
		h->item--;
	if (++h->got < widths[h->step])
		return;
	h->step = (uint8_t)after_number(h, name);
	h->got = 0;
	h->number = 0;
}

static size_t
read_name(struct nt_client_hello *h, const uint8_t *data, size_t len, struct nt_server_name *name)
{
	const size_t n = NT_MIN(len, h->name);

	for (size_t i = 0; i < n; i++)
		nt_server_name_add(name, data[i]);
	h->name = (uint16_t)(h->name - n);
	h->item = (uint16_t)(h->item - n);
	h->left -= (uint32_t)n;
	return n;
}

static size_t
step_over(struct nt_client_hello *h, size_t len)
{
	const size_t n = NT_MIN(len, h->item);

	h->item = (uint16_t)(h->item - n);
	h->left -= (uint32_t)n;
	return n;
}

/* Extensions that are there in whole, and of which nothing is wanted: most. */
static size_t
skip_extensions(struct nt_client_hello *h, const uint8_t *data, size_t len, bool wants_name)
{
	const size_t most = NT_MIN(len, h->left);
	size_t at = 0;

	if (h->step != READ_TYPE || h->got != 0)
		return 0;
	while (most - at >= EXT_HEAD) {
		const unsigned int type = (unsigned int)data[at] << 8 | data[at + 1];
		const size_t size = (size_t)data[at + 2] << 8 | data[at + 3];

		if ((wants_name && (type == EXT_SERVER_NAME || type == EXT_ECH)) ||
			size > most - at - EXT_HEAD)
			break;
		at += EXT_HEAD + size;
	}
	h->left -= (uint32_t)at;
	return at;
}

/* Steps that are over without another byte. */
static void
settle(struct nt_client_hello *h)
{
	if (h->step == READ_NAME && h->name == 0)
		h->step = SKIP_EXTENSION;
	if (h->step == SKIP_EXTENSION && h->item == 0)
		h->step = h->left != 0 ? READ_TYPE : DONE;
	if ((h->step == SKIP_RANDOM || h->step == SKIP_SESSION || h->step == SKIP_CIPHERS ||
		    h->step == SKIP_COMPRESSION) &&
		h->item == 0)
		h->step++;
	/* Extensions may be missing, and so may those that were announced. */
	if ((h->step == READ_EXTENSIONS || h->step == READ_TYPE) && h->left == 0 && h->got == 0)
		h->step = DONE;
	if (h->step < DONE && h->left == 0)
		h->step = BAD;
}

enum nt_hello_verdict
nt_client_hello_feed(
	struct nt_client_hello *h, const uint8_t *data, size_t len, struct nt_server_name *name)
{
	size_t at = 0;

	settle(h);
	while (at < len && h->step < DONE) {
		if (widths[h->step] != 0)
			read_number(h, data[at++], name);
		else if (h->step == READ_NAME)
			at += read_name(h, data + at, len - at, name);
		else
			at += step_over(h, len - at);
		settle(h);
		const size_t skipped = skip_extensions(h, data + at, len - at, name != NULL);
		if (skipped != 0)
			settle(h);
		at += skipped;
	}
	if (h->step < DONE)
		return NT_HELLO_MORE;
	return h->step == DONE ? NT_HELLO_DONE : NT_HELLO_BAD;
}
