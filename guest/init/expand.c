#include "expand.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"

bool has_wildcard(const char *path)
{
	return strchr(path, '*') != NULL;
}

/* `before` is expanded already, `rest` begins with a slash or is empty. */
static int walk(int out, const char *before, const char *rest)
{
	size_t length = 1 + strcspn(rest + (rest[0] != '\0'), "/");
	char component[256], path[1024];
	struct dirent **entries;
	int count, rc = 0;

	if (rest[0] == '\0')
		return write_all(out, before, strlen(before) + 1);
	if (length >= sizeof(component))
		return -ENAMETOOLONG;
	memcpy(component, rest, length);
	component[length] = '\0';
	if (!has_wildcard(component)) {
		if (snprintf(path, sizeof(path), "%s%s", before, component) >= (int)sizeof(path))
			return -ENAMETOOLONG;
		return walk(out, path, rest + length);
	}
	count = scandir(before[0] ? before : "/", &entries, NULL, alphasort);
	if (count < 0)
		return 0; /* No directory, no match. */
	for (int n = 0; n < count; n++) {
		const char *name = entries[n]->d_name;

		if (rc == 0 && fnmatch(component + 1, name, FNM_PERIOD | FNM_NOESCAPE) == 0) {
			if (snprintf(path, sizeof(path), "%s/%s", before, name) >= (int)sizeof(path))
				rc = -ENAMETOOLONG;
			else
				rc = walk(out, path, rest + length);
		}
		free(entries[n]);
	}
	free(entries);
	return rc;
}

int expand(int out, const char *pattern)
{
	return walk(out, "", pattern);
}
