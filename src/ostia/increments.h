// increments.h - the thread of a server that backs up what happens, a second later: increment.h into a
// folder.
#pragma once
#include "ostia/increment.h"

struct increments;
struct increments_options {
    const char *folder, *key_file; // the public key of who may open what is written
    int step_ms, run_files;        // smaller than the usual ones, for tests; 0 means those
};

// Servers that share the folder take turns: one has it, the others wait for its end. What cannot be written
// is said in the log and in the metrics, and tried again; the server goes on.
enum status increments_start(struct house *h, const struct increments_options *o, struct increments **out,
                             struct problem *p);
void increments_stop(struct increments *i); // after a last file; NULL is fine
void increments_metrics(void *increments, struct out *o);
