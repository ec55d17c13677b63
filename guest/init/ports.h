/* Virtio ports by name (Documentation/ABI: /sys/class/virtio-ports, drivers/char/virtio_console.c). */
#ifndef PORTS_H
#define PORTS_H
/* Opens the port of this name, non-blocking: a descriptor, or a negative errno. Waits only while one may still appear. */
int port_open(const char *name, int wait_ms);
#endif
