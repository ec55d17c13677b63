// SPDX-License-Identifier: BSD-2-Clause
/*
 * What is true about localities and commands is kept here, in secure memory. The pages only show it: of what stands in
 * them nothing is believed but the three registers by which the caller asks for something, each read once, and the
 * command, copied before it is looked at. Afterwards every register is written again.
 */
#include "tpm-crb.h"

#include <io.h>
#include <mm/core_memprot.h>
#include <mm/core_mmu.h>
#include <trace.h>
#include <util.h>

#include "tpm-header.h"
#include "tpm-tis.h"

#define PAGE		0x1000
#define LOC_STATE	0x00
#define LOC_STATE_ASSIGNED	BIT(1)
#define LOC_STATE_ACTIVE(n)	SHIFT_U32(n, 2)
#define LOC_STATE_VALID		BIT(7)
#define LOC_CTRL	0x08
#define LOC_CTRL_REQUEST	BIT(0)
#define LOC_CTRL_RELINQUISH	BIT(1)
#define LOC_CTRL_SEIZE		BIT(2)
/* Would forget that a dynamic root of trust was established; there never is one. */
#define LOC_CTRL_RESET_ESTABLISHED BIT(3)
#define LOC_CTRL_KNOWN		GENMASK_32(3, 0)
#define LOC_STS		0x0c
#define LOC_STS_GRANTED		BIT(0)
#define LOC_STS_SEIZED		BIT(1)
#define INTF_ID		0x30
/* CRB is active, in version 1; all localities; cmdReady and start are taken without goIdle; 64 bytes at once; no FIFO. */
#define INTF_ID_CRB		(0x1 | SHIFT_U32(1, 4) | BIT(8) | BIT(9) | SHIFT_U32(3, 11) | BIT(14))
#define INTF_DID_VID	0x34
#define CTRL_EXT	0x38
#define CTRL_REQ	0x40
#define CTRL_REQ_READY		BIT(0)
#define CTRL_REQ_IDLE		BIT(1)
#define CTRL_STS	0x44
#define CTRL_STS_FATAL		BIT(0)
#define CTRL_STS_IDLE		BIT(1)
#define CTRL_CANCEL	0x48
#define CTRL_START	0x4c
#define INT_ENABLE	0x50
#define INT_STS		0x54
#define CMD_SIZE	0x58
#define CMD_ADDR_LOW	0x5c
#define CMD_ADDR_HIGH	0x60
#define RSP_SIZE	0x64
#define RSP_ADDR_LOW	0x68
#define RSP_ADDR_HIGH	0x6c
#define DATA		0x80
#define DATA_SIZE	(PAGE - DATA)

#define NOBODY		TPM_CRB_LOCALITIES

/* By small pages: beyond the CRBs nothing is mapped that a wrong index could reach. */
register_phys_mem(MEM_AREA_IO_NSEC, CFG_HYPLAB_TPM_CRB_BASE, TPM_CRB_LOCALITIES * PAGE);

static vaddr_t pages;
static uint32_t vendor;
static unsigned int active = NOBODY;
/* One bit for each locality. */
static unsigned int open = GENMASK_32(TPM_CRB_LOCALITIES - 1, 0);
static unsigned int waiting;
static unsigned int seized;
static bool idle = true;
static bool fatal;
static uint8_t data[DATA_SIZE];

static vaddr_t page_of(unsigned int locality)
{
	return pages + locality * PAGE;
}

static paddr_t data_address(unsigned int locality)
{
	return CFG_HYPLAB_TPM_CRB_BASE + locality * PAGE + DATA;
}

/* Of all localities, since each sees who is active. */
static void show_localities(void)
{
	uint32_t state = LOC_STATE_VALID;
	unsigned int n = 0;

	if (active != NOBODY)
		state |= LOC_STATE_ASSIGNED | LOC_STATE_ACTIVE(active);
	for (n = 0; n < TPM_CRB_LOCALITIES; n++) {
		uint32_t status = n == active ? LOC_STS_GRANTED : 0;

		if (seized & BIT(n))
			status |= LOC_STS_SEIZED;
		io_write32(page_of(n) + LOC_STS, status);
		io_write32(page_of(n) + LOC_STATE, state);
	}
}

static void show_control(unsigned int locality)
{
	vaddr_t page = page_of(locality);
	paddr_t address = data_address(locality);

	io_write32(page + INTF_ID, INTF_ID_CRB);
	io_write32(page + INTF_DID_VID, vendor);
	io_write32(page + CTRL_EXT, 0);
	io_write32(page + CTRL_EXT + 4, 0);
	io_write32(page + CTRL_REQ, 0);
	io_write32(page + CTRL_STS, (fatal ? CTRL_STS_FATAL : 0) | (idle ? CTRL_STS_IDLE : 0));
	/* Nothing is left to cancel: a command is over when START returns. */
	io_write32(page + CTRL_CANCEL, 0);
	io_write32(page + INT_ENABLE, 0);
	io_write32(page + INT_STS, 0);
	io_write32(page + CMD_SIZE, DATA_SIZE);
	io_write32(page + CMD_ADDR_LOW, address);
	io_write32(page + CMD_ADDR_HIGH, (uint64_t)address >> 32);
	io_write32(page + RSP_SIZE, DATA_SIZE);
	io_write32(page + RSP_ADDR_LOW, address);
	io_write32(page + RSP_ADDR_HIGH, (uint64_t)address >> 32);
	/* Last: a caller that watches it finds the answer when it falls. */
	io_write32(page + CTRL_START, 0);
}

/* With a control area as new: what somebody left in it is not taken for a request of the one who comes. */
static void give_to(unsigned int locality)
{
	active = locality;
	waiting &= ~BIT(locality);
	seized &= ~BIT(locality);
	idle = true;
	show_control(locality);
}

/* The highest of those who wait comes next (profile, 6.5.3.3). */
static void give_up(unsigned int locality)
{
	unsigned int n = TPM_CRB_LOCALITIES;

	waiting &= ~BIT(locality);
	seized &= ~BIT(locality);
	if (active != locality)
		return;
	active = NOBODY;
	idle = true;
	while (n-- > 0 && active == NOBODY)
		if (waiting & BIT(n))
			give_to(n);
}

enum tpm_status tpm_crb_locality_request(unsigned int locality)
{
	uint32_t control = io_read32(page_of(locality) + LOC_CTRL);
	enum tpm_status status = TPM_OK;

	if (control & ~LOC_CTRL_KNOWN) {
		status = TPM_INV_CRB_CTRL_DATA;
	} else if ((control & LOC_CTRL_SEIZE) && active != NOBODY && locality > active) {
		seized |= BIT(active);
		give_to(locality);
	} else if (control & (LOC_CTRL_REQUEST | LOC_CTRL_SEIZE)) {
		if (active == NOBODY)
			give_to(locality);
		else if (active != locality)
			waiting |= BIT(locality);
	} else if (control & LOC_CTRL_RELINQUISH) {
		give_up(locality);
	}
	io_write32(page_of(locality) + LOC_CTRL, 0);
	show_localities();
	return status;
}

/* The buffers are where we put them: somebody who has other ones in mind would wait for an answer in the wrong place. */
static bool buffers_are_ours(unsigned int locality)
{
	vaddr_t page = page_of(locality);
	paddr_t address = data_address(locality);

	return io_read32(page + CMD_SIZE) == DATA_SIZE && io_read32(page + RSP_SIZE) == DATA_SIZE &&
	       io_read32(page + CMD_ADDR_LOW) == (uint32_t)address &&
	       io_read32(page + CMD_ADDR_HIGH) == (uint64_t)address >> 32 &&
	       io_read32(page + RSP_ADDR_LOW) == (uint32_t)address &&
	       io_read32(page + RSP_ADDR_HIGH) == (uint64_t)address >> 32;
}

static void copy_in(vaddr_t page, size_t from, size_t to)
{
	for (; from < to; from++)
		data[from] = io_read8(page + DATA + from);
}

static enum tpm_status run(unsigned int locality)
{
	vaddr_t page = page_of(locality);
	size_t size = 0;
	size_t n = 0;
	TEE_Result res = TEE_SUCCESS;

	if (!buffers_are_ours(locality))
		return TPM_INV_CRB_CTRL_DATA;
	/* The header is read once: the size that was checked is the size that is used. */
	copy_in(page, 0, TPM_HEADER_SIZE);
	size = tpm_header_size(data);
	if (size < TPM_HEADER_SIZE || size > DATA_SIZE)
		return TPM_INV_CRB_CTRL_DATA;
	copy_in(page, TPM_HEADER_SIZE, size);
	res = tpm_tis_transmit(locality, data, size, DATA_SIZE, &size);
	fatal = res != TEE_SUCCESS;
	if (res) {
		EMSG("The TPM did not answer a command of locality %u: %#"PRIx32, locality, res);
		return res == TEE_ERROR_SHORT_BUFFER ? TPM_NOMEM : TPM_OK;
	}
	for (n = 0; n < size; n++)
		io_write8(page + DATA + n, data[n]);
	return TPM_OK;
}

enum tpm_status tpm_crb_command(unsigned int locality)
{
	uint32_t request = io_read32(page_of(locality) + CTRL_REQ);
	uint32_t start = io_read32(page_of(locality) + CTRL_START);
	enum tpm_status status = TPM_OK;

	/* A page of a locality that is not active takes no requests and shows what was written (profile, 6.5.3.2). */
	if (locality != active)
		return TPM_OK;
	if (request > CTRL_REQ_IDLE || start > 1 || (start && request == CTRL_REQ_IDLE)) {
		status = TPM_INV_CRB_CTRL_DATA;
	} else {
		if (request)
			idle = request == CTRL_REQ_IDLE;
		if (start) {
			/* Arm's FF-A ACS starts commands without cmdReady, so that is taken too. */
			idle = false;
			status = run(locality);
		}
	}
	show_control(locality);
	return status;
}

enum tpm_status tpm_crb_manage(unsigned int locality, bool to_open)
{
	if (tpm_crb_is_open(locality) == to_open)
		return TPM_ALREADY;
	if (locality >= TPM_CRB_LOCALITIES)
		return TPM_DENIED;
	open ^= BIT(locality);
	if (!to_open)
		give_up(locality);
	show_localities();
	return TPM_OK;
}

bool tpm_crb_is_open(unsigned int locality)
{
	return locality < TPM_CRB_LOCALITIES && (open & BIT(locality));
}

TEE_Result tpm_crb_init(uint32_t did_vid)
{
	unsigned int n = 0;

	pages = (vaddr_t)phys_to_virt(CFG_HYPLAB_TPM_CRB_BASE, MEM_AREA_IO_NSEC, TPM_CRB_LOCALITIES * PAGE);
	if (!pages)
		return TEE_ERROR_ITEM_NOT_FOUND;
	vendor = did_vid;
	for (n = 0; n < TPM_CRB_LOCALITIES; n++) {
		io_write32(page_of(n) + LOC_CTRL, 0);
		show_control(n);
	}
	show_localities();
	return TEE_SUCCESS;
}
