// rules_models.h - DMN models from files: those that import each other are read in the order that they need.
#pragma once
#include <stdio.h>

#include "rules/dmn.h"

struct rules_model {
    const char *path;
    const struct dmn_model *model; // NULL when it could not be read
    enum status status;
    struct problem problem; // why not; its texts live in the arena
};

// Fills model, status and problem of each. `lenient` as in dmn_read_options.
void rules_read_models(struct arena *a, struct rules_model *models, size_t count, bool lenient);
// "FILE: " and the problem, to stderr.
void rules_say(const struct rules_model *m);
