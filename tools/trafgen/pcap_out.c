/* SPDX-License-Identifier: BSD-3-Clause */
#include "pcap_out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUF_SIZE      (1u << 20)
#define RECORD_HEADER 16
#define NS_PER_SEC    UINT64_C(1000000000)

static void
flush(struct tg_pcap *p)
{
	size_t done = 0;

	while (p->error == 0 && done < p->used) {
		ssize_t n = write(p->fd, p->buf + done, p->used - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			p->error = -errno;
	}
	p->used = 0;
}

static void
put32(uint8_t *at, uint32_t v)
{
	memcpy(at, &v, sizeof(v));
}

static void
file_header(struct tg_pcap *p)
{
	uint32_t version = 2 | 4u << 16;

	put32(p->buf, p->nanoseconds ? 0xa1b23c4du : 0xa1b2c3d4u);
	put32(p->buf + 4, version);
	put32(p->buf + 8, 0);
	put32(p->buf + 12, 0);
	put32(p->buf + 16, p->snaplen);
	put32(p->buf + 20, 1); /* LINKTYPE_ETHERNET */
	p->used = 24;
}

int
tg_pcap_open(struct tg_pcap *p, const char *path, uint32_t snaplen, bool nanoseconds)
{
	memset(p, 0, sizeof(*p));
	p->snaplen = snaplen;
	p->nanoseconds = nanoseconds;
	p->buf = malloc(BUF_SIZE);
	if (p->buf == NULL)
		return -ENOMEM;
	if (strcmp(path, "-") == 0)
		p->fd = dup(STDOUT_FILENO);
	else
		p->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (p->fd < 0) {
		int error = -errno;

		free(p->buf);
		p->buf = NULL;
		return error;
	}
	file_header(p);
	return 0;
}

uint8_t *
tg_pcap_frame(struct tg_pcap *p)
{
	if (p->used + RECORD_HEADER + TG_FRAME_MAX > BUF_SIZE)
		flush(p);
	return p->buf + p->used + RECORD_HEADER;
}

void
tg_pcap_commit(struct tg_pcap *p, uint64_t ts_ns, size_t len)
{
	uint8_t *h = p->buf + p->used;
	size_t kept = len < p->snaplen ? len : p->snaplen;
	uint64_t sub = ts_ns % NS_PER_SEC;

	put32(h, (uint32_t)(ts_ns / NS_PER_SEC));
	put32(h + 4, (uint32_t)(p->nanoseconds ? sub : sub / 1000));
	put32(h + 8, (uint32_t)kept);
	put32(h + 12, (uint32_t)len);
	p->used += RECORD_HEADER + kept;
}

int
tg_pcap_close(struct tg_pcap *p)
{
	if (p->buf == NULL)
		return p->error;
	flush(p);
	if (close(p->fd) != 0 && p->error == 0)
		p->error = -errno;
	free(p->buf);
	p->buf = NULL;
	return p->error;
}
