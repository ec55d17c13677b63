#include "modules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"
#include "records.h"

/* A driver may wait for firmware in its init: more than a fact, but not for ever. */
static int limit_ms = 20000;

void modules_set_limit(int new_limit_ms)
{
	limit_ms = new_limit_ms;
}

static int load(int out, const void *path)
{
	int module = open(path, O_RDONLY | O_CLOEXEC);

	(void)out;
	if (module < 0 || syscall(SYS_finit_module, module, "", 0) < 0)
		return -errno;
	return 0;
}

int module_load(const char *name)
{
	struct record record;
	struct yield yield;
	char path[300];

	snprintf(path, sizeof(path), "/hyplab/modules/%s.ko", name);
	yield = child_run(load, path, limit_ms, 0);
	free(yield.data);
	record_begin(&record, "module");
	record_string(&record, "name", name);
	record_number(&record, "rc", yield.rc);
	record_finish(&record);
	return yield.rc;
}
