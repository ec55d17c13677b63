#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

int write_all(int out, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t wrote = write(out, bytes, length);

		if (wrote < 0 && errno != EINTR)
			return -errno;
		if (wrote > 0) {
			bytes += wrote;
			length -= (size_t)wrote;
		}
	}
	return 0;
}

/* Appends what can be read: 1 when something came, 0 at the end, or a negative errno. */
static int take(int from, struct yield *yield, size_t *room)
{
	ssize_t got;

	if (yield->length + 1 >= *room) {
		size_t more = *room ? *room * 2 : 4096;
		char *grown = realloc(yield->data, more);

		if (!grown)
			return -ENOMEM;
		yield->data = grown;
		*room = more;
	}
	got = read(from, yield->data + yield->length, *room - yield->length - 1);
	if (got < 0)
		return errno == EINTR ? 1 : -errno;
	yield->length += (size_t)got;
	yield->data[yield->length] = '\0';
	return got > 0;
}

/* Reads until the child has closed its end. 0, -ETIMEDOUT or another negative errno. */
static int collect(int from, struct yield *yield, long long until, size_t most)
{
	size_t room = 0;

	for (;;) {
		struct pollfd watched = { .fd = from, .events = POLLIN };
		long long left = until - now_ms();
		int rc = poll(&watched, 1, left > 0 ? (int)left : 0);

		if (rc < 0 && errno == EINTR)
			continue;
		if (rc < 0)
			return -errno;
		if (rc == 0)
			return -ETIMEDOUT;
		rc = take(from, yield, &room);
		if (rc <= 0)
			return rc;
		if (yield->length > most) {
			yield->length = most;
			yield->data[most] = '\0';
			yield->cut = true;
			return 0;
		}
	}
}

static int rc_of(int status)
{
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EFAULT;
}

struct yield child_run(int (*work)(int out, const void *argument), const void *argument, int limit_ms, size_t most)
{
	struct yield yield = { 0 };
	long long until = now_ms() + limit_ms;
	int ends[2], status;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		yield.rc = -errno;
		return yield;
	}
	child = fork();
	if (child < 0) {
		yield.rc = -errno;
		close(ends[0]);
		close(ends[1]);
		return yield;
	}
	if (child == 0) {
		close(ends[0]);
		_exit(-work(ends[1], argument));
	}
	close(ends[1]);
	yield.rc = collect(ends[0], &yield, until, most);
	close(ends[0]);
	if (yield.rc != 0 || yield.cut) {
		kill(child, SIGKILL);
		/* It may be in state D: whoever it is, nobody waits for it. */
		waitpid(child, &status, WNOHANG);
		return yield;
	}
	/* Its end of the pipe closed because it is ending. */
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return yield;
	yield.rc = rc_of(status);
	return yield;
}
