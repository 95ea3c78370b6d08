// The DMN Technology Compatibility Kit: every case of a level is run; how many must pass is written here, so
// that a change that loses one is seen. A case passes when each of its result nodes has the expected value.
#include <dirent.h>

#include "../check.h"
#include "base/xml.h"
#include "rules/dmn.h"

enum { FILE_MAX = 8 * 1024 * 1024, MODELS_MAX = 8 };

struct folder {
    struct arena arena;
    const char *path;
    const struct dmn_model *models[MODELS_MAX];
    char names[MODELS_MAX][256];
    size_t model_count;
};
struct tally {
    int passed, total;
};

static const char *join(struct arena *a, const char *folder, const char *name) {
    return text_c(a, TEXT_JOIN(a, text_of(folder), T("/"), text_of(name)));
}

static struct text read_file(struct arena *a, const char *path) {
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *bytes = arena_alloc(a, FILE_MAX);
    size_t n = fread(bytes, 1, FILE_MAX, f);
    fclose(f);
    return (struct text){bytes, n};
}

// ---- values of the test files ----

static struct text type_of(struct arena *a, const xmlNode *n) {
    struct text t = xml_attribute(a, n, "http://www.w3.org/2001/XMLSchema-instance", "type");
    size_t colon;
    return text_find(t, T(":"), &colon) ? text_slice(t, colon + 1, t.n) : t;
}

static struct feel_value temporal(struct arena *a, struct text t) {
    const struct feel_expression *x;
    struct feel_value v;
    struct text source = TEXT_JOIN(a, T("@\""), text_trim(t), T("\""));
    if (feel_parse(a, source, FEEL_EXPRESSION, NULL, &x, NULL) || feel_eval(x, NULL, NULL, a, &v, NULL))
        return feel_null();
    return v;
}

static struct feel_value untyped(struct arena *a, struct text t) {
    if (!t.n) return feel_null();
    struct feel_value number = feel_number_of(text_trim(t));
    if (number.kind == FEEL_NUMBER) return number;
    if (text_eq(text_trim(t), T("true")) || text_eq(text_trim(t), T("false")))
        return feel_boolean(text_eq(text_trim(t), T("true")));
    struct feel_value v = temporal(a, t);
    return v.kind != FEEL_NULL ? v : feel_string(t.p ? t : T(""));
}

static struct feel_value scalar(struct arena *a, const xmlNode *n) {
    struct text t = xml_content(a, n), type = type_of(a, n);
    struct text nil = xml_attribute(a, n, "http://www.w3.org/2001/XMLSchema-instance", "nil");
    if (text_eq(nil, T("true"))) return feel_null();
    if (text_eq(type, T("boolean"))) return feel_boolean(text_eq(text_trim(t), T("true")));
    bool is_number = text_eq(type, T("decimal")) || text_eq(type, T("double")) ||
                     text_eq(type, T("integer")) || text_eq(type, T("int")) || text_eq(type, T("long")) ||
                     text_eq(type, T("float"));
    if (is_number) return feel_number_of(text_trim(t));
    bool is_temporal = text_eq(type, T("date")) || text_eq(type, T("time")) || text_eq(type, T("dateTime")) ||
                       text_eq(type, T("duration")) || text_eq(type, T("dayTimeDuration")) ||
                       text_eq(type, T("yearMonthDuration"));
    if (!is_temporal && type.n) return feel_string(t.p ? t : T(""));
    if (!type.n) return untyped(a, t);
    return temporal(a, t);
}

static struct feel_value value_in(struct arena *a, const xmlNode *holder) {
    struct feel_value c = feel_empty_context();
    for (const xmlNode *n = xml_child(holder); n; n = xml_next(n)) {
        if (xml_is(n, NULL, "value")) return scalar(a, n);
        if (xml_is(n, NULL, "list")) {
            struct feel_value l = feel_list_of(NULL, 0);
            struct text nil = xml_attribute(a, n, "http://www.w3.org/2001/XMLSchema-instance", "nil");
            if (text_eq(nil, T("true"))) return feel_null();
            for (const xmlNode *item = xml_child(n); item; item = xml_next(item))
                feel_append(a, &l, value_in(a, item));
            return l;
        }
        if (xml_is(n, NULL, "component")) feel_put(a, &c, xml_attribute(a, n, NULL, "name"), value_in(a, n));
    }
    return c.context.count ? c : feel_null();
}

// ---- comparing ----

static double real(const struct feel_value *v) {
    struct arena a = {0};
    double d = strtod(text_c(&a, feel_print(&a, v)), NULL);
    arena_free(&a);
    return d;
}

static bool same(const struct feel_value *got, const struct feel_value *want) {
    if (got->kind != want->kind) return false;
    if (got->kind == FEEL_NUMBER) {
        double a = real(got), b = real(want), d = a - b, size = b < 0 ? -b : b;
        return (d < 0 ? -d : d) <= 1e-8 * (size > 1 ? size : 1);
    }
    if (got->kind == FEEL_LIST) {
        if (got->list.count != want->list.count) return false;
        for (size_t i = 0; i < got->list.count; i++)
            if (!same(&got->list.items[i], &want->list.items[i])) return false;
        return true;
    }
    if (got->kind == FEEL_CONTEXT) {
        if (got->context.count != want->context.count) return false;
        for (size_t i = 0; i < want->context.count; i++) {
            struct feel_value g = feel_get(got, want->context.entries[i].key);
            if (!same(&g, &want->context.entries[i].value)) return false;
        }
        return true;
    }
    return feel_equal(got, want) == FEEL_TRUE;
}

// ---- running ----

static const struct dmn_model *model(struct folder *f, struct text file) {
    for (size_t i = 0; i < f->model_count; i++)
        if (text_eq(text_of(f->names[i]), file)) return f->models[i];
    return NULL;
}

static bool result_passes(const struct dmn_model *m, struct text name, const struct feel_value *input,
                          const xmlNode *node, struct arena *a, const char *where) {
    struct feel_now now = {{1795000000000}, T("Europe/Paris")};
    struct dmn_trace trace = {0};
    struct feel_value got, want = feel_null();
    if (dmn_evaluate(m, name, input, &now, a, &got, &trace)) return false;
    for (const xmlNode *n = xml_child(node); n; n = xml_next(n))
        if (xml_is(n, NULL, "expected")) want = value_in(a, n);
    // A service of several decisions gives a context; the case names one of them.
    struct text part = xml_attribute(a, node, NULL, "name");
    if (!text_eq(part, name) && feel_has(&got, part)) got = feel_get(&got, part);
    bool ok = same(&got, &want);
    if (!ok && getenv("SHOW")) {
        struct text g = feel_print_literal(a, &got), w = feel_print_literal(a, &want);
        print_message("# %s %.*s: %.*s, wanted %.*s\n", where, TEXT_ARG(name), TEXT_ARG(g), TEXT_ARG(w));
    }
    return ok;
}

static bool case_passes(struct folder *f, const struct dmn_model *m, const xmlNode *test) {
    struct arena a = {0};
    struct feel_value input = feel_empty_context();
    bool ok = true;
    struct text service = xml_attribute(&a, test, NULL, "invocableName");
    for (const xmlNode *n = xml_child(test); n; n = xml_next(n))
        if (xml_is(n, NULL, "inputNode"))
            feel_put(&a, &input, xml_attribute(&a, n, NULL, "name"), value_in(&a, n));
    for (const xmlNode *n = xml_child(test); n; n = xml_next(n)) {
        if (!xml_is(n, NULL, "resultNode")) continue;
        struct text name = service.n ? service : xml_attribute(&a, n, NULL, "name");
        const char *where = text_c(&a, TEXT_JOIN(&a, text_of(strrchr(f->path, '/') + 1), T(" "),
                                                 xml_attribute(&a, test, NULL, "id")));
        ok &= result_passes(m, name, &input, n, &a, where);
    }
    arena_free(&a);
    return ok;
}

static void run_test_file(struct folder *f, const char *path, struct tally *t) {
    xmlDoc *doc;
    assert_ok(xml_read(read_file(&f->arena, path), &doc, NULL));
    const xmlNode *root = xmlDocGetRootElement(doc);
    const struct dmn_model *m = NULL;
    for (const xmlNode *n = xml_child(root); n; n = xml_next(n)) {
        if (xml_is(n, NULL, "modelName")) m = model(f, text_trim(xml_content(&f->arena, n)));
        if (!xml_is(n, NULL, "testCase")) continue;
        t->total++;
        t->passed += m && case_passes(f, m, n);
    }
    xmlFreeDoc(doc);
}

// Models that import others need them first; the few of one folder are tried until no more can be read.
static void read_models(struct folder *f) {
    size_t before;
    do {
        before = f->model_count;
        DIR *d = opendir(f->path);
        struct dirent *entry;
        while ((entry = readdir(d))) {
            struct problem p = {0};
            struct dmn_read_options o = {f->models, f->model_count, true};
            if (!text_ends(text_of(entry->d_name), T(".dmn")) || model(f, text_of(entry->d_name))) continue;
            const char *path = join(&f->arena, f->path, entry->d_name);
            enum status st =
                dmn_read_with(&f->arena, read_file(&f->arena, path), &o, &f->models[f->model_count], &p);
            if (st && getenv("SHOW")) print_message("# %s: %s line %d\n", path, p.rule, (int)p.line);
            if (!st) snprintf(f->names[f->model_count++], 256, "%s", entry->d_name);
        }
        closedir(d);
    } while (f->model_count > before && f->model_count < MODELS_MAX);
}

static void run_folder(const char *path, struct tally *t) {
    struct folder f = {.path = path};
    read_models(&f);
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        const char *file = join(&f.arena, path, entries[i]->d_name);
        if (text_ends(text_of(file), T(".xml"))) run_test_file(&f, file, t);
        free(entries[i]);
    }
    free(entries);
    arena_free(&f.arena);
}

static struct tally run_level(const char *level) {
    struct tally t = {0};
    struct dirent **entries;
    int count = scandir(level, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        struct arena a = {0};
        if (entries[i]->d_name[0] != '.') run_folder(join(&a, level, entries[i]->d_name), &t);
        arena_free(&a);
        free(entries[i]);
    }
    free(entries);
    print_message("# %s: %d of %d\n", level, t.passed, t.total);
    return t;
}

static void level_passes(const char *level, int floor) {
    const char *path = data_path(level);
    if (!path) skip_no_data();
    char copy[4096];
    snprintf(copy, sizeof copy, "%s", path);
    struct tally t = run_level(copy);
    assert_true(t.passed >= floor);
}

static void all_cases_of_level_2_pass(void **state) {
    (void)state;
    level_passes("dmn-tck/compliance-level-2", 45);
}

static void all_cases_of_level_3_pass(void **state) {
    (void)state;
    level_passes("dmn-tck/compliance-level-3", 1231);
}

static void cases_beyond_the_standard_pass(void **state) {
    (void)state;
    level_passes("dmn-tck/non-compliant", 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_cases_of_level_2_pass),
        cmocka_unit_test(all_cases_of_level_3_pass),
        cmocka_unit_test(cases_beyond_the_standard_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
