/* What probes want to read on the target: files, directories, symbolic links. Each has a time limit of its own. */
#ifndef FACTS_H
#define FACTS_H
#include <stddef.h>

/* Milliseconds for each fact. */
void facts_set_limit(int limit_ms);
/* Bytes of a file that are sent at most; the rest is left out, and a could-not record says so. */
void facts_set_bytes(size_t most);
/* `kind` is file, list or link, or file:N, at most N bytes of it. Sends a record for each match of the path, in parts where one frame is too short. */
void fact_send(const char *kind, const char *path);
#endif
