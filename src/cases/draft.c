// draft.c - looking at drafts of the law and at the versions that they are made from.
#include "cases/draft_inside.h"

#include <stdlib.h>

#define HEAD                                                                                               \
    "select d.draft_id, d.made_from, d.version, d.author_id, d.asked_by, d.pack_version, d.pack, d.title," \
    " d.state, d.valid_from, d.release_number, d.past_reason, coalesce(a.name, ''), coalesce(b.name, '')," \
    " l.version, d.made_at, d.changed_at, d.asked_at,"                                                     \
    " (select max(n.pack_version) from pack_load n where n.pack = d.pack)"                                 \
    " from pack_draft d join pack_load l on l.pack_version = d.made_from"                                  \
    " left join account a on a.account_id = d.author_id left join account b on b.account_id = d.asked_by"
static const struct sql ONE = SQL("pack_draft", HEAD " where d.draft_id = :draft");
static const struct sql ALL =
    SQL("pack_drafts", HEAD " order by case d.state when 'asked' then 0 when 'open' then 1 else 2 end,"
                            " d.draft_id desc limit :limit");
#undef HEAD
static const struct sql FILES =
    SQL("pack_draft_files", "select name, content, is_removed, revision from pack_draft_file"
                            " where draft_id = :draft order by name");
static const struct sql LOADED_FILES =
    SQL("pack_load_files", "select files from pack_load where pack_version = :version");
static const struct sql NEWEST =
    SQL("pack_load_newest", "select max(pack_version) from pack_load where pack = :pack");
static const struct sql LOG =
    SQL("pack_draft_log", "select l.kind, l.file, coalesce(a.name, ''), l.reason, l.at from pack_draft_log l"
                          " left join account a on a.account_id = l.by_id where l.draft_id = :draft"
                          " order by l.seq desc limit :limit");

static void read_row(struct rows *r, struct arena *a, struct draft_view *d) {
    int64_t *ints[] = {&d->draft, &d->made_from, &d->version, &d->author, &d->asked_by, &d->pack_version};
    struct text *texts[] = {&d->pack,        &d->title,       &d->state,      &d->valid_from,      &d->number,
                            &d->past_reason, &d->author_name, &d->asked_name, &d->made_from_number};
    struct moment *moments[] = {&d->made, &d->changed, &d->asked};
    int column = 0;
    *d = (struct draft_view){0};
    for (size_t i = 0; i < sizeof ints / sizeof *ints; i++) *ints[i] = row_int(r, column++);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = text_copy(a, row_text(r, column++));
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) moments[i]->ms = row_int(r, column++);
    d->is_behind = row_int(r, column) > d->made_from;
}

enum status draft_row(struct db *db, int64_t draft, struct arena *a, struct draft_view *out) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &ONE, V_INT(draft));
    if (!st) read_row(&r, a, out);
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status draft_newest(struct db *db, struct text pack, int64_t *pack_version) {
    return DB_INT(db, pack_version, &NEWEST, V_TEXT(pack));
}

enum status draft_pack_files(struct db *db, int64_t pack_version, struct arena *a, struct pack_files *out) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &LOADED_FILES, V_INT(pack_version));
    if (!st) st = pack_files_decode(a, bytes_copy(a, row_bytes(&r, 0)), out);
    enum status end = rows_end(&r);
    return st ? st : end;
}

// ---- a pack with what the draft changes ----

enum status draft_changed(struct db *db, int64_t draft, struct arena *a, struct draft_changed_files *out) {
    struct rows r;
    *out = (struct draft_changed_files){0};
    enum status st = DB_QUERY(db, &r, &FILES, V_INT(draft));
    while (!st && rows_next(&r))
        *ARENA_PUSH(a, out) = (struct draft_changed_file){
            {text_copy(a, row_text(&r, 0)), bytes_copy(a, row_bytes(&r, 1))}, row_int(&r, 3), row_int(&r, 2)};
    enum status end = rows_end(&r);
    return st ? st : end;
}

static int by_name(const void *x, const void *y) {
    return text_cmp(((const struct pack_file *)x)->name, ((const struct pack_file *)y)->name);
}

const struct draft_changed_file *draft_changed_named(const struct draft_changed_files *c, struct text name) {
    for (size_t i = 0; i < c->count; i++)
        if (text_eq(c->items[i].file.name, name)) return &c->items[i];
    return NULL;
}

// The signature of the version is not that of its changed copy.
static void put_together(struct arena *a, const struct pack_files *base,
                         const struct draft_changed_files *changed, struct pack_files *out) {
    *out = (struct pack_files){0};
    for (size_t i = 0; i < base->count; i++)
        if (!draft_changed_named(changed, base->items[i].name) &&
            !text_eq(base->items[i].name, PACK_SIGNATURE_FILE))
            *ARENA_PUSH(a, out) = base->items[i];
    for (size_t i = 0; i < changed->count; i++)
        if (!changed->items[i].is_removed) *ARENA_PUSH(a, out) = changed->items[i].file;
    if (out->count) qsort(out->items, out->count, sizeof *out->items, by_name);
}

enum status draft_whole(struct db *db, const struct draft_view *d, struct arena *a, struct pack_files *out) {
    struct pack_files base;
    struct draft_changed_files changed;
    enum status st = draft_pack_files(db, d->made_from, a, &base);
    if (!st) st = draft_changed(db, d->draft, a, &changed);
    if (!st) put_together(a, &base, &changed, out);
    return st;
}

static enum draft_change change_of(const struct pack_files *base, const struct draft_changed_file *c) {
    const struct pack_file *old = pack_file_find(base, c->file.name);
    return c->is_removed ? DRAFT_REMOVED : old ? DRAFT_CHANGED : DRAFT_ADDED;
}

static int by_view_name(const void *x, const void *y) {
    return text_cmp(((const struct draft_file_view *)x)->name, ((const struct draft_file_view *)y)->name);
}

// Files of needed packs and the signature are not the draft's to change.
static bool is_own(const struct pack_file *f) {
    return !text_starts(f->name, T("needs/")) && !text_eq(f->name, PACK_SIGNATURE_FILE);
}

static void name_files(struct arena *a, const struct pack_files *base,
                       const struct draft_changed_files *changed, struct draft_files_view *out) {
    for (size_t i = 0; i < base->count; i++) {
        const struct pack_file *f = &base->items[i];
        if (is_own(f) && !draft_changed_named(changed, f->name))
            *ARENA_PUSH(a, out) = (struct draft_file_view){f->name, DRAFT_SAME, 0, f->content.n};
    }
    for (size_t i = 0; i < changed->count; i++)
        *ARENA_PUSH(a, out) =
            (struct draft_file_view){changed->items[i].file.name, change_of(base, &changed->items[i]),
                                     changed->items[i].revision, changed->items[i].file.content.n};
    if (out->count) qsort(out->items, out->count, sizeof *out->items, by_view_name);
}

// ---- for pages and other rooms ----

static struct store *store_of(struct cases *c) {
    return journal_store(c->journal);
}

enum status cases_draft(struct cases *c, int64_t draft, struct arena *a, struct draft_view *out) {
    struct db *db;
    enum status st = store_reader(store_of(c), &db);
    if (st) return st;
    st = draft_row(db, draft, a, out);
    store_reader_release(store_of(c), db);
    return st;
}

enum status cases_drafts(struct cases *c, struct arena *a, struct draft_list *out) {
    struct db *db;
    struct rows r;
    *out = (struct draft_list){0};
    enum status st = store_reader(store_of(c), &db);
    if (st) return st;
    st = DB_QUERY(db, &r, &ALL, V_INT(DRAFTS_SHOWN_MAX));
    while (!st && rows_next(&r)) read_row(&r, a, ARENA_PUSH(a, out));
    enum status end = rows_end(&r);
    store_reader_release(store_of(c), db);
    return st ? st : end;
}

enum status cases_draft_names(struct cases *c, int64_t draft, struct arena *a, struct draft_files_view *out) {
    struct db *db;
    struct draft_view d;
    struct pack_files base;
    struct draft_changed_files changed;
    *out = (struct draft_files_view){0};
    enum status st = store_reader(store_of(c), &db);
    if (st) return st;
    st = draft_row(db, draft, a, &d);
    if (!st) st = draft_pack_files(db, d.made_from, a, &base);
    if (!st) st = draft_changed(db, draft, a, &changed);
    store_reader_release(store_of(c), db);
    if (!st) name_files(a, &base, &changed, out);
    return st;
}

enum status cases_draft_files(struct cases *c, int64_t draft, struct arena *a, struct pack_files *out) {
    struct db *db;
    struct draft_view d;
    enum status st = store_reader(store_of(c), &db);
    if (st) return st;
    st = draft_row(db, draft, a, &d);
    if (!st) st = draft_whole(db, &d, a, out);
    store_reader_release(store_of(c), db);
    return st;
}

// As the draft has it, else as the version that it was made from.
static enum status one_file(struct db *db, int64_t draft, struct text name, struct arena *a,
                            struct bytes *content, int64_t *revision) {
    struct draft_view d;
    struct draft_changed_files changed;
    struct pack_files base;
    enum status st = draft_row(db, draft, a, &d);
    if (!st) st = draft_changed(db, draft, a, &changed);
    if (st) return st;
    const struct draft_changed_file *own = draft_changed_named(&changed, name);
    *revision = own ? own->revision : 0;
    if (own && own->is_removed) return STATUS_NOT_FOUND;
    if (!own) st = draft_pack_files(db, d.made_from, a, &base);
    if (st) return st;
    const struct pack_file *f = own ? &own->file : pack_file_find(&base, name);
    if (!f || !(own || is_own(f))) return STATUS_NOT_FOUND;
    *content = f->content;
    return STATUS_OK;
}

enum status cases_draft_file(struct cases *c, int64_t draft, struct text name, struct arena *a,
                             struct bytes *content, int64_t *revision) {
    struct db *db;
    enum status st = store_reader(store_of(c), &db);
    if (st) return st;
    st = one_file(db, draft, name, a, content, revision);
    store_reader_release(store_of(c), db);
    return st;
}

enum status cases_pack_files(struct cases *c, int64_t pack_version, struct arena *a, struct pack_files *out) {
    struct db *db;
    enum status st = store_reader(store_of(c), &db);
    if (st) return st;
    st = draft_pack_files(db, pack_version, a, out);
    store_reader_release(store_of(c), db);
    return st;
}

enum status cases_draft_log(struct cases *c, int64_t draft, struct arena *a, struct draft_log *out) {
    struct db *db;
    struct rows r;
    *out = (struct draft_log){0};
    enum status st = store_reader(store_of(c), &db);
    if (st) return st;
    st = DB_QUERY(db, &r, &LOG, V_INT(draft), V_INT(DRAFT_LOG_MAX));
    while (!st && rows_next(&r))
        *ARENA_PUSH(a, out) = (struct draft_step){text_copy(a, row_text(&r, 0)),
                                                  text_copy(a, row_text(&r, 1)),
                                                  text_copy(a, row_text(&r, 2)),
                                                  text_copy(a, row_text(&r, 3)),
                                                  {row_int(&r, 4)}};
    enum status end = rows_end(&r);
    store_reader_release(store_of(c), db);
    return st ? st : end;
}

bool cases_wants_signature(const struct cases *c) {
    return c->signers.count > 0;
}
