/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A configuration file; behind a leading '=', an assignment as --set takes it. Refused: something
 * is told, in lines of printable ASCII, and nothing is changed. Accepted: printed and loaded again
 * it is the same.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nt_config.h>

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			__builtin_trap();                                                          \
	} while (0)

static void
take_line(void *arg, const char *line)
{
	unsigned int *count = arg;

	CHECK(line[0] != '\0');
	for (; *line != '\0'; line++)
		CHECK(*line >= ' ' && *line <= '~');
	++*count;
}

/* Made once: it is the same for every input. */
static const struct nt_config *
defaults(void)
{
	static struct nt_config cfg;
	static bool made;

	if (!made)
		nt_config_default(&cfg);
	made = true;
	return &cfg;
}

/* Durations are printed with 15 digits: 30 days to the nanosecond have 16. */
static void
check_round_trip(const struct nt_config *cfg)
{
	static struct nt_config again, third;
	char *text;
	size_t len;

	memcpy(&again, defaults(), sizeof(again));
	for (int i = 0; i < 2; i++) {
		FILE *f = open_memstream(&text, &len);

		CHECK(f != NULL && nt_config_print(i == 0 ? cfg : &again, f) == 0);
		CHECK(fclose(f) == 0);
		if (i == 1)
			memcpy(&third, defaults(), sizeof(third));
		CHECK(nt_config_load_text(i == 0 ? &again : &third, "f", text, len, NULL, NULL) ==
			0);
		free(text);
	}
	CHECK(memcmp(&again, &third, sizeof(again)) == 0);
}

static int
take(struct nt_config *cfg, const uint8_t *data, size_t size, unsigned int *told)
{
	char *assignment;
	int rc;

	if (size == 0 || data[0] != '=')
		return nt_config_load_text(cfg, "f", (const char *)data, size, take_line, told);
	assignment = strndup((const char *)data + 1, size - 1);
	CHECK(assignment != NULL);
	rc = nt_config_set(cfg, assignment, take_line, told);
	free(assignment);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct nt_config cfg, before;
	unsigned int told = 0;
	int rc;

	memcpy(&cfg, defaults(), sizeof(cfg));
	memcpy(&before, defaults(), sizeof(cfg));
	rc = take(&cfg, data, size, &told);
	CHECK((rc == 0) == (told == 0));
	if (rc == 0)
		check_round_trip(&cfg);
	else
		CHECK(rc == -EINVAL && memcmp(&before, &cfg, sizeof(cfg)) == 0);
	(void)nt_config_check(&cfg, take_line, &told);
	return 0;
}
