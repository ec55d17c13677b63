/* The way to the host: a virtio port of our own, else the boot console, where printk may cut into the records. */
#ifndef CHANNEL_H
#define CHANNEL_H
#include <stdbool.h>

/* Milliseconds after which an end that does not take what we send counts as gone. */
void channel_set_limit(int limit_ms);
/* Looks for the virtio port `hyplab.records` for so long and opens it. Says hello there. False when there is none (yet). */
bool channel_open_port(int wait_ms);
/* How long a port may take to appear, once its driver has bound: its name comes in a message from the host. */
#define PORT_APPEARS_MS 1000
/* Opens the boot console instead. Says hello there. False when there is none. */
bool channel_open_console(void);
/* Uses descriptors that are open already. Says hello there. */
void channel_use(int in, int out, const char *name);
bool channel_is_open(void);
/* Sends a text, waiting for room up to the limit. 0, or a negative errno; -ENOTCONN when no channel is open. */
int channel_send(const char *text);
/* The next line from the host, without its line feed, within this time: 1, or 0 when none came, or a negative errno. */
int channel_line(char *line, int room, int limit_ms);
#endif
