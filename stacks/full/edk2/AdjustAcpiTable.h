/** @file
  What has to be different in QEMU's ACPI tables when there is a secure world below.

  SPDX-License-Identifier: BSD-2-Clause-Patent
**/

#ifndef ADJUST_ACPI_TABLE_H_
#define ADJUST_ACPI_TABLE_H_

#include <Uefi.h>

/**
  Adjusts one ACPI table of QEMU's before it is installed. A table that needs no change, or that cannot be changed, stays
  as it is.

  @param[in, out] Table  The table, with a good checksum. It is changed in place, or another one is put here, which is
                         never freed.
  @param[in, out] Size   Its size in bytes.
**/
VOID
AdjustAcpiTable (
  IN OUT VOID   **Table,
  IN OUT UINTN  *Size
  );

#endif
