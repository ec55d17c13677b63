#include "power.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "child.h"
#include "say.h"

#define SYNC_MS 5000

static int write_back(int out, const void *unused)
{
	(void)out;
	(void)unused;
	sync();
	return 0;
}

void power_off(void)
{
	struct yield synced = child_run(write_back, NULL, SYNC_MS, 0);

	if (synced.rc != 0)
		say("could not sync: %s", strerror(-synced.rc));
	free(synced.data);
	say("power off");
	if (reboot(RB_POWER_OFF) < 0)
		say("could not power off: %s", strerror(errno));
	/* A PID 1 that ends panics the kernel, which would look like the kernel's fault. */
	for (;;)
		pause();
}
