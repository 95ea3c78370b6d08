// Hostile test cases of the compatibility kit, run against a model of every kind of node.
#include <stdlib.h>

#include "rules/tck.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MODEL                                                                                          \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' name='m' namespace='urn:m'>"    \
    "<itemDefinition name='t'><itemComponent name='d'><typeRef>date</typeRef></itemComponent>"         \
    "<itemComponent name='l' isCollection='true'><typeRef>number</typeRef></itemComponent>"            \
    "</itemDefinition><inputData id='i' name='i'><variable name='i' typeRef='t'/></inputData>"         \
    "<decision id='d' name='d'><informationRequirement><requiredInput href='#i'/>"                     \
    "</informationRequirement><literalExpression><text>i</text></literalExpression></decision>"        \
    "<decision id='e' name='e'><informationRequirement><requiredInput href='#i'/>"                     \
    "</informationRequirement><literalExpression><text>sum(i.l)</text></literalExpression></decision>" \
    "<businessKnowledgeModel id='k' name='k'><encapsulatedLogic><formalParameter name='x'/>"           \
    "<literalExpression><text>[x, x]</text></literalExpression></encapsulatedLogic>"                   \
    "</businessKnowledgeModel><decisionService id='s' name='s'><outputDecision href='#d'/>"            \
    "<outputDecision href='#e'/><inputData href='#i'/></decisionService></definitions>"

static struct arena arena;
static struct tck_model model = {.file = {"m.dmn", 5}};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct tck_models models = {.items = &model, .count = 1};
    struct tck_results results = {0};
    struct problem p = {0};
    struct arena a = {0};
    if (!model.model && dmn_read(&arena, T(MODEL), &model.model, &p)) abort();
    enum status st = tck_run(&a, (struct text){(const char *)data, size}, &models, NULL, &results, &p);
    for (size_t i = 0; !st && i < results.count; i++)
        if (results.items[i].passed != !results.items[i].note.n) abort();
    arena_free(&a);
    return 0;
}
