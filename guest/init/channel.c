#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "ports.h"
#include "records.h"
#include "say.h"

#ifndef HYPLAB_INIT_ID
#error "HYPLAB_INIT_ID must be a string that names this build"
#endif

static int in = -1, out = -1, patience_ms = 20000;
/* The port was there and nobody read it: do not wait for it a second time. */
static bool port_is_dead;

void channel_set_limit(int limit_ms)
{
	patience_ms = limit_ms;
}

bool channel_is_open(void)
{
	return out >= 0;
}

void channel_use(int new_in, int new_out, const char *name)
{
	struct record hello;
	struct utsname self;

	in = new_in;
	out = new_out;
	records_restart();
	if (uname(&self) < 0)
		memset(&self, 0, sizeof(self));
	record_begin(&hello, "hello");
	record_string(&hello, "init", HYPLAB_INIT_ID);
	record_string(&hello, "release", self.release);
	record_string(&hello, "machine", self.machine);
	record_string(&hello, "channel", name);
	record_finish(&hello);
}

bool channel_open_port(int wait_ms)
{
	int port = port_is_dead ? -EPIPE : port_open("hyplab.records", wait_ms);

	if (port < 0)
		return false;
	say("records go to the virtio port hyplab.records");
	channel_use(port, port, "hyplab.records");
	return true;
}

bool channel_open_console(void)
{
	int console = open("/dev/console", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct termios mode;

	if (console < 0) {
		say("could not open /dev/console: %s", strerror(errno));
		return false;
	}
	/* No echo: what the host sends must not stand among what we send. */
	if (tcgetattr(console, &mode) == 0) {
		cfmakeraw(&mode);
		mode.c_oflag |= OPOST | ONLCR;
		tcsetattr(console, TCSANOW, &mode);
	}
	say("records go to the boot console");
	/* Whatever stands on the line now is not ours. */
	if (write(console, "\n", 1) < 0)
		say("could not write to /dev/console: %s", strerror(errno));
	channel_use(console, console, "/dev/console");
	return true;
}

/* Waits for an event until then. A virtio port whose host end is closed reports POLLHUP at once: look again soon. */
static int wait_for(int descriptor, short event, long long until)
{
	for (;;) {
		struct pollfd watched = { .fd = descriptor, .events = event };
		const struct timespec soon = { .tv_nsec = 10 * 1000000 };
		long long left = until - now_ms();

		if (left < 0)
			return -ETIMEDOUT;
		if (poll(&watched, 1, (int)left) < 0 && errno != EINTR)
			return -errno;
		if (watched.revents & event)
			return 0;
		if (watched.revents & (POLLHUP | POLLERR | POLLNVAL))
			nanosleep(&soon, NULL);
	}
}

int channel_send(const char *text)
{
	long long until = now_ms() + patience_ms;
	size_t left = strlen(text);

	if (out < 0)
		return -ENOTCONN;
	while (left > 0) {
		int rc = wait_for(out, POLLOUT, until);
		ssize_t wrote;

		if (rc == 0) {
			wrote = write(out, text, left);
			if (wrote > 0) {
				text += wrote;
				left -= (size_t)wrote;
				until = now_ms() + patience_ms;
				continue;
			}
			rc = wrote < 0 ? -errno : -EIO;
			if (rc == -EAGAIN || rc == -EINTR)
				continue;
		}
		say("the host does not take our records: %s", strerror(-rc));
		in = out = -1;
		port_is_dead = true;
		return rc;
	}
	return 0;
}

int channel_line(char *line, int room, int limit_ms)
{
	static char kept[256];
	static size_t length;
	long long until = now_ms() + limit_ms;

	if (in < 0)
		return -ENOTCONN;
	for (;;) {
		char *end = memchr(kept, '\n', length);
		ssize_t got;
		int rc;

		if (end) {
			size_t used = (size_t)(end - kept) + 1;

			*end = '\0';
			snprintf(line, (size_t)room, "%s", kept);
			length -= used;
			memmove(kept, kept + used, length);
			return 1;
		}
		if (length == sizeof(kept))
			length = 0; /* No line of the host is that long. */
		rc = wait_for(in, POLLIN, until);
		if (rc == -ETIMEDOUT)
			return 0;
		if (rc < 0)
			return rc;
		got = read(in, kept + length, sizeof(kept) - length);
		if (got > 0)
			length += (size_t)got;
		else if (got == 0)
			return -EPIPE;
		else if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
}
