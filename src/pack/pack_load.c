#include "pack/access_rules.h"
#include "pack/identity_law.h"
#include "pack/pack_inside.h"
#include "pack/pack_sign.h"

enum { PACK_REFERENCES_MAX = 100, PACK_OPENERS_MAX = 2 /* the person, and staff */ };

enum status pack_problem_in(struct pack *pack, struct text file, enum status st, struct problem *p) {
    if (!st || !p) return st;
    // Parsers of other rooms put the place into `field`; ours is the file.
    struct text place = text_of(p->field);
    bool has_where = false;
    for (size_t i = 0; i < PROBLEM_ARGS_MAX && p->args[i].name; i++)
        has_where |= text_eq(text_of(p->args[i].name), T("where"));
    if (!p->args[PROBLEM_ARGS_MAX - 1].name && !has_where) problem_arg(p, "where", place);
    p->field = text_c(&pack->arena, file);
    return st;
}

static struct text content_of(const struct pack_file *f) {
    return text_of_bytes(f->content);
}

// ---- one reader a kind of file
// -----------------------------------------------------------------------------

static enum status load_form(struct pack *pack, const struct pack_file *f, struct problem *p) {
    struct form *form;
    enum status st = form_read(&pack->arena, content_of(f), &form, p);
    if (st) return st;
    const struct reading r = {&pack->arena, p, T("")};
    bool is_double = pack_form(pack, form->id) != NULL;
    *ARENA_PUSH(&pack->arena, &pack->forms) = form;
    return is_double ? reading_fail(&r, "id", "duplicate", form->id) : STATUS_OK;
}

static enum status load_register(struct pack *pack, const struct pack_file *f, struct problem *p) {
    struct pack_register *g;
    enum status st = register_read(&pack->arena, content_of(f), &g, p);
    if (st) return st;
    const struct reading r = {&pack->arena, p, T("")};
    const struct pack_register *same = pack_register(pack, g->id);
    for (size_t i = 0; i < pack->registers.count && !same; i++)
        if (text_eq(pack->registers.items[i]->prefix, g->prefix)) same = g;
    *ARENA_PUSH(&pack->arena, &pack->registers) = g; // pack_free closes it
    pack->registers.own = pack->registers.count;
    if (same) return reading_fail(&r, "register.id", "duplicate", g->id);
    return pack->registers.count > REGISTERS_MAX ? reading_fail(&r, NULL, "too_many", T("100")) : STATUS_OK;
}

static const struct letter_template *find_part(const void *pack, struct text id) {
    return pack_part(pack, id);
}

static enum status load_part(struct pack *pack, const struct pack_file *f, struct problem *p) {
    struct letter_template *part;
    enum status st = letter_read_parts(&pack->arena, content_of(f), find_part, pack, &part, p);
    if (st) return st;
    const struct reading r = {&pack->arena, p, T("")};
    if (pack_part(pack, part->id)) return reading_fail(&r, "id", "duplicate", part->id);
    *ARENA_PUSH(&pack->arena, &pack->parts) = part;
    return STATUS_OK;
}

static enum status load_letter(struct pack *pack, const struct pack_file *f, struct problem *p) {
    struct letter_template *letter;
    enum status st = letter_read(&pack->arena, content_of(f), find_part, pack, &letter, p);
    if (st) return st;
    const struct reading r = {&pack->arena, p, T("")};
    if (pack_letter(pack, letter->id)) return reading_fail(&r, "id", "duplicate", letter->id);
    letter->defaults = &pack->letter_values;
    *ARENA_PUSH(&pack->arena, &pack->letters) = letter;
    return STATUS_OK;
}

static enum status load_calendar(struct pack *pack, const struct pack_file *f, struct problem *p) {
    struct calendar *calendar;
    enum status st = calendar_read(&pack->arena, content_of(f), &calendar, p);
    if (st) return st;
    const struct reading r = {&pack->arena, p, T("")};
    if (pack_calendar(pack, calendar_id(calendar)))
        return reading_fail(&r, "id", "duplicate", calendar_id(calendar));
    *ARENA_PUSH(&pack->arena, &pack->calendars) = calendar;
    return STATUS_OK;
}

static enum status load_codes(struct pack *pack, const struct pack_file *f, struct problem *p) {
    json_t *j;
    enum status st = json_read(content_of(f), PACK_FILE_BYTES_MAX, &j, p);
    if (st) return st;
    *ARENA_PUSH(&pack->arena, &pack->kept) = j;
    const struct reading r = {&pack->arena, p, T("")};
    struct code_list list = {0};
    st = codes_read(&r, j, &list);
    if (st) return st;
    if (pack_codes(pack, list.id)) return reading_fail(&r, "id", "duplicate", list.id);
    *ARENA_PUSH(&pack->arena, &pack->codes) = list;
    return STATUS_OK;
}

static enum status load_process(struct pack *pack, const struct pack_file *f, struct problem *p) {
    const struct flow_model *model;
    enum status st = flow_read(&pack->arena, content_of(f), T(""), &model, p);
    if (st) return st;
    const struct reading r = {&pack->arena, p, T("")};
    if (pack_process_with(pack, flow_process_id(model)))
        return reading_fail(&r, "id", "duplicate", flow_process_id(model));
    *ARENA_PUSH(&pack->arena, &pack->processes) = (struct pack_process){f->name, model};
    return STATUS_OK;
}

static enum status load_decision(struct pack *pack, const struct pack_file *f, struct problem *p) {
    const struct dmn_model *model;
    enum status st = dmn_read(&pack->arena, content_of(f), &model, p);
    if (!st) *ARENA_PUSH(&pack->arena, &pack->decisions) = (struct pack_decision){f->name, model};
    return st;
}

static enum status load_access(struct pack *pack, const struct pack_file *f, struct problem *p) {
    json_t *j;
    enum status st = json_read(content_of(f), PACK_FILE_BYTES_MAX, &j, p);
    if (st) return st;
    const struct reading r = {&pack->arena, p, T("")};
    st = access_read(&r, j, &pack->access);
    json_decref(j);
    return st;
}

static enum status load_deadlines(struct pack *pack, const struct pack_file *f, struct problem *p) {
    return deadlines_read(&pack->arena, content_of(f), &pack->deadlines, p);
}

static enum status load_stay(struct pack *pack, const struct pack_file *f, struct problem *p) {
    struct stay_law *law;
    enum status st = stay_law_read(&pack->arena, content_of(f), &law, p);
    if (!st) pack->stay = law;
    return st;
}

static enum status load_lookups(struct pack *pack, const struct pack_file *f, struct problem *p) {
    return lookups_read(&pack->arena, content_of(f), &pack->lookups, p);
}

static enum status load_invitations(struct pack *pack, const struct pack_file *f, struct problem *p) {
    struct invitation_law *law = ARENA_NEW(&pack->arena, struct invitation_law);
    pack->invitations = law;
    return invitation_law_read(&pack->arena, content_of(f), law, p);
}

static enum status load_identity(struct pack *pack, const struct pack_file *f, struct problem *p) {
    struct identity_law *law;
    enum status st = identity_law_read(&pack->arena, content_of(f), &law, p);
    if (!st) pack->identity = law;
    return st;
}

static enum status load_exchange(struct pack *pack, const struct pack_file *f, struct problem *p) {
    if (text_eq(f->name, EXCHANGE_STEPS_FILE)) return STATUS_OK; // load_steps, when all types are known
    pack->exchange = &pack->exchange_own;
    return exchange_law_read(&pack->arena, content_of(f), &pack->exchange_own, p);
}

static enum status load_steps(struct pack *pack, struct problem *p) {
    const struct pack_file *f = pack_file_find(&pack->files, EXCHANGE_STEPS_FILE);
    const struct reading r = {&pack->arena, p, T("")};
    if (!f) return STATUS_OK;
    enum status st = pack->exchange
                         ? exchange_steps_read(&pack->arena, content_of(f), pack->exchange, &pack->steps, p)
                         : reading_fail(&r, NULL, "file_missing", T("exchange"));
    return pack_problem_in(pack, f->name, st, p);
}

static enum status load_plausibility(struct pack *pack, const struct pack_file *f, struct problem *p) {
    pack->exchange = &pack->exchange_own;
    return dmn_read(&pack->arena, content_of(f), &pack->exchange_own.plausibility, p);
}

// Texts are read together at the end; the signature is no part of the law.
static enum status load_walk(struct pack *pack, const struct pack_file *f, struct problem *p) {
    json_t *j;
    enum status st = json_read(content_of(f), PACK_FILE_BYTES_MAX, &j, p);
    if (st) return st;
    *ARENA_PUSH(&pack->arena, &pack->kept) = j;
    const struct reading r = {&pack->arena, p, T("")};
    if (pack->walks.count == WALKS_MAX) return reading_fail(&r, NULL, "too_many", T("200"));
    struct text name = text_slice(f->name, sizeof "walks/" - 1, f->name.n - (sizeof ".json" - 1));
    return walk_read(&r, name, j, ARENA_PUSH(&pack->arena, &pack->walks));
}

static enum status load_later(struct pack *pack, const struct pack_file *f, struct problem *p) {
    (void)pack, (void)f, (void)p;
    return STATUS_OK;
}

static const struct {
    const char *folder, *ending;
    enum status (*load)(struct pack *, const struct pack_file *, struct problem *);
} KINDS[] = {
    {"forms/", ".form", load_form},           {"parts/", ".json", load_part},
    {"letters/", ".json", load_letter},       {"calendars/", ".json", load_calendar},
    {"codes/", ".json", load_codes},          {"processes/", ".bpmn", load_process},
    {"decisions/", ".dmn", load_decision},    {"texts/", ".po", load_later},
    {"walks/", ".json", load_walk},           {"access.json", "", load_access},
    {"deadlines.json", "", load_deadlines},   {"pack.sig", "", load_later},
    {"registers/", ".form", load_register},   {"stay.json", "", load_stay},
    {"identity.json", "", load_identity},     {"exchange/", ".json", load_exchange},
    {"exchange/", ".dmn", load_plausibility}, {"lookups.json", "", load_lookups},
    {"invitations.json", "", load_invitations},
};

static enum status load_file(struct pack *pack, const struct pack_file *f, struct problem *p) {
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (text_starts(f->name, text_of(KINDS[i].folder)) && text_ends(f->name, text_of(KINDS[i].ending)))
            return pack_problem_in(pack, f->name, KINDS[i].load(pack, f, p), p);
    const struct reading r = {&pack->arena, p, f->name};
    return pack_problem_in(pack, f->name, reading_fail(&r, NULL, "file_name", f->name), p);
}

static enum status load_texts(struct pack *pack, struct problem *p) {
    struct po_input inputs[TEXT_LANGUAGES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < pack->files.count; i++) {
        const struct pack_file *f = &pack->files.items[i];
        if (!text_starts(f->name, T("texts/"))) continue;
        const struct reading r = {&pack->arena, p, f->name};
        if (count == TEXT_LANGUAGES_MAX) return reading_fail(&r, NULL, "too_many", T("32"));
        inputs[count++] = (struct po_input){text_slice(f->name, 6, f->name.n - 3), f->name, content_of(f)};
    }
    struct catalog *catalog;
    enum status st = catalog_read(&pack->arena, inputs, count, &catalog, p);
    pack->catalog = catalog;
    return st;
}

// ---- pack.json
// ---------------------------------------------------------------------------------------------

static enum status read_references(struct pack *pack, const struct reading *r, const json_t *j) {
    static const char *const KNOWN[] = {"id", "title", "eli", NULL};
    json_t *list, *item;
    size_t i;
    enum status st = reading_array(r, j, "legal_references", PACK_REFERENCES_MAX, &list);
    if (!st && !list) st = reading_fail(r, NULL, "member_missing", T("legal_references"));
    if (st) return st;
    struct reading at = reading_member(r, "legal_references");
    json_array_foreach(list, i, item) {
        struct reading here = reading_item(&at, i);
        struct legal_reference *ref = ARENA_PUSH(r->a, &pack->legal);
        st = reading_only(&here, item, KNOWN);
        if (!st) st = reading_need_text(&here, item, "id", &ref->id);
        if (!st) st = reading_need_text(&here, item, "title", &ref->title);
        if (!st) st = reading_need_text(&here, item, "eli", &ref->eli);
        if (st) return st;
    }
    return STATUS_OK;
}

// The manifest names every file there is, and nothing else: a file forgotten in copying is noticed.
static enum status check_list(struct pack *pack, const struct reading *r, const json_t *j) {
    struct text *names;
    size_t count;
    enum status st = reading_texts(r, j, "files", PACK_FILES_MAX, &names, &count);
    for (size_t i = 0; i < count && !st; i++) {
        if (!pack_file_find(&pack->files, names[i])) st = reading_fail(r, "files", "file_missing", names[i]);
        for (size_t k = 0; k < i && !st; k++)
            if (text_eq(names[k], names[i])) st = reading_fail(r, "files", "duplicate", names[i]);
    }
    for (size_t i = 0; i < pack->files.count && !st; i++) {
        struct text name = pack->files.items[i].name;
        bool listed = text_eq(name, T("pack.json")) || text_eq(name, PACK_SIGNATURE_FILE);
        for (size_t k = 0; k < count; k++) listed |= text_eq(names[k], name);
        if (!listed) st = reading_fail(r, "files", "file_not_listed", name);
    }
    return st;
}

// What all letters of the authority say: phone, court, legal aid.
static enum status read_letter_values(struct pack *pack, const struct reading *r, const json_t *j) {
    const json_t *object = json_object_get(j, "letter_values");
    const char *name;
    json_t *value;
    pack->letter_values.arena = &pack->arena;
    if (object && !json_is_object(object)) return reading_fail(r, "letter_values", "value_kind", T("object"));
    json_object_foreach((json_t *)object, name, value) {
        struct text t = {json_string_value(value), json_is_string(value) ? json_string_length(value) : 0};
        if (!t.n || answers_set(&pack->letter_values, text_of(name), t) != STATUS_OK)
            return reading_fail(r, "letter_values", "value_kind", text_of(name));
    }
    return STATUS_OK;
}

// The letters of the procedure in a case number.
static enum status read_number(struct pack *pack, const struct reading *r, const json_t *j) {
    enum status st = reading_text(r, j, "number", &pack->number);
    if (st) return st;
    if (!pack->number.n) pack->number = T("ASY");
    bool fits = pack->number.n == 3;
    for (size_t i = 0; fits && i < 3; i++) fits = pack->number.p[i] >= 'A' && pack->number.p[i] <= 'Z';
    return fits ? STATUS_OK : reading_fail(r, "number", "value_range", pack->number);
}

static enum status read_openers(struct pack *pack, const struct reading *r, const json_t *j) {
    struct text *words;
    size_t count;
    enum status st = reading_texts(r, j, "opened_by", PACK_OPENERS_MAX, &words, &count);
    pack->is_opened_by_person = pack->is_opened_by_staff = !count;
    for (size_t i = 0; i < count && !st; i++) {
        bool person = text_eq(words[i], T("person")), staff = text_eq(words[i], T("staff"));
        pack->is_opened_by_person |= person;
        pack->is_opened_by_staff |= staff;
        if (!person && !staff) st = reading_fail(r, "opened_by", "value_unknown", words[i]);
    }
    return st;
}

static enum status read_manifest(struct pack *pack, const struct reading *r, const json_t *j) {
    static const char *const KNOWN[] = {"id",
                                        "version",
                                        "title",
                                        "valid_from",
                                        "valid_to",
                                        "chosen_by",
                                        "needs",
                                        "procedure",
                                        "official_language",
                                        "calendar",
                                        "files",
                                        "note",
                                        "letter_values",
                                        "legal_references",
                                        "number",
                                        "opened_by",
                                        "purpose",
                                        NULL};
    static const char *const CHOICES[] = {"made", "registered", "lodged", NULL};
    int choice = PACK_BY_MADE;
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_need_text(r, j, "id", &pack->id);
    if (!st) st = reading_need_text(r, j, "version", &pack->version);
    if (!st) st = reading_need_text(r, j, "title", &pack->title_key);
    if (!st) st = reading_text(r, j, "procedure", &pack->procedure);
    if (!st) st = reading_text(r, j, "calendar", &pack->calendar_id);
    if (!st && pack->procedure.n && !pack->calendar_id.n)
        st = reading_fail(r, NULL, "member_missing", T("calendar"));
    if (!st) st = reading_need_text(r, j, "official_language", &pack->official_language);
    if (!st) st = reading_date(r, j, "valid_from", &pack->valid_from);
    if (!st && !pack->valid_from.year) st = reading_fail(r, NULL, "member_missing", T("valid_from"));
    if (!st) st = reading_date(r, j, "valid_to", &pack->valid_to);
    if (!st && pack->valid_to.year && date_cmp(pack->valid_to, pack->valid_from) < 0)
        st = reading_fail(r, "valid_to", "value_range", date_print(r->a, pack->valid_to));
    if (!st) st = reading_choice(r, j, "chosen_by", CHOICES, &choice);
    pack->chosen_by = (enum pack_choice)choice;
    if (!st) st = read_number(pack, r, j);
    if (!st) st = reading_text(r, j, "purpose", &pack->purpose);
    if (!pack->purpose.n) pack->purpose = T("asylum_examination");
    if (!st) st = read_openers(pack, r, j);
    if (!st) st = needs_read(pack, r, j);
    if (!st) st = read_references(pack, r, j);
    if (!st) st = read_letter_values(pack, r, j);
    if (!st) st = check_list(pack, r, j);
    return st;
}

static enum status load_manifest(struct pack *pack, struct problem *p) {
    const struct reading r = {&pack->arena, p, T("")};
    const struct pack_file *f = pack_file_find(&pack->files, T("pack.json"));
    json_t *j;
    if (!f) return reading_fail(&r, NULL, "file_missing", T("pack.json"));
    enum status st = json_read(content_of(f), PACK_FILE_BYTES_MAX, &j, p);
    if (st) return st;
    st = read_manifest(pack, &r, j);
    json_decref(j);
    return st;
}

// Parts of letters first: letters take them in.
static enum status load_files(struct pack *pack, bool parts, struct problem *p) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < pack->files.count && !st; i++) {
        const struct pack_file *f = &pack->files.items[i];
        if (!text_eq(f->name, T("pack.json")) && text_starts(f->name, T("parts/")) == parts)
            st = pack_mistake(pack, load_file(pack, f, p), p);
    }
    return st;
}

enum status pack_load(struct pack *pack, struct problem *p) {
    enum status st = pack_mistake(pack, pack_problem_in(pack, T("pack.json"), load_manifest(pack, p), p), p);
    if (!st) st = pack_mistake(pack, needs_load(pack, p), p);
    if (!st) st = load_files(pack, true, p);
    if (!st) st = load_files(pack, false, p);
    if (!st) st = pack_mistake(pack, exchange_law_done(&pack->arena, &pack->exchange_own, p), p);
    if (!st) st = pack_mistake(pack, load_texts(pack, p), p);
    if (!st) st = pack_mistake(pack, needs_join_texts(pack, p), p);
    for (size_t i = 0; i < pack->codes.count && !st && pack->catalog; i++) {
        const struct reading r = {&pack->arena, p, pack->codes.items[i].id};
        st = codes_name(&r, &pack->codes.items[i], pack->catalog);
        st = pack_mistake(pack, pack_problem_in(pack, T("codes"), st, p), p);
    }
    if (!st) st = needs_join(pack);
    return st ? st : pack_mistake(pack, load_steps(pack, p), p);
}
