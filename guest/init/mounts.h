/* The kernel's own file systems. */
#ifndef MOUNTS_H
#define MOUNTS_H
/* Mounts what it can, also the device nodes where devtmpfs is missing. */
void mounts_make(void);
/* Sends a record for each attempt; apart from the making, since the channel is found through what is mounted. */
void mounts_report(void);
#endif
