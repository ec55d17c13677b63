/* A line for people, on the boot console: through the kernel's log, which gives it a time, else straight to the console. */
#ifndef SAY_H
#define SAY_H
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
#endif
