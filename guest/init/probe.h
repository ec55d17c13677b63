/* What a probe module of ours saw, as records. */
#ifndef PROBE_H
#define PROBE_H
/* Loads the module, then opens /proc/hyplab-NAME again and again: each time it asks its next round of questions. */
void probe_run(const char *name);
#endif
