/* SPDX-License-Identifier: BSD-3-Clause */
#include "text.h"

#define DIGIT(v)   ((uint32_t)('0' + (v) % 10))
#define ONE(v)	   (DIGIT(v) | UINT32_C(1) << 24)
#define TWO(v)	   (DIGIT((v) / 10) | DIGIT(v) << 8 | UINT32_C(2) << 24)
#define THREE(v)   (DIGIT((v) / 100) | DIGIT((v) / 10) << 8 | DIGIT(v) << 16 | UINT32_C(3) << 24)
#define OCTET(v)   ((v) < 10 ? ONE(v) : (v) < 100 ? TWO(v) : THREE(v))
#define FOUR(v)	   OCTET(v), OCTET((v) + 1), OCTET((v) + 2), OCTET((v) + 3)
#define SIXTEEN(v) FOUR(v), FOUR((v) + 4), FOUR((v) + 8), FOUR((v) + 12)
#define QUARTER(v) SIXTEEN(v), SIXTEEN((v) + 16), SIXTEEN((v) + 32), SIXTEEN((v) + 48)

const uint32_t nt_text_octets[256] = { QUARTER(0), QUARTER(64), QUARTER(128), QUARTER(192) };
