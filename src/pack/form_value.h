// form_value.h - inside pack/: is one value what its field asks for?
#pragma once
#include "pack/form.h"

// NULL when it is, else the rule broken ("date_in_future"); arguments for the message go to `p`.
const char *form_value_problem(const struct form_field *f, struct text value,
                               const struct form_context *context, struct arena *a, struct problem *p);
