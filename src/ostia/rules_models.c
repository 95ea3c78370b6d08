#include "ostia/rules_models.h"

#include "ostia/command.h"
#include "ostia/rules_file.h"

enum { IMPORTS_DEEP_MAX = 30 }; // models that import models that import models

static void read_model(struct arena *a, struct rules_model *m, const struct dmn_read_options *o) {
    struct arena bytes = {0};
    struct text xml;
    m->problem = (struct problem){0};
    m->status = STATUS_IO;
    if (rules_read_file(&bytes, m->path, &xml)) m->status = dmn_read_with(a, xml, o, &m->model, &m->problem);
    m->problem = problem_copy(a, &m->problem);
    arena_free(&bytes);
}

// A model that imports others needs them first; those that miss one are tried again while any could be read.
void rules_read_models(struct arena *a, struct rules_model *models, size_t count, bool lenient) {
    const struct dmn_model **known = ARENA_ARRAY(a, const struct dmn_model *, count);
    size_t known_count = 0, before;
    int passes = 0;
    do {
        before = known_count;
        for (size_t i = 0; i < count; i++) {
            struct rules_model *m = &models[i];
            bool again = m->status == STATUS_INVALID && text_eq(text_of(m->problem.rule), T("dmn_import"));
            if (m->model || (passes && !again)) continue;
            read_model(a, m, &(struct dmn_read_options){known, known_count, lenient});
            if (m->model) known[known_count++] = m->model;
        }
    } while (known_count > before && known_count < count && ++passes < IMPORTS_DEEP_MAX);
}

void rules_say(const struct rules_model *m) {
    fprintf(stderr, "%s: ", m->path);
    say_problem(stderr, m->status, &m->problem);
}
