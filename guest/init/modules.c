#include "modules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"
#include "parameters.h"
#include "records.h"

/* A driver may wait for firmware in its init: more than a fact, but not for ever. */
static int limit_ms = 20000;

void modules_set_limit(int new_limit_ms)
{
	limit_ms = new_limit_ms;
}

/* COMMAND_LINE_SIZE of arm64 is 2048 (arch/arm64/include/uapi/asm/setup.h). */
static void read_parameters(const char *name, char *parameters, size_t room)
{
	int from = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	char line[4096];
	ssize_t got = from < 0 ? 0 : read(from, line, sizeof(line) - 1);

	line[got > 0 ? got : 0] = '\0';
	parameters_of(name, line, parameters, room);
	if (from >= 0)
		close(from);
}

static int load(int out, const void *name)
{
	char path[300], parameters[1000];
	int module;

	(void)out;
	snprintf(path, sizeof(path), "/hyplab/modules/%s.ko", (const char *)name);
	read_parameters(name, parameters, sizeof(parameters));
	module = open(path, O_RDONLY | O_CLOEXEC);
	if (module < 0 || syscall(SYS_finit_module, module, parameters, 0) < 0)
		return -errno;
	return 0;
}

int module_load(const char *name)
{
	struct record record;
	struct yield yield = child_run(load, name, limit_ms, 0);

	free(yield.data);
	record_begin(&record, "module");
	record_string(&record, "name", name);
	record_number(&record, "rc", yield.rc);
	record_finish(&record);
	return yield.rc;
}
