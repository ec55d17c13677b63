/* The clock of the kernel's log (local_clock()), so that records and console lines can be put in order. */
#ifndef LOG_CLOCK_H
#define LOG_CLOCK_H
/* Says `started` and finds out from the log how far the monotonic clock is behind: half a second is usual under an emulator. */
void log_clock_start(void);
/* Seconds. The monotonic clock where the log could not be read. */
double log_clock(void);
#endif
