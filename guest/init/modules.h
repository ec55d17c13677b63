/* Kernel modules out of our own folder. */
#ifndef MODULES_H
#define MODULES_H
/* Milliseconds that a module's init may take. */
void modules_set_limit(int limit_ms);
/* Loads /hyplab/modules/NAME.ko with its parameters from the kernel's command line and sends a `module` record. 0, or a negative errno. */
int module_load(const char *name);
#endif
