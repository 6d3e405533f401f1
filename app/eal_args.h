/* SPDX-License-Identifier: BSD-3-Clause */
/* EAL's command line, made from the configuration. No EAL is needed to make it. Any thread. */
#ifndef EAL_ARGS_H
#define EAL_ARGS_H

#include <nt_config.h>

struct eal_args {
	int argc;
	char *argv[160]; /* into text, or the user's; NULL behind the last */
	char text[16384];
	size_t len; /* of text */
	bool full; /* something did not fit */
	bool user_options; /* some are the user's */
	unsigned int lcores; /* the main one, too */
};

/* What the configuration does not say. */
struct eal_want {
	unsigned int lcores; /* beside the main one, which is control's: the workers', then the
			      * distributor's, if there may be one */
	unsigned int memory_mb; /* what mbufs and rings take, about */
	char *const *extra; /* the user's, borrowed: an option there replaces ours */
	int extra_count;
};

/* 0, or -errno and *err. */
int eal_args_live(struct eal_args *ret, const struct nt_config *config, const struct eal_want *want,
	struct nt_error *err);

/* As one line for a shell, cut to the room there is. */
void eal_args_line(const struct eal_args *args, char *out, size_t room);

/* "--lcores=(0-3)@(0,1)": lcores 0 to 3, each free to run on any CPU that we may use. 0, -errno. */
int eal_args_free_lcores(char *out, size_t room, unsigned int lcores);

/*
 * How large the ring's frames of net_af_packet are made for port.mtu, which its driver would refuse
 * otherwise; 0: as the driver has them, or as the device says itself.
 */
uint32_t eal_args_frame(const struct nt_config *c, const char *device);

#endif
