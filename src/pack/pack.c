// The pack's life and the ways into it.
#include <assert.h>
#include <stdlib.h>

#include "pack/pack_inside.h"

static void copy_files(struct pack *pack, const struct pack_files *files) {
    for (size_t i = 0; i < files->count; i++) {
        struct pack_file f = {text_copy(&pack->arena, files->items[i].name),
                              bytes_copy(&pack->arena, files->items[i].content)};
        *ARENA_PUSH(&pack->arena, &pack->given) = f;
        if (!text_starts(f.name, T("needs/"))) *ARENA_PUSH(&pack->arena, &pack->files) = f;
    }
    struct arena scratch = {0};
    pack->hash = hash_of(pack_files_encode(&scratch, files));
    arena_free(&scratch);
}

void pack_free(struct pack *pack) {
    for (size_t i = 0; i < pack->forms.count; i++) form_close(pack->forms.items[i]);
    for (size_t i = 0; i < pack->registers.own; i++) register_close(pack->registers.items[i]);
    for (size_t i = 0; i < pack->kept.count; i++) json_decref(pack->kept.items[i]);
    for (size_t i = 0; i < pack->need_count; i++) pack_release(pack->needs[i].pack);
    arena_free(&pack->arena);
    free(pack);
}

bool pack_within_limits(const struct pack_files *files) {
    size_t total = 0;
    for (size_t i = 0; i < files->count; i++) {
        total += files->items[i].content.n;
        if (files->items[i].content.n > PACK_FILE_BYTES_MAX || files->items[i].name.n > PACK_NAME_MAX)
            return false;
    }
    return files->count <= PACK_FILES_MAX && total <= PACK_BYTES_MAX;
}

struct pack *pack_new(const struct pack_files *files) {
    struct pack *pack = calloc(1, sizeof *pack);
    if (!pack) abort(); // as arena_alloc does: nothing sensible is left
    atomic_init(&pack->references, 1);
    copy_files(pack, files);
    return pack;
}

enum status pack_read(struct arena *a, const struct pack_files *files, struct pack **out, struct problem *p) {
    *out = NULL;
    if (!pack_within_limits(files)) {
        enum status st = problem(p, "", "file_size", "problem.pack.file_size");
        problem_arg(p, "where", T("pack.json"));
        return st == STATUS_INVALID ? STATUS_TOO_LARGE : st;
    }
    struct pack *pack = pack_new(files);
    enum status st = pack_load(pack, p);
    if (!st) st = pack_check(pack, p);
    if (st) {
        if (p) *p = problem_copy(a, p); // the pack's arena is about to go
        pack_free(pack);
        return st;
    }
    *out = pack;
    return STATUS_OK;
}

struct pack *pack_keep(const struct pack *pack) {
    struct pack *kept = (struct pack *)pack;
    int before = atomic_fetch_add_explicit(&kept->references, 1, memory_order_relaxed);
    assert(before > 0);
    return kept;
}

void pack_release(const struct pack *pack) {
    if (!pack) return;
    struct pack *held = (struct pack *)pack;
    if (atomic_fetch_sub_explicit(&held->references, 1, memory_order_acq_rel) == 1) pack_free(held);
}

struct text pack_id(const struct pack *pack) {
    return pack->id;
}
struct text pack_version(const struct pack *pack) {
    return pack->version;
}
struct text pack_title_key(const struct pack *pack) {
    return pack->title_key;
}
struct date pack_valid_from(const struct pack *pack) {
    return pack->valid_from;
}
struct date pack_valid_to(const struct pack *pack) {
    return pack->valid_to;
}
bool pack_is_valid_on(const struct pack *pack, struct date on) {
    return date_cmp(on, pack->valid_from) >= 0 && (!pack->valid_to.year || date_cmp(on, pack->valid_to) <= 0);
}
enum pack_choice pack_chosen_by(const struct pack *pack) {
    return pack->chosen_by;
}
struct hash pack_hash(const struct pack *pack) {
    return pack->hash;
}
struct text pack_number(const struct pack *pack) {
    return pack->number;
}

struct text pack_purpose(const struct pack *pack) {
    return pack->purpose;
}

bool pack_opened_by_person(const struct pack *pack) {
    return pack->is_opened_by_person;
}

bool pack_opened_by_staff(const struct pack *pack) {
    return pack->is_opened_by_staff;
}

struct text pack_procedure(const struct pack *pack) {
    return pack->procedure;
}
struct text pack_official_language(const struct pack *pack) {
    return pack->official_language;
}
const struct catalog *pack_catalog(const struct pack *pack) {
    return pack->catalog;
}
const struct access_rules *pack_access(const struct pack *pack) {
    return &pack->access;
}
const struct deadlines *pack_deadlines(const struct pack *pack) {
    return &pack->deadlines;
}

size_t pack_legal_references(const struct pack *pack, const struct legal_reference **out) {
    *out = pack->legal.items;
    return pack->legal.count;
}

size_t pack_walks(const struct pack *pack, const struct walk **out) {
    *out = pack->walks.items;
    return pack->walks.count;
}

const struct form *pack_form(const struct pack *pack, struct text id) {
    for (size_t i = 0; i < pack->forms.count; i++)
        if (text_eq(pack->forms.items[i]->id, id)) return pack->forms.items[i];
    return NULL;
}

size_t pack_registers(const struct pack *pack) {
    return pack->registers.count;
}

const struct pack_register *pack_register_at(const struct pack *pack, size_t index) {
    assert(index < pack->registers.count);
    return pack->registers.items[index];
}

const struct pack_register *pack_register(const struct pack *pack, struct text id) {
    for (size_t i = 0; i < pack->registers.count; i++)
        if (text_eq(pack->registers.items[i]->id, id)) return pack->registers.items[i];
    return NULL;
}

const struct letter_template *pack_letter(const struct pack *pack, struct text id) {
    for (size_t i = 0; i < pack->letters.count; i++)
        if (text_eq(pack->letters.items[i]->id, id)) return pack->letters.items[i];
    return NULL;
}

const struct deadline_rule *pack_deadline(const struct pack *pack, struct text id, struct date on) {
    return deadlines_find(&pack->deadlines, id, on);
}

const struct calendar *pack_calendar(const struct pack *pack, struct text id) {
    if (!id.n) id = pack->calendar_id;
    for (size_t i = 0; i < pack->calendars.count; i++)
        if (text_eq(calendar_id(pack->calendars.items[i]), id)) return pack->calendars.items[i];
    return NULL;
}

const struct identity_law *pack_identity(const struct pack *pack) {
    return pack->identity;
}

const struct exchange_law *pack_exchange(const struct pack *pack) {
    return pack->exchange;
}

const struct exchange_steps *pack_steps(const struct pack *pack) {
    return &pack->steps;
}

const struct stay_law *pack_stay(const struct pack *pack) {
    return pack->stay;
}

const struct calendar *pack_rule_calendar(const struct pack *pack, const struct deadline_rule *rule) {
    return pack_calendar(pack, rule->calendar);
}

size_t pack_processes(const struct pack *pack) {
    return pack->processes.count;
}

struct text pack_process_file(const struct pack *pack, size_t index) {
    return index < pack->processes.count ? pack->processes.items[index].file : T("");
}

const struct flow_model *pack_process(const struct pack *pack, size_t index) {
    return index < pack->processes.count ? pack->processes.items[index].model : NULL;
}

const struct flow_model *pack_process_with(const struct pack *pack, struct text process_id) {
    for (size_t i = 0; i < pack->processes.count; i++)
        if (text_eq(flow_process_id(pack->processes.items[i].model), process_id))
            return pack->processes.items[i].model;
    return NULL;
}

size_t pack_decisions(const struct pack *pack) {
    return pack->decisions.count;
}
struct text pack_decision_file(const struct pack *pack, size_t index) {
    assert(index < pack->decisions.count);
    return pack->decisions.items[index].file;
}
const struct dmn_model *pack_decision(const struct pack *pack, size_t index) {
    assert(index < pack->decisions.count);
    return pack->decisions.items[index].model;
}

const struct dmn_model *pack_decision_with(const struct pack *pack, struct text decision_id) {
    for (size_t i = 0; i < pack->decisions.count; i++)
        if (dmn_find(pack->decisions.items[i].model, decision_id)) return pack->decisions.items[i].model;
    return NULL;
}

struct bytes pack_file_content(const struct pack *pack, struct text name) {
    const struct pack_file *f = pack_file_find(&pack->given, name);
    return f ? f->content : (struct bytes){0};
}

// A file of the pack itself, else of one that it needs.
static struct bytes source_of(const struct pack *pack, struct text folder, struct text id) {
    struct arena a = {0};
    struct text name = TEXT_JOIN(&a, folder, id, T(".form"));
    struct bytes found = pack_file_content(pack, name);
    name = TEXT_JOIN(&a, T("/"), name);
    for (size_t i = 0; !found.n && i < pack->given.count; i++)
        if (text_ends(pack->given.items[i].name, name)) found = pack->given.items[i].content;
    arena_free(&a);
    return found;
}

struct bytes pack_form_source(const struct pack *pack, struct text id) {
    return source_of(pack, T("forms/"), id);
}

struct bytes pack_register_source(const struct pack *pack, struct text id) {
    return source_of(pack, T("registers/"), id);
}

const struct code_list *pack_codes(const struct pack *pack, struct text list) {
    for (size_t i = 0; i < pack->codes.count; i++)
        if (text_eq(pack->codes.items[i].id, list)) return &pack->codes.items[i];
    return NULL;
}

// A code out of use is no answer to a question asked today.
static bool code_is_current(const void *context, struct text list, struct text code) {
    const struct code_list *l = pack_codes(context, list);
    const struct code *c = l ? code_find(l, code) : NULL;
    return c && !c->until.n;
}

struct form_context pack_form_context(const struct pack *pack, struct date today) {
    return (struct form_context){today, code_is_current, pack};
}

enum status pack_outcome(const struct pack *pack, struct text code, struct outcome *out) {
    const struct code_list *l = pack_codes(pack, T("outcome"));
    const struct code *c = l ? code_find(l, code) : NULL;
    if (!c) return STATUS_NOT_FOUND;
    *out = (struct outcome){
        .code = c->code,
        .label_key = c->label_key,
        .is_adverse = code_flag(c, "adverse"),
        .needs_second = code_flag(c, "second_officer"),
        .is_grant = code_flag(c, "grant"),
        .appeal = code_text(c, "appeal"),
        .letter = code_text(c, "letter"),
        .appeal_suspends = code_flag(c, "appeal_suspends"),
    };
    return STATUS_OK;
}
