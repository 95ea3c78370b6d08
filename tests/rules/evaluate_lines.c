// For feelin_agrees.mjs: evaluates each line of the input and writes its value as a line of JSON, or "!" and
// the rule that the parser names.
#include <stdio.h>
#include <string.h>

#include "rules/feel.h"

enum { LINE_BYTES = 16 * 1024 };

static void evaluate(struct text source) {
    static const struct feel_now NOW = {{1795219200000}, {"Europe/Brussels", 15}};
    struct arena a = {0};
    const struct feel_expression *x;
    struct problem p = {0};
    struct feel_value v;
    struct out o = {.arena = &a};
    struct json_out j = {.out = &o};
    if (feel_parse(&a, source, FEEL_EXPRESSION, NULL, &x, &p)) {
        printf("!%s\n", p.rule);
    } else if (feel_eval(x, NULL, &NOW, &a, &v, NULL)) {
        printf("!limit\n");
    } else {
        feel_to_json(&j, &v);
        printf(TEXT_FMT "\n", TEXT_ARG(out_done(&o)));
    }
    arena_free(&a);
}

int main(void) {
    static char line[LINE_BYTES];
    while (fgets(line, sizeof line, stdin)) evaluate(text_trim(text_of(line)));
    return 0;
}
