#include "registers.h"

#include <stdio.h>
#include <string.h>

#include <qemu-plugin.h>

/* More than QEMU's largest Arm machine has (virt: 512, hw/arm/virt.c, mc->max_cpus). */
enum { MAX_CPUS = 512 };

static const char *const names[REGISTER_COUNT] = {
	"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "sp", "pc", "cpsr", "HCR_EL2", "SCR_EL3",
};

struct cpu {
	bool known;
	struct qemu_plugin_register *registers[REGISTER_COUNT];
	/* A core reads only its own, so no two threads meet here. */
	GByteArray *value;
};

static struct cpu cpus[MAX_CPUS];

void registers_find(unsigned int cpu)
{
	struct cpu *mine = &cpus[cpu];
	GArray *all;

	if (cpu >= MAX_CPUS)
		return;
	all = qemu_plugin_get_registers();
	for (unsigned int i = 0; i < all->len; i++) {
		const qemu_plugin_reg_descriptor *one = (const qemu_plugin_reg_descriptor *)all->data + i;

		for (int name = 0; name < REGISTER_COUNT; name++)
			if (!strcmp(one->name, names[name]))
				mine->registers[name] = one->handle;
	}
	g_array_free(all, 1);
	if (!mine->value)
		mine->value = g_byte_array_new();
	mine->known = true;
	for (int name = 0; name < REGISTER_COUNT; name++) {
		if (mine->registers[name])
			continue;
		fprintf(stderr, "smc-trace: core %u has no register %s: its calls are not recorded\n", cpu, names[name]);
		mine->known = false;
	}
}

bool registers_known(unsigned int cpu)
{
	return cpu < MAX_CPUS && cpus[cpu].known;
}

uint64_t registers_read(unsigned int cpu, enum register_name name)
{
	struct cpu *mine = &cpus[cpu];
	uint64_t value = 0;

	g_byte_array_set_size(mine->value, 0);
	qemu_plugin_read_register(mine->registers[name], mine->value);
	/* In the order of the target, which is little-endian whatever the host is. */
	for (unsigned int i = 0; i < mine->value->len && i < sizeof(value); i++)
		value |= (uint64_t)mine->value->data[i] << (8 * i);
	return value;
}
