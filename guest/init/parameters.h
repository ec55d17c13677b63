/* Parameters of modules on the kernel's command line, as modprobe(8) takes them: the kernel itself ignores them. */
#ifndef PARAMETERS_H
#define PARAMETERS_H
#include <stddef.h>

/*
 * Writes what the command line says for this module, `kind=panic seconds=3` of `fault_maker.kind=panic ... fault-maker.seconds=3`:
 * `-` and `_` are the same in a module's name, a value in double quotes may hold spaces. What does not fit is left out.
 */
void parameters_of(const char *module, const char *command_line, char *parameters, size_t room);
#endif
