// known.h - which records are in memory: of which file, and what they were compared by.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct known;
enum status known_new(struct known **out);
void known_free(struct known *k); // harmless on NULL
// `file`: the case of a person; of an entry itself. STATUS_FULL.
enum status known_put(struct known *k, int64_t file, int64_t record, int64_t mark);
void known_remove(struct known *k, int64_t record);
int64_t known_mark(const struct known *k, int64_t record); // 0: not there
int64_t known_file(const struct known *k, int64_t record);
// Records of one file, at most `max`; returns how many.
size_t known_of(const struct known *k, int64_t file, int64_t *records, size_t max);
