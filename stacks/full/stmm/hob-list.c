// SPDX-License-Identifier: BSD-2-Clause
/*
 * EDK2's StandaloneMm (2025.02, ArmStandaloneMmCoreEntryPoint.c) takes its memory from a HOB list: a firmware volume, one
 * GUIDed HOB with the buffer of the normal world, and one with all regions, in an order of its own (MMRAM_DESC_IDX_*). This
 * is what OP-TEE's stmm_sp.c makes for a StandaloneMm that is a pseudo TA; here it is made of a partition's manifest.
 */
#include <efi/hob.h>
#include <efi/hob_guid.h>
#include <efi/mmram.h>
#include <kernel/hob-list.h>
#include <libfdt.h>
#include <mm/core_mmu.h>
#include <string.h>
#include <util.h>

enum region {
	IMAGE,
	SHARED_WITH_SPMC,
	SHARED_WITH_NORMAL_WORLD,
	HEAP,
	REGIONS,
};

static int regions_of(const void *manifest)
{
	return fdt_node_offset_by_compatible(manifest, 0, "arm,ffa-manifest-memory-regions");
}

/* Returns false when a region has no such address. */
static bool base_address(const void *manifest, int region, uint64_t *address)
{
	int size = 0;
	const fdt64_t *value = fdt_getprop(manifest, region, "base-address", &size);

	if (!value || size != sizeof(*value))
		return false;
	*address = fdt64_ld(value);
	return true;
}

static TEE_Result read_regions(const void *manifest, const void *mapped, struct efi_mmram_descriptor found[REGIONS])
{
	int from = fdt_first_subnode(manifest, regions_of(manifest));
	int to = fdt_first_subnode(mapped, regions_of(mapped));
	size_t n = 0;

	for (n = 0; n < REGIONS; n++) {
		struct efi_mmram_descriptor *region = found + n;
		const fdt32_t *pages = NULL;
		int size = 0;

		if (from < 0 || to < 0 || !base_address(mapped, to, &region->cpu_start))
			return TEE_ERROR_BAD_FORMAT;
		pages = fdt_getprop(mapped, to, "pages-count", &size);
		if (!pages || size != sizeof(*pages))
			return TEE_ERROR_BAD_FORMAT;
		/* Its own memory a partition knows by the addresses at which it sees it, only that of others by theirs. */
		if (!base_address(manifest, from, &region->physical_start))
			region->physical_start = region->cpu_start;
		region->physical_size = (uint64_t)fdt32_to_cpu(*pages) * SMALL_PAGE_SIZE;
		region->region_state = EFI_CACHEABLE | (n == HEAP ? 0 : EFI_ALLOCATED);
		from = fdt_next_subnode(manifest, from);
		to = fdt_next_subnode(mapped, to);
	}
	return from < 0 && to < 0 ? TEE_SUCCESS : TEE_ERROR_BAD_FORMAT;
}

bool hob_list_wanted(const void *manifest)
{
	int node = fdt_node_offset_by_compatible(manifest, 0, "arm,ffa-manifest-boot-info");

	return node >= 0 && fdt_getprop(manifest, node, "hob_list", NULL);
}

TEE_Result hob_list_make(const void *manifest, const void *mapped, void *list, size_t *size)
{
	TEE_UUID buffer_guid = MM_NS_BUFFER_GUID;
	TEE_UUID regions_guid = MM_PEI_MMRAM_MEMORY_RESERVE_GUID;
	struct efi_mmram_descriptor regions[REGIONS] = { };
	struct efi_mmram_hob_descriptor_block *block = NULL;
	struct efi_hob_handoff_info_table *table = NULL;
	void *buffer = NULL;
	void *data = NULL;
	TEE_Result res = read_regions(manifest, mapped, regions);

	if (res)
		return res;
	table = efi_create_hob_list((vaddr_t)list, *size, (vaddr_t)list, *size);
	if (!table)
		return TEE_ERROR_OUT_OF_MEMORY;
	res = efi_create_fv_hob(table, regions[IMAGE].cpu_start, regions[IMAGE].physical_size);
	if (!res)
		res = efi_create_guid_hob(table, &buffer_guid, sizeof(regions[0]), &buffer);
	if (!res)
		res = efi_create_guid_hob(table, &regions_guid, sizeof(*block) + sizeof(regions), &data);
	if (res)
		return res;
	memcpy(buffer, &regions[SHARED_WITH_NORMAL_WORLD], sizeof(regions[0]));
	block = data;
	block->number_of_mm_reserved_regions = REGIONS;
	memcpy(block->descriptor, regions, sizeof(regions));
	*size = table->efi_free_memory_bottom - (vaddr_t)list;
	return TEE_SUCCESS;
}
