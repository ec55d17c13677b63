// SPDX-License-Identifier: BSD-2-Clause
#include "tpm-tis.h"

#include <io.h>
#include <kernel/delay.h>
#include <kernel/dt.h>
#include <libfdt.h>
#include <mm/core_memprot.h>
#include <mm/core_mmu.h>
#include <string.h>
#include <trace.h>
#include <util.h>

#include "tpm-header.h"

/* One page for each locality. */
#define LOCALITIES	5
#define PAGE		0x1000

#define ACCESS		0x00
#define ACCESS_REQUEST		BIT(1)
#define ACCESS_ACTIVE		BIT(5)
#define STS		0x18
#define STS_DATA_AVAILABLE	BIT(4)
#define STS_EXPECT		BIT(3)
#define STS_GO			BIT(5)
#define STS_READY		BIT(6)
#define STS_VALID		BIT(7)
#define STS_BURST(sts)		(((sts) >> 8) & 0xffff)
#define FIFO		0x24
#define DID_VID		0xf00

/* The profile's TIMEOUT_A to TIMEOUT_D are at most 2 s; the emulator's host may be busy. */
#define STEP_US		5000000
/*
 * For a command to be done. The caller's CPU is ours until then, with interrupts masked: less than the 20 s after which
 * Linux calls a CPU locked up, more than an RSA key takes.
 */
#define COMMAND_US	15000000

/* The whole of it is mapped as secure: were it a real device, the normal world could not touch it behind our back. */
register_phys_mem(MEM_AREA_IO_SEC, CFG_HYPLAB_TPM_TIS_BASE, LOCALITIES * PAGE);

static vaddr_t tis;

static bool wait_for(vaddr_t page, uint32_t mask, uint32_t value, uint32_t us)
{
	uint64_t end = timeout_init_us(us);

	/* Once more after the end: we may have been off the host's CPU in between. */
	do {
		if ((io_read32(page + STS) & mask) == value)
			return true;
	} while (!timeout_elapsed(end));
	return (io_read32(page + STS) & mask) == value;
}

/* How many bytes the FIFO takes or gives now; 0 when it never gets ready. */
static size_t burst(vaddr_t page)
{
	uint64_t end = timeout_init_us(STEP_US);
	size_t count = 0;

	do {
		count = STS_BURST(io_read32(page + STS));
	} while (!count && !timeout_elapsed(end));
	return count;
}

static bool take_locality(vaddr_t page)
{
	uint64_t end = timeout_init_us(STEP_US);

	io_write8(page + ACCESS, ACCESS_REQUEST);
	do {
		if (io_read8(page + ACCESS) & ACCESS_ACTIVE)
			return true;
	} while (!timeout_elapsed(end));
	return false;
}

static TEE_Result send(vaddr_t page, const uint8_t *command, size_t size)
{
	size_t sent = 0;

	io_write32(page + STS, STS_READY);
	if (!wait_for(page, STS_READY, STS_READY, STEP_US))
		return TEE_ERROR_COMMUNICATION;
	while (sent < size) {
		size_t count = MIN(burst(page), size - sent);

		if (!count)
			return TEE_ERROR_COMMUNICATION;
		while (count--)
			io_write8(page + FIFO, command[sent++]);
	}
	/* Expect still set: the TPM reads another length in the header than we do. */
	if (!wait_for(page, STS_VALID | STS_EXPECT, STS_VALID, STEP_US))
		return TEE_ERROR_COMMUNICATION;
	io_write32(page + STS, STS_GO);
	return TEE_SUCCESS;
}

static TEE_Result receive(vaddr_t page, uint8_t *answer, size_t room, size_t *size)
{
	size_t expected = TPM_HEADER_SIZE;
	size_t got = 0;

	if (!wait_for(page, STS_VALID | STS_DATA_AVAILABLE, STS_VALID | STS_DATA_AVAILABLE, COMMAND_US))
		return TEE_ERROR_COMMUNICATION;
	while (got < expected) {
		size_t count = MIN(burst(page), expected - got);

		if (!count)
			return TEE_ERROR_COMMUNICATION;
		while (count--)
			answer[got++] = io_read8(page + FIFO);
		if (got == TPM_HEADER_SIZE) {
			expected = tpm_header_size(answer);
			if (expected < TPM_HEADER_SIZE)
				return TEE_ERROR_COMMUNICATION;
			if (expected > room)
				return TEE_ERROR_SHORT_BUFFER;
		}
	}
	*size = got;
	return TEE_SUCCESS;
}

TEE_Result tpm_tis_transmit(unsigned int locality, uint8_t *buffer, size_t command_size, size_t room,
			    size_t *answer_size)
{
	vaddr_t page = tis + locality * PAGE;
	TEE_Result res = TEE_ERROR_COMMUNICATION;

	if (locality >= LOCALITIES || room < TPM_HEADER_SIZE || command_size > room)
		return TEE_ERROR_BAD_PARAMETERS;
	if (take_locality(page)) {
		res = send(page, buffer, command_size);
		if (!res)
			res = receive(page, buffer, room, answer_size);
		/* Ready again: what was half done is dropped, and so is the rest of an answer that does not fit. */
		io_write32(page + STS, STS_READY);
	}
	io_write8(page + ACCESS, ACCESS_ACTIVE);
	return res;
}

/* TPM2_Startup(TPM_SU_CLEAR): no firmware below us is there to send it. */
static TEE_Result start_up(void)
{
	static const uint8_t startup[] = { 0x80, 0x01, 0, 0, 0, 12, 0, 0, 0x01, 0x44, 0, 0 };
	uint8_t buffer[sizeof(startup)] = { };
	size_t size = 0;
	TEE_Result res = TEE_SUCCESS;
	uint32_t code = 0;

	memcpy(buffer, startup, sizeof(startup));
	res = tpm_tis_transmit(0, buffer, sizeof(startup), sizeof(buffer), &size);
	if (res) {
		EMSG("The TPM does not answer TPM2_Startup: %#"PRIx32, res);
		return res;
	}
	code = tpm_header_code(buffer);
	if (code != TPM_RC_SUCCESS && code != TPM_RC_INITIALIZE) {
		EMSG("TPM2_Startup gives %#"PRIx32, code);
		return TEE_ERROR_GENERIC;
	}
	return TEE_SUCCESS;
}

/* QEMU's device tree names the device (sysbus-fdt.c, add_tpm_tis_fdt_node): a machine without it aborts whoever reads its address. */
static bool is_there(void)
{
	const void *fdt = get_external_dt();

	return !fdt || fdt_node_offset_by_compatible(fdt, -1, "tcg,tpm-tis-mmio") >= 0;
}

TEE_Result tpm_tis_init(uint32_t *did_vid)
{
	if (!is_there())
		return TEE_ERROR_ITEM_NOT_FOUND;
	tis = (vaddr_t)phys_to_virt(CFG_HYPLAB_TPM_TIS_BASE, MEM_AREA_IO_SEC, LOCALITIES * PAGE);
	if (!tis)
		return TEE_ERROR_ITEM_NOT_FOUND;
	*did_vid = io_read32(tis + DID_VID);
	return start_up();
}
