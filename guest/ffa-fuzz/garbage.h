/* SPDX-License-Identifier: GPL-2.0 */
/* Direct requests as nobody should send them. */
#ifndef HYPLAB_FUZZ_GARBAGE_H
#define HYPLAB_FUZZ_GARBAGE_H

#include <linux/arm-smccc.h>
#include <linux/prandom.h>
#include <linux/types.h>

/* A number on or beyond some edge, or any. */
u64 edge(struct rnd_state *random);

/* A direct request of one of the three kinds, mostly to @partition; the rest is half right, wrong, or noise. */
struct arm_smccc_1_2_regs garbage(struct rnd_state *random, u16 partition);

#endif
