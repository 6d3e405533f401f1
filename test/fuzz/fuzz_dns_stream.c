/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The input is a stream of DNS messages, delivered in pieces whose lengths its own bytes tell, with
 * another stream in between that competes for the only buffer. What comes out must be what a plain
 * walk over the lengths finds, but for messages that found no buffer.
 */
#include <stdlib.h>
#include <string.h>

#include <nt_dns_stream.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			abort();                                                                   \
	} while (0)

struct walk {
	const uint8_t *data;
	size_t size, at;
};

/* Step to the message that was handed out; those before it were refused. */
static void
check_message(struct walk *w, const uint8_t *msg, size_t len, uint64_t refused)
{
	for (uint64_t i = 0; i <= refused; i++) {
		CHECK(w->size - w->at >= 2);
		const size_t claimed = (size_t)w->data[w->at] << 8 | w->data[w->at + 1];

		CHECK(w->size - w->at - 2 >= claimed);
		const uint8_t *there = w->data + w->at + 2;
		w->at += 2 + claimed;
		if (claimed == len && memcmp(there, msg, len) == 0)
			return;
	}
	CHECK(false);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nt_dns_buffers *b = nt_dns_buffers_new(1);
	struct nt_dns_stream s = { 0 }, other = { 0 };
	struct walk walk = { .data = data, .size = size };
	static const uint8_t half[3] = { 0, 2, 0 };
	const uint8_t *msg;
	size_t len;

	CHECK(b != NULL);
	for (size_t at = 0; at < size;) {
		const size_t piece = NT_MIN((size_t)data[at] % 64 + 1, size - at);
		struct nt_cursor in = nt_cursor_init(data + at, piece);

		while (nt_dns_stream_next(&s, b, &in, &msg, &len))
			check_message(&walk, msg, len, nt_dns_buffers_refused(b));
		if (data[at] == 0xff) {
			in = nt_cursor_init(half, sizeof(half));
			while (nt_dns_stream_next(&other, b, &in, &msg, &len))
				;
		}
		at += piece;
	}
	nt_dns_stream_end(&s, b);
	nt_dns_stream_end(&other, b);
	nt_dns_buffers_free(b);
	return 0;
}
