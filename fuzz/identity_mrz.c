// What a scanner sends is read without harm, and what was read with all checks right can be written and read
// again.
#include <assert.h>

#include "identity/mrz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct mrz m;
    struct problem p;
    struct text in = {(const char *)data, size};
    if (!mrz_read(&a, in, (struct date){2026, 11, 21}, &m, &p)) {
        assert(m.sex == 'F' || m.sex == 'M' || m.sex == 'X');
        assert(date_is_valid(m.birth) || m.birth.year == 0);
        assert(m.checks_ok || m.problem_count > 0);
        struct mrz_fields f = {
            .format = m.format,
            .document_code = m.document_code,
            .issuer = m.issuer,
            .number = m.number,
            .nationality = m.nationality,
            .family = m.family,
            .given = m.given,
            .optional = m.optional,
            .optional_2 = m.optional_2,
            .birth = m.birth,
            .expiry = m.expiry,
            .sex = m.sex,
        };
        struct text zone;
        if (m.problem_count == 0 && !mrz_write(&a, &f, &zone, &p)) {
            struct mrz again;
            enum status st = mrz_read(&a, zone, (struct date){2026, 11, 21}, &again, &p);
            assert(!st && again.checks_ok);
            assert(text_eq(again.number, m.number));
        }
    }
    arena_free(&a);
    return 0;
}
