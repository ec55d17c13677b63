/* One boot's work: do what the instructions say, then answer the host until it says DONE. */
#ifndef SESSION_H
#define SESSION_H
#include <stdio.h>

/*
 * The instructions, one a line:
 *   limit fact|tpm|efi|module|answer MS | limit bytes N
 *   module NAME | probe NAME
 *   fact file[:BYTES]|list|link PATH
 *   tpm DEVICE
 *   efi before-modules|after-modules read|write FOLDER
 * A line that is not known is reported and skipped.
 */

/* Takes the limits, wherever they stand. */
void session_set_limits(FILE *instructions);
/* Does all the other lines in turn. */
void session_do(FILE *instructions);
/* Sends `end`, repeats it each second, and sends again what the host asks for, until it says DONE or is silent for too long. */
void session_answer(void);
#endif
