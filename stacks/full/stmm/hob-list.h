/* SPDX-License-Identifier: BSD-2-Clause */
/* The HOB list that EDK2's StandaloneMm is started with. */
#ifndef HYPLAB_HOB_LIST_H
#define HYPLAB_HOB_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <tee_api_types.h>

/* Whether a partition's manifest asks for a HOB list in the place of the manifest itself. */
bool hob_list_wanted(const void *manifest);

/*
 * Makes the list of a manifest's memory regions, which are, in this order: image (a firmware volume), what is shared with
 * the SPMC, what is shared with the normal world, heap.
 * manifest: as the partition brought it, so with the physical address of what is shared with the normal world
 * mapped: its copy, in which each region's base-address is where the partition sees it
 * list: where the list goes, mapped in the partition at the same address
 * size: room there in bytes, set to the bytes that were used
 * Returns TEE_ERROR_BAD_FORMAT when the manifest has other regions, TEE_ERROR_OUT_OF_MEMORY when there is too little room.
 */
TEE_Result hob_list_make(const void *manifest, const void *mapped, void *list, size_t *size);

#endif /* HYPLAB_HOB_LIST_H */
