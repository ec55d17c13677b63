// SPDX-License-Identifier: GPL-2.0
#include "mm.h"

#include <linux/errno.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "garbage.h"

#define MM_SIZE 0x10000

/* EDK2 2025.02: EFI_MM_COMMUNICATE_HEADER, SMM_VARIABLE_COMMUNICATE_HEADER, and SMM_VARIABLE_COMMUNICATE_ACCESS_VARIABLE. */
struct message {
	u8 guid[16];
	u64 length;
	u64 function;
	u64 status;
	u8 vendor[16];
	u64 data_size;
	u64 name_size;
	u32 attributes;
	u8 bytes[];
} __packed;

/* gEfiSmmVariableProtocolGuid and gVarCheckPolicyLibMmiHandlerGuid, as EFI keeps them in memory. */
static const u8 guids[][16] = {
	{ 0x33, 0xd5, 0x32, 0xed, 0xe6, 0x99, 0x09, 0x42, 0x9c, 0xc0, 0x2d, 0x72, 0xcd, 0xd9, 0x98, 0xa7 },
	{ 0x11, 0x0d, 0x1b, 0xda, 0xa7, 0xd1, 0xc4, 0x46, 0x9d, 0xc9, 0xf3, 0x71, 0x48, 0x75, 0xc6, 0xeb },
};

/* As normal memory: the secure world and EFI's runtime code map it so too. */
static struct message *buffer;

int mm_map(phys_addr_t physical)
{
	if (!physical)
		return 0;
	buffer = memremap(physical, MM_SIZE, MEMREMAP_WB);
	return buffer ? 0 : -ENOMEM;
}

void mm_unmap(void)
{
	if (buffer)
		memunmap(buffer);
	buffer = NULL;
}

bool mm_harmless(void)
{
	if (!buffer)
		return false;
	memset(buffer, 0, sizeof(*buffer));
	WRITE_ONCE(buffer->length, 1);
	return true;
}

static u64 size(struct rnd_state *random, u64 likely)
{
	return prandom_u32_state(random) % 4 ? prandom_u32_state(random) % (likely + 1) : edge(random);
}

/* Mostly a request for a variable with a name of one letter and lengths that could be right. */
static void plausible_request(struct rnd_state *random)
{
	u32 dice = prandom_u32_state(random);

	memcpy(buffer->guid, guids[dice % 8 == 0], sizeof(buffer->guid));
	buffer->function = dice >> 8 & 1 ? 3 : 1 + (dice >> 9) % 15;
	memset(buffer->vendor, dice >> 16 & 1, sizeof(buffer->vendor));
	buffer->data_size = size(random, 64);
	buffer->name_size = dice >> 17 & 7 ? 4 : size(random, 40);
	buffer->attributes = dice >> 20 & 3 ? 7 : prandom_u32_state(random);
	memset(buffer->bytes, 0, 4);
	buffer->bytes[0] = 'A' + (dice >> 22) % 26;
	/* GetNextVariableName has its name where this has its data's size. */
	WRITE_ONCE(buffer->length, size(random, 200));
}

bool mm_scribble(struct rnd_state *random)
{
	u32 dice = prandom_u32_state(random);
	u64 *words = (u64 *)buffer;

	if (!buffer)
		return false;
	switch (dice % 8) {
	case 0:
		return false;
	case 1 ... 5:
		plausible_request(random);
		return true;
	case 6:
		/* One word, while another CPU may wait for its answer. */
		WRITE_ONCE(words[(dice >> 8) % 16], edge(random));
		return false;
	default:
		for (unsigned int at = 0; at < 32; at++)
			WRITE_ONCE(words[at], (u64)prandom_u32_state(random) << 32 | prandom_u32_state(random));
		WRITE_ONCE(buffer->length, size(random, MM_SIZE));
		return true;
	}
}
