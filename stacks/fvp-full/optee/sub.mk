# Our partitions, added to OP-TEE below core/arch/arm/plat-vexpress/hyplab by the recipe's `files`: those of the full stack,
# with a TPM at the other end of a UART.
srcs-$(CFG_HYPLAB_TPM) += tpm-service.c
srcs-$(CFG_HYPLAB_TPM) += tpm-crb.c
srcs-$(CFG_HYPLAB_TPM) += tpm-uart.c
srcs-$(CFG_HYPLAB_EFI_VARIABLES) += efi-variables.c
srcs-$(CFG_HYPLAB_EFI_VARIABLES) += efi-variable-service.c
srcs-$(CFG_HYPLAB_EFI_VARIABLES) += efi-variable-store.c
