// First byte chooses the kind of file; the rest is one. A form that loads is also filled in with the file
// itself.
#include "pack/deadline.h"
#include "pack/form.h"
#include "pack/letter.h"

static void fill_in(struct arena *a, struct form *f, struct text json) {
    struct answers answers;
    struct form_problems found = {0};
    struct form_context context = {.today = {2026, 11, 21}};
    if (answers_from_json(a, json, &answers, NULL) != STATUS_OK) return;
    form_check(f, NULL, &answers, &context, a, &found);
    form_prune(f, &answers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct problem p = {0};
    struct text t = {(const char *)data + 1, size ? size - 1 : 0};
    struct form *form;
    struct letter_template *letter;
    struct deadlines deadlines;
    struct calendar *calendar;
    switch (size ? data[0] % 4 : 0) {
    case 0:
        if (form_read(&a, t, &form, &p) == STATUS_OK) {
            fill_in(&a, form, t);
            form_close(form);
        }
        break;
    case 1: (void)!letter_read(&a, t, NULL, NULL, &letter, &p); break;
    case 2: (void)!deadlines_read(&a, t, &deadlines, &p); break;
    default:
        if (calendar_read(&a, t, &calendar, &p) == STATUS_OK)
            calendar_add_working(calendar, (struct date){2026, 11, 21}, 400);
    }
    arena_free(&a);
    return 0;
}
