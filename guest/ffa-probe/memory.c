// SPDX-License-Identifier: GPL-2.0
/* Shares one page with the first partition that takes one, and takes it back, as a driver would. */
#include "ffa-probe.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/scatterlist.h>
#include <linux/sched/clock.h>

static int share(const struct partition *with, struct scatterlist *list, u64 *handle)
{
	struct ffa_mem_region_attributes attributes = { .receiver = with->device->vm_id, .attrs = FFA_MEM_RW };
	struct ffa_mem_ops_args args = { .use_txbuf = true, .nattrs = 1, .sg = list, .attrs = &attributes };
	u64 began = local_clock();
	int error = driver()->mem_ops->memory_share(&args);

	*handle = args.g_handle;
	note_driver("memory_share", with->uuid, began, error, error ? 0 : args.g_handle);
	return error;
}

void ask_memory(void)
{
	struct scatterlist list;
	struct page *page;
	u64 handle = 0, began;
	int error = -ENODEV;

	if (!driver() || !driver()->mem_ops || partition_count == 0) {
		seen_line("could-not FFA_MEM_SHARE: without the kernel's FF-A driver there is no TX buffer, or there is nobody "
			  "to share with");
		return;
	}
	page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!page) {
		seen_line("could-not FFA_MEM_SHARE: there is no page to share");
		return;
	}
	for (unsigned int n = 0; n < partition_count && error; n++) {
		sg_init_table(&list, 1);
		sg_set_page(&list, page, PAGE_SIZE, 0);
		error = share(&partitions[n], &list, &handle);
	}
	if (error == 0) {
		began = local_clock();
		error = driver()->mem_ops->memory_reclaim(handle, 0);
		note_driver("memory_reclaim", "", began, error, error ? 0 : handle);
		if (error) {
			/* It is not ours any more: to give it to somebody else would be worse than to lose it. */
			seen_line("could-not FFA_MEM_RECLAIM: one page of memory stays shared and is lost to the kernel");
			return;
		}
	}
	__free_page(page);
}
