// SPDX-License-Identifier: BSD-2-Clause
/*
 * A TPM at the other end of a UART, in the place of tpm-tis.c: Arm's Base platform has no TPM. What goes over the wire is
 * TPM 2.0 commands and answers and nothing else, as swtpm takes and gives them on its data channel; their headers say how
 * long they are. A wire has no localities: swtpm is told of one by a command that no TPM of hardware has (swtpm(8),
 * --locality allow-set-locality; Linux's vtpm_proxy uses the same).
 *
 * The UART is a PL011 (Arm DDI 0183) that nobody else uses; the normal world is told of none there. Were it a real device,
 * it would have to be the secure world's alone.
 */
#include "tpm-tis.h"

#include <io.h>
#include <kernel/delay.h>
#include <mm/core_memprot.h>
#include <mm/core_mmu.h>
#include <string.h>
#include <trace.h>
#include <util.h>

#include "tpm-header.h"

#define LOCALITIES	5
#define PAGE		0x1000

#define DR		0x00
#define FR		0x18
#define FR_RX_EMPTY		BIT(4)
#define FR_TX_FULL		BIT(5)
#define IBRD		0x24
#define FBRD		0x28
#define LCR_H		0x2c
#define LCR_H_FIFOS		BIT(4)
#define LCR_H_8_BITS		SHIFT_U32(3, 5)
#define CR		0x30
#define CR_ENABLE		BIT(0)
#define CR_TX			BIT(8)
#define CR_RX			BIT(9)
#define IMSC		0x38
#define ICR		0x44
#define ICR_ALL			GENMASK_32(10, 0)

/* 24 MHz for 16 samples of each of 115,200 bits a second: 13 and 1/64. A model need not keep to it. */
#define BAUD_WHOLE	13
#define BAUD_64THS	1

/* TPM2_Vendor_SetLocality of swtpm: the header and one byte. */
#define SET_LOCALITY	0x20001000
#define SET_LOCALITY_SIZE	(TPM_HEADER_SIZE + 1)

/* Vendor and device id that QEMU's TPM with swtpm behind it shows: over a wire there is none to be read. */
#define DID_VID		0x00011014

/* For a byte to be taken. */
#define STEP_US		5000000
/* For a command to be done, as in tpm-tis.c; a byte of the answer has as long. */
#define COMMAND_US	15000000

register_phys_mem(MEM_AREA_IO_SEC, CFG_HYPLAB_TPM_UART_BASE, PAGE);

static vaddr_t uart;
/* The one that the TPM was told of last. */
static unsigned int told;

static bool wait_until_clear(uint32_t flag, uint64_t end)
{
	/* Once more after the end: we may have been off the host's CPU in between. */
	do {
		if (!(io_read32(uart + FR) & flag))
			return true;
	} while (!timeout_elapsed(end));
	return !(io_read32(uart + FR) & flag);
}

/* What is left of an answer that nobody waited for would be taken for the next one. */
static void drop_what_came(void)
{
	uint64_t end = timeout_init_us(STEP_US);

	while (!(io_read32(uart + FR) & FR_RX_EMPTY) && !timeout_elapsed(end))
		io_read32(uart + DR);
}

static TEE_Result send(const uint8_t *command, size_t size)
{
	size_t n = 0;

	for (n = 0; n < size; n++) {
		if (!wait_until_clear(FR_TX_FULL, timeout_init_us(STEP_US)))
			return TEE_ERROR_COMMUNICATION;
		io_write32(uart + DR, command[n]);
	}
	return TEE_SUCCESS;
}

static bool receive_byte(uint8_t *byte, uint64_t end)
{
	if (!wait_until_clear(FR_RX_EMPTY, end))
		return false;
	*byte = io_read32(uart + DR);
	return true;
}

/* Reads an answer to its end, also what there is no room for: the wire has to be empty for the next one. */
static TEE_Result receive(uint8_t *answer, size_t room, size_t *size)
{
	uint64_t end = timeout_init_us(COMMAND_US);
	size_t expected = TPM_HEADER_SIZE;
	uint8_t byte = 0;
	size_t got = 0;

	for (got = 0; got < expected; got++) {
		if (!receive_byte(&byte, end))
			return TEE_ERROR_COMMUNICATION;
		if (got < room)
			answer[got] = byte;
		if (got + 1 == TPM_HEADER_SIZE) {
			expected = tpm_header_size(answer);
			if (expected < TPM_HEADER_SIZE || expected > UINT16_MAX)
				return TEE_ERROR_COMMUNICATION;
			end = timeout_init_us(COMMAND_US);
		}
	}
	if (expected > room)
		return TEE_ERROR_SHORT_BUFFER;
	*size = expected;
	return TEE_SUCCESS;
}

static TEE_Result tell_locality(unsigned int locality)
{
	const uint8_t command[SET_LOCALITY_SIZE] = {
		0x80, 0x01, 0, 0, 0, SET_LOCALITY_SIZE, SET_LOCALITY >> 24, (SET_LOCALITY >> 16) & 0xff,
		(SET_LOCALITY >> 8) & 0xff, SET_LOCALITY & 0xff, locality,
	};
	uint8_t answer[TPM_HEADER_SIZE] = { };
	size_t size = 0;
	TEE_Result res = TEE_SUCCESS;

	if (locality == told)
		return TEE_SUCCESS;
	/* Until it has said that it took it nobody knows which one it has. */
	told = LOCALITIES;
	res = send(command, sizeof(command));
	if (!res)
		res = receive(answer, sizeof(answer), &size);
	if (!res && tpm_header_code(answer) != TPM_RC_SUCCESS)
		res = TEE_ERROR_COMMUNICATION;
	if (!res)
		told = locality;
	return res;
}

TEE_Result tpm_tis_transmit(unsigned int locality, uint8_t *buffer, size_t command_size, size_t room,
			    size_t *answer_size)
{
	TEE_Result res = TEE_SUCCESS;

	if (locality >= LOCALITIES || room < TPM_HEADER_SIZE || command_size > room ||
	    command_size < TPM_HEADER_SIZE)
		return TEE_ERROR_BAD_PARAMETERS;
	drop_what_came();
	res = tell_locality(locality);
	if (!res)
		res = send(buffer, command_size);
	if (!res)
		res = receive(buffer, room, answer_size);
	return res;
}

static void set_up_uart(void)
{
	io_write32(uart + CR, 0);
	io_write32(uart + IBRD, BAUD_WHOLE);
	io_write32(uart + FBRD, BAUD_64THS);
	/* What is written here takes the two above over. */
	io_write32(uart + LCR_H, LCR_H_8_BITS | LCR_H_FIFOS);
	io_write32(uart + IMSC, 0);
	io_write32(uart + ICR, ICR_ALL);
	io_write32(uart + CR, CR_ENABLE | CR_TX | CR_RX);
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
		EMSG("Nobody answers TPM2_Startup on the UART at %#x: %#"PRIx32, CFG_HYPLAB_TPM_UART_BASE, res);
		return res;
	}
	code = tpm_header_code(buffer);
	if (code != TPM_RC_SUCCESS && code != TPM_RC_INITIALIZE) {
		EMSG("TPM2_Startup gives %#"PRIx32, code);
		return TEE_ERROR_GENERIC;
	}
	return TEE_SUCCESS;
}

TEE_Result tpm_tis_init(uint32_t *did_vid)
{
	uart = (vaddr_t)phys_to_virt(CFG_HYPLAB_TPM_UART_BASE, MEM_AREA_IO_SEC, PAGE);
	if (!uart)
		return TEE_ERROR_ITEM_NOT_FOUND;
	*did_vid = DID_VID;
	set_up_uart();
	return start_up();
}
