// rules_file.h - reading what the commands of rules/ are given.
#pragma once
#include "base/text.h"

// The whole file, at most XML_BYTES_MAX. What is wrong is said to stderr; false then.
bool rules_read_file(struct arena *a, const char *path, struct text *content);
