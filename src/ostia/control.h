// control.h - DIR/control.sock: a command that needs the open house runs in the server that has the folder.
//
// One connection, one command: its words, each ended by a zero byte, then the end of the stream. The answer
// is what the command prints, and one last byte: its exit code. Only the user who runs the server can
// connect.
#pragma once
#include "ostia/house.h"

enum { CONTROL_BYTES_MAX = 64 * 1024, CONTROL_WAIT_S = 60 };

struct control;
enum status control_start(struct house *h, struct control **out);
void control_stop(struct control *c);

// Runs the words in the server of `dir`, prints its answer to `out`. STATUS_NOT_FOUND when no server answers.
enum status control_ask(const char *dir, const struct call *c, FILE *out, int *exit_code);
