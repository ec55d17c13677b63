#include "ports.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "child.h"

static bool read_line(const char *path, char *line, size_t room)
{
	FILE *file = fopen(path, "re");
	bool got = file && fgets(line, (int)room, file);

	if (file)
		fclose(file);
	if (got)
		line[strcspn(line, "\n")] = '\0';
	return got;
}

/* Whether the console driver is bound to a virtio device (0x0003, include/uapi/linux/virtio_ids.h): else no port will come. */
static bool may_appear(void)
{
	DIR *devices = opendir("/sys/bus/virtio/drivers/virtio_console");
	struct dirent *entry;
	bool bound = false;

	while (devices && (entry = readdir(devices)))
		bound |= strncmp(entry->d_name, "virtio", 6) == 0;
	if (devices)
		closedir(devices);
	return bound;
}

/* The node of a port: devtmpfs has made it, else we do. */
static int open_node(const char *port)
{
	char node[300], path[300], numbers[32];
	unsigned int major, minor;

	snprintf(node, sizeof(node), "/dev/%s", port);
	snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/dev", port);
	if (access(node, F_OK) < 0 && read_line(path, numbers, sizeof(numbers)) &&
	    sscanf(numbers, "%u:%u", &major, &minor) == 2)
		mknod(node, S_IFCHR | 0600, makedev(major, minor));
	int port_fd = open(node, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	return port_fd < 0 ? -errno : port_fd;
}

static int find(const char *name)
{
	DIR *ports = opendir("/sys/class/virtio-ports");
	struct dirent *entry;
	int found = -ENOENT;

	while (ports && found == -ENOENT && (entry = readdir(ports))) {
		char path[300], line[100];

		snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name", entry->d_name);
		if (read_line(path, line, sizeof(line)) && strcmp(line, name) == 0)
			found = open_node(entry->d_name);
	}
	if (ports)
		closedir(ports);
	return found;
}

int port_open(const char *name, int wait_ms)
{
	const struct timespec soon = { .tv_nsec = 2 * 1000000 };
	long long until = now_ms() + wait_ms;
	int port = find(name);

	while (port == -ENOENT && may_appear() && now_ms() < until) {
		nanosleep(&soon, NULL);
		port = find(name);
	}
	return port;
}
