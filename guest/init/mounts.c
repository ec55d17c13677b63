#include "mounts.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "records.h"

static struct mounting {
	const char *type, *where;
	int rc;
} mountings[] = {
	{ "proc", "/proc", 0 },
	{ "sysfs", "/sys", 0 },
	{ "devtmpfs", "/dev", 0 },
	{ "debugfs", "/sys/kernel/debug", 0 },
	{ "tracefs", "/sys/kernel/tracing", 0 },
	{ "securityfs", "/sys/kernel/security", 0 },
};

void mounts_make(void)
{
	for (size_t n = 0; n < sizeof(mountings) / sizeof(mountings[0]); n++) {
		struct mounting *mounting = &mountings[n];

		mkdir(mounting->where, 0755);
		mounting->rc = mount(mounting->type, mounting->where, mounting->type, 0, NULL) < 0 ? -errno : 0;
	}
	/* Documentation/admin-guide/devices.txt; they exist already where devtmpfs is mounted. */
	mknod("/dev/console", S_IFCHR | 0600, makedev(5, 1));
	mknod("/dev/kmsg", S_IFCHR | 0644, makedev(1, 11));
}

int efivarfs_mount(const char *where)
{
	return mount("efivarfs", where, "efivarfs", 0, NULL) < 0 ? -errno : 0;
}

int efivarfs_unmount(const char *where)
{
	return umount2(where, 0) < 0 ? -errno : 0;
}

void mounts_report(void)
{
	for (size_t n = 0; n < sizeof(mountings) / sizeof(mountings[0]); n++) {
		struct record record;

		record_begin(&record, "mount");
		record_string(&record, "what", mountings[n].type);
		record_number(&record, "rc", mountings[n].rc);
		record_finish(&record);
	}
}
