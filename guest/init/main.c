/*
 * PID 1 of the targets of hyplab. It does next to nothing itself: the session runs in a child, so that a fault of our own
 * is reported as ours and never becomes the kernel's "Attempted to kill init!".
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "channel.h"
#include "kernel-log.h"
#include "log-clock.h"
#include "mounts.h"
#include "power.h"
#include "records.h"
#include "say.h"
#include "session.h"

#define INSTRUCTIONS "/hyplab/instructions"

static void session(void)
{
	FILE *instructions = fopen(INSTRUCTIONS, "re");
	int missing = errno;

	if (instructions)
		session_set_limits(instructions);
	channel_open_port(PORT_APPEARS_MS);
	mounts_report();
	if (instructions)
		session_do(instructions);
	else
		could_not(INSTRUCTIONS, "%s", strerror(missing));
	if (!channel_is_open() && !channel_open_port(PORT_APPEARS_MS)) {
		if (!channel_open_console()) {
			say("could not find a channel to the host");
			return;
		}
		kernel_log_report();
	}
	records_flush();
	session_answer();
}

int main(void)
{
	pid_t child;
	int status = 0;

	signal(SIGPIPE, SIG_IGN);
	mounts_make();
	log_clock_start();
	child = fork();
	if (child == 0) {
		session();
		_exit(0);
	}
	if (child < 0)
		say("could not fork: %s", strerror(errno));
	/* Orphans of the session become our children too: wait for the one. */
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (status != 0)
		say("could not finish: the session ended with wait status %#x", status);
	power_off();
}
