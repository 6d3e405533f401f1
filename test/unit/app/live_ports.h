/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports made of virtual devices, and captures for them, for the tests of what polls ports. EAL is
 * started without hugepages or root. Whatever fails ends the test.
 */
#ifndef LIVE_PORTS_H
#define LIVE_PORTS_H

#include "port.h"

#define FRAME_MAX 16384

struct frame {
	uint8_t b[FRAME_MAX];
	uint32_t len;
};

/* UDP of 10.0.0.src to 10.0.0.dst, with a payload of so many bytes of that value. */
struct frame frame_udp(uint8_t src, uint8_t dst, uint32_t payload, uint8_t value);
/* The same inside of VXLAN from 10.1.0.src to 10.1.0.dst. */
struct frame frame_vxlan(uint8_t src, uint8_t dst, const struct frame *in);
/* The part of its IP payload from offset (a multiple of 8) on, at most len bytes. */
struct frame frame_fragment(const struct frame *whole, uint16_t offset, uint16_t len);

/* Frame i of a capture: when in microseconds since the epoch. */
struct capture_frame {
	int64_t us;
	struct frame frame;
};

/* Path of a capture of these in the build folder. */
const char *capture_of(const char *name, const struct capture_frame *frames, unsigned int n);

/* Group fixtures. */
int live_eal_start(void **state);
int live_eal_stop(void **state);

/* Add a virtual device, "net_null0,size=64"; live_close removes it. */
void live_add(const char *device);
/* All of them, with that configuration, started. What is said is in live_said(). */
void live_open(struct ports *p, const struct nt_config *c, struct live_clock *clock);
int live_try_open(
	struct ports *p, const struct nt_config *c, struct live_clock *clock, struct nt_error *err);
const char *live_said(void);
/* No mbuf of any pool is missing. */
void live_close(struct ports *p);

#endif
