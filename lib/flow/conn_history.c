/* SPDX-License-Identifier: BSD-3-Clause */
/* The history: one letter per kind of packet, upper case from the originator. */
#include "conn_priv.h"

static const char tally_letters[TALLIES] = {
	[TALLY_RETRANSMIT] = 'T',
	[TALLY_ZERO_WINDOW] = 'W',
	[TALLY_GAP] = 'G',
	[TALLY_CHECKSUM] = 'C',
};

void
history_add(struct nt_conn *c, struct nt_flow_cold *cold, char letter)
{
	unsigned int at = cold->history_len;
	struct extra *x;

	if (at < NT_FLOW_HISTORY_INLINE) {
		cold->history[at] = letter;
	} else {
		if (at >= NT_CONN_HISTORY_MAX)
			return;
		x = conn_extra(c, cold);
		if (!x)
			return;
		x->history[at - NT_FLOW_HISTORY_INLINE] = letter;
	}
	cold->history_len++;
}

bool
history_once(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold, int dir, uint8_t bit,
	char letter)
{
	if (f->seen[dir] & bit)
		return true;
	f->seen[dir] |= bit;
	history_add(c, cold, history_letter(dir, letter));
	return false;
}

static bool
is_power_of_ten(uint32_t n)
{
	while (n >= 10 && n % 10 == 0) /* at most 9 times */
		n /= 10;
	return n == 1;
}

void
history_tally(struct nt_conn *c, struct nt_flow_cold *cold, int dir, enum tally what)
{
	struct extra *x = conn_extra(c, cold);

	if (!x || x->tally[dir][what] == UINT32_MAX)
		return;
	if (is_power_of_ten(++x->tally[dir][what]))
		history_add(c, cold, history_letter(dir, tally_letters[what]));
}

/* What a parser refused or a limit cut off; once, whoever sent it. */
void
history_unknown(struct nt_conn *c, struct nt_flow_cold *cold)
{
	if (cold->cold_flags & COLD_UNKNOWN)
		return;
	cold->cold_flags |= COLD_UNKNOWN;
	history_add(c, cold, 'X');
}

/* A '^' in front, and the letters of the other end. Only for the first few packets. */
void
history_turn(struct nt_flow *f, struct nt_flow_cold *cold)
{
	uint8_t seen = f->seen[0];

	f->seen[0] = f->seen[1];
	f->seen[1] = seen;
	if (cold->history_len >= NT_FLOW_HISTORY_INLINE)
		return;
	for (unsigned int i = cold->history_len; i > 0; i--)
		cold->history[i] = (char)(cold->history[i - 1] ^ ('a' - 'A'));
	cold->history[0] = '^';
	cold->history_len++;
}

size_t
history_copy(
	const struct nt_conn *c, const struct nt_flow_cold *cold, char out[NT_CONN_HISTORY_MAX])
{
	size_t len = cold->history_len;
	size_t near = NT_MIN(len, (size_t)NT_FLOW_HISTORY_INLINE);
	const struct extra *x = conn_extra_get(c, cold);

	memcpy(out, cold->history, near);
	if (len <= near || x == NULL)
		return near;
	memcpy(out + near, x->history, len - near);
	return len;
}
