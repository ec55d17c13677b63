/* SPDX-License-Identifier: GPL-2.0 */
/* The MM communicate buffer of the lab's EFI variables (stacks/full/optee/efi-variables.c). */
#ifndef HYPLAB_FUZZ_MM_H
#define HYPLAB_FUZZ_MM_H

#include <linux/prandom.h>
#include <linux/types.h>

/* Maps the buffer at @physical; without it (0) the other functions do nothing. */
int mm_map(phys_addr_t physical);
void mm_unmap(void);

/* Puts an event that means nothing into the buffer. False without a buffer. */
bool mm_harmless(void);

/* Puts something there that a caller should not, or changes a little of what is there. False when there is nothing new. */
bool mm_scribble(struct rnd_state *random);

#endif
