#ifndef POWER_H
#define POWER_H
/* Writes back what is to be written and switches the machine off. Never returns, whatever happens. */
void power_off(void) __attribute__((noreturn));
#endif
