/*
 * A console on a wire may lose or change what the kernel said. When it is all that the host has, records tell what its
 * lines must be, and the host asks again for those that came otherwise.
 */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

/* Sends the sums of all lines that the console said until now, in records `log`. */
void kernel_log_report(void);
unsigned int kernel_log_lines(void);
/* The frame `log-line` of a line, counted from 0, under this sequence number; NULL when there is none. Until the next call. */
const char *kernel_log_frame(unsigned int line, unsigned int sequence);
#endif
