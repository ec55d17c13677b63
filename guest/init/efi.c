#include "efi.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "child.h"
#include "facts.h"
#include "log-clock.h"
#include "mounts.h"
#include "records.h"
#include "say.h"

#define MAX_VALUE 256
#define SECURE_BOOT "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
/* A vendor GUID of this project's own, so that nobody else's variable is ever touched. */
#define TEST_VARIABLE "HyplabTest-5b1f6f5e-6a0c-4c39-9f3b-7d2c1e0a48b6"

static int limit_ms = 10000;

void efi_set_limit(int new_limit_ms)
{
	limit_ms = new_limit_ms;
}

struct visit {
	const char *when, *folder;
};

struct step {
	const char *name, *variable;
	int (*take)(int out, const void *path);
	void (*add)(struct record *record, const struct yield *yield);
};

static int take_mount(int out, const void *path)
{
	(void)out;
	return efivarfs_mount(path);
}

static int take_unmount(int out, const void *path)
{
	(void)out;
	return efivarfs_unmount(path);
}

static int take_list(int out, const void *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	int rc = 0;

	if (!folder)
		return -errno;
	while (rc == 0 && (errno = 0, entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			rc = write_all(out, "", 1);
	return rc == 0 ? -errno : rc;
}

static int take_read(int out, const void *path)
{
	int from = open(path, O_RDONLY | O_CLOEXEC);
	char value[MAX_VALUE];
	ssize_t count;

	if (from < 0)
		return -errno;
	count = read(from, value, sizeof(value));
	return count < 0 ? -errno : write_all(out, value, (size_t)count);
}

/*
 * Four bytes of attributes, then the value (Documentation/filesystems/efivarfs.rst). Non-volatile, boot service and
 * runtime access: firmware creates no volatile variable at runtime (UEFI 2.10, 8.2.3).
 */
static int take_write(int out, const void *path)
{
	static const char content[] = "\x07\0\0\0hyplab";
	int to = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	(void)out;
	if (to < 0)
		return -errno;
	return write(to, content, sizeof(content) - 1) < 0 ? -errno : 0;
}

/* efivarfs makes each variable immutable that it does not know to be harmless (efivar_variable_is_removable()). */
static int take_delete(int out, const void *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC), flags;

	(void)out;
	if (file >= 0 && ioctl(file, FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_IMMUTABLE_FL)) {
		flags &= ~FS_IMMUTABLE_FL;
		if (ioctl(file, FS_IOC_SETFLAGS, &flags) < 0)
			return -errno;
	}
	return unlink(path) < 0 ? -errno : 0;
}

static void add_count(struct record *record, const struct yield *yield)
{
	record_number(record, "count", (long)yield->length);
}

static void add_bytes(struct record *record, const struct yield *yield)
{
	record_hex(record, "bytes", (unsigned char *)yield->data, yield->length);
}

static const struct step mount_step = { "mount", "", take_mount, NULL };
static const struct step unmount_step = { "unmount", "", take_unmount, NULL };
static const struct step list_step = { "list", "", take_list, add_count };
static const struct step read_step = { "read", SECURE_BOOT, take_read, add_bytes };
static const struct step write_steps[] = {
	{ "write", TEST_VARIABLE, take_write, NULL },
	{ "read", TEST_VARIABLE, take_read, add_bytes },
	{ "delete", TEST_VARIABLE, take_delete, NULL },
};

static int take(const struct visit *visit, const struct step *step)
{
	double began = log_clock();
	struct record record;
	struct yield yield;
	char path[1200];
	int rc;

	snprintf(path, sizeof(path), "%s%s%s", visit->folder, step->variable[0] ? "/" : "", step->variable);
	yield = child_run(step->take, path, limit_ms, 65536);
	record_begin(&record, "efi-variable");
	record_string(&record, "when", visit->when);
	record_string(&record, "step", step->name);
	record_string(&record, "name", step->variable);
	record_seconds(&record, "at", began);
	record_seconds(&record, "took", log_clock() - began);
	record_number(&record, "rc", yield.rc);
	if (step->add && yield.rc == 0)
		step->add(&record, &yield);
	record_finish(&record);
	rc = yield.rc;
	free(yield.data);
	return rc;
}

/* False when a step ran out of time. */
static bool look(const struct visit *visit, bool writes)
{
	int rc = take(visit, &list_step);

	if (rc == 0)
		fact_send("list", visit->folder);
	if (rc == -ETIMEDOUT || take(visit, &read_step) == -ETIMEDOUT)
		return false;
	for (size_t n = 0; writes && n < sizeof(write_steps) / sizeof(write_steps[0]); n++)
		if (take(visit, &write_steps[n]) == -ETIMEDOUT)
			return false;
	return true;
}

void efi_visit(const char *when, const char *how, const char *folder)
{
	const struct visit visit = { when, folder };
	bool writes = strcmp(how, "write") == 0;

	if ((!writes && strcmp(how, "read") != 0) || folder[0] != '/' || strlen(folder) > 1000) {
		could_not("efi", "not known: %.50s %.100s", how, folder);
		return;
	}
	/* For whoever reads the console: what stands there until the next line of ours may be of this. */
	say("EFI variables %s", when);
	if (take(&visit, &mount_step) == 0 && look(&visit, writes))
		take(&visit, &unmount_step);
}
