/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The Command Response Buffers of the lab's TPM service (stacks/full/optee/tpm-crb.h): a page for each of the localities
 * 0 to 3, and behind them memory that is nobody's, which must stay as it was filled.
 */
#ifndef HYPLAB_FUZZ_CRB_H
#define HYPLAB_FUZZ_CRB_H

#include <linux/arm-smccc.h>
#include <linux/prandom.h>
#include <linux/types.h>

#define CRB_LOCALITIES 4

/* Maps the pages at @physical and fills the guard; without it (0) the other functions do nothing. */
int crb_map(phys_addr_t physical);
void crb_unmap(void);

/* What the TPM service should be told to look at: DEN0138's arguments of START. */
struct crb_start {
	u32 qualifier, locality;
};

/* Writes something that a caller should not, or nothing. True when it is worth a START, with these arguments. */
bool crb_scribble(struct rnd_state *random, struct crb_start *start);

/* Leaves no locality taken, so that the kernel's own driver can have the TPM. */
void crb_tidy(void (*send)(struct arm_smccc_1_2_regs *registers), u16 partition);

/* The offset behind @physical of the first byte of the guard that has changed, or -1. */
long crb_guard_broken(void);

#endif
