/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_PRESETS_H
#define TG_PRESETS_H

/* Named sets of option values. */

#define TG_PRESET_MAX 20
#define TG_PRESETS    11

struct tg_preset {
	const char *name;
	const char *help;
	struct {
		const char *option;
		const char *value;
	} set[TG_PRESET_MAX]; /* ends at the first NULL */
};

extern const struct tg_preset tg_presets[TG_PRESETS];

/* NULL when there is none of this name. */
const struct tg_preset *tg_preset_find(const char *name);

#endif
