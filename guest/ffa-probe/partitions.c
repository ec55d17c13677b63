// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's FF-A driver, used through the devices on its bus (struct ffa_ops): it owns the RX and TX buffers. Its bus is
 * looked up by name, so that this module can be loaded where there is no FF-A driver at all.
 */
#include "ffa-probe.h"

#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/sched/clock.h>
#include <linux/string.h>
#include <linux/uuid.h>
#include <linux/version.h>

#define NIL "00000000-0000-0000-0000-000000000000"

struct partition partitions[MAX_PARTITIONS];
unsigned int partition_count;
static bool has_bus;
static const struct ffa_ops *operations;

const struct ffa_ops *driver(void)
{
	return operations;
}

static u32 properties_of(const struct ffa_device *device)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return device->properties;
#else
	return 0;
#endif
}

static int take(struct device *dev, void *unused)
{
	struct ffa_device *device = to_ffa_dev(dev);
	struct partition *partition = &partitions[partition_count];

	/* The kernel's own endpoint stands on the bus too, with no UUID (ffa_setup_host_partition in driver.c). */
	seen_line("partition %s %d %pUb %#x", dev_name(dev), device->vm_id, &device->uuid, properties_of(device));
	operations = device->ops;
	if (device->vm_id == own_id || partition_count == MAX_PARTITIONS)
		return 0;
	get_device(dev);
	partition->device = device;
	partition->properties = properties_of(device);
	snprintf(partition->uuid, sizeof(partition->uuid), "%pUb", &device->uuid);
	partition_count++;
	return 0;
}

void note_driver(const char *op, const char *about, u64 began, int error, u64 value)
{
	u64 whole;
	u32 micros;

	seconds_of(began, &whole, &micros);
	seen_line("driver %s %llu.%06u %d %#llx %s", op, whole, micros, error, value, about);
	pr_info("driver's %s %s -> %d %#llx\n", op, about, error, value);
}

/* All partitions as they are now, with their properties. The driver makes -ENOENT of whatever went wrong. */
static void ask_driver(void)
{
	static struct ffa_partition_info found[4 * MAX_PARTITIONS];
	unsigned int count = 0;
	u64 began = local_clock();
	int error;

	if (!operations->info_ops)
		return;
	note_driver("api_version_get", "", began, 0, operations->info_ops->api_version_get());
	began = local_clock();
	error = operations->info_ops->partition_info_get(NIL, found);
	while (error == 0 && count < ARRAY_SIZE(found) && found[count].id != 0)
		count++;
	note_driver("partition_info_get", "", began, error, count);
	for (unsigned int n = 0; n < count; n++)
		seen_line("partition now %d %pUb %#x", found[n].id, &found[n].uuid, found[n].properties);
}

void ask_partitions(void)
{
	typeof(&ffa_bus_type) bus = symbol_get(ffa_bus_type);

	if (!bus) {
		seen_line("could-not FF-A driver: the kernel has none, or it is not loaded");
		return;
	}
	has_bus = true;
	bus_for_each_dev(bus, NULL, NULL, take);
	if (operations)
		ask_driver();
	else
		seen_line("could-not FF-A driver: there is no device on its bus");
}

void partitions_release(void)
{
	while (partition_count > 0)
		put_device(&partitions[--partition_count].device->dev);
	if (has_bus)
		symbol_put(ffa_bus_type);
}
