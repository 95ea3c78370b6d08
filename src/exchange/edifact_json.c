// edifact_json.c - passenger lists as JSON, for the tool and the API.
#include "exchange/edifact_list.h"

static void put(struct json_out *j, const char *key, struct text value) {
    if (!value.n) return;
    json_key(j, key);
    json_put_text(j, value);
}

static void put_date(struct json_out *j, const char *key, struct date d) {
    struct arena a = {0};
    put(j, key, date_print(&a, d));
    arena_free(&a);
}

static void put_count(struct json_out *j, const char *key, int64_t n) {
    if (n < 0) return;
    json_key(j, key);
    json_put_int(j, n);
}

static void put_values(struct json_out *j, const char *key, const struct list_values *v) {
    if (!v->count) return;
    json_key(j, key);
    json_begin_array(j);
    for (size_t i = 0; i < v->count; i++) {
        json_begin_object(j);
        put(j, "kind", v->items[i].kind);
        put(j, "value", v->items[i].value);
        json_end_object(j);
    }
    json_end_array(j);
}

static void put_faults(struct json_out *j, const struct list_faults *f, list_sentence sentence,
                       void *context) {
    json_key(j, "faults");
    json_begin_array(j);
    for (size_t i = 0; i < f->count; i++) {
        const struct list_fault *one = &f->items[i];
        json_begin_object(j);
        put(j, "severity", one->is_error ? T("error") : T("warning"));
        put(j, "segment", text_of(one->p.field));
        put_count(j, "position", one->p.line);
        put(j, "rule", text_of(one->p.rule));
        put(j, "value", one->p.args[2].value);
        put(j, "expected", one->p.args[3].value);
        if (sentence) put(j, "message", sentence(context, &one->p));
        json_end_object(j);
    }
    json_end_array(j);
}

static void put_documents(struct json_out *j, const struct list_documents *all) {
    json_key(j, "documents");
    json_begin_array(j);
    for (size_t i = 0; i < all->count; i++) {
        const struct list_document *d = &all->items[i];
        json_begin_object(j);
        put(j, "type", d->type);
        put(j, "number", d->number);
        put(j, "issuer", d->issuer);
        put_date(j, "expires", d->expiry);
        put_date(j, "issued", d->issued);
        json_end_object(j);
    }
    json_end_array(j);
}

static void put_person(struct json_out *j, const struct list_person *p) {
    json_begin_object(j);
    put(j, "role", list_role_word(p->role));
    put(j, "code", p->role_code);
    put(j, "family", p->family);
    put(j, "given", p->given);
    if (p->sex) put(j, "sex", (struct text){&p->sex, 1});
    put_date(j, "birth", p->birth);
    put(j, "nationality", p->nationality);
    put(j, "residence", p->residence);
    put(j, "birth_country", p->birth_country);
    put(j, "birth_place", p->birth_place);
    put(j, "embarks", p->embarks);
    put(j, "debarks", p->debarks);
    put(j, "cleared_at", p->cleared_at);
    put(j, "address", p->address);
    put(j, "crew_function", p->crew_function);
    put_documents(j, &p->documents);
    put_values(j, "references", &p->references);
    put_values(j, "contacts", &p->contacts);
    put_count(j, "bags", p->bag_count);
    put_values(j, "bag_tags", &p->bags);
    if (p->is_verified || p->is_not_verified) {
        json_key(j, "verified");
        json_put_bool(j, p->is_verified);
    }
    json_end_object(j);
}

static void put_legs(struct json_out *j, const struct list_legs *legs) {
    json_key(j, "legs");
    json_begin_array(j);
    for (size_t i = 0; i < legs->count; i++) {
        const struct list_leg *g = &legs->items[i];
        json_begin_object(j);
        put(j, "number", g->number);
        put(j, "carrier", g->carrier);
        put(j, "vessel", g->vessel);
        put(j, "from", g->from);
        put(j, "departs", g->departs);
        put(j, "to", g->to);
        put(j, "arrives", g->arrives);
        json_end_object(j);
    }
    json_end_array(j);
}

static void put_header(struct json_out *j, const struct passenger_list *l) {
    put(j, "kind", list_kind_word(l->kind));
    put(j, "sender", l->sender);
    put(j, "receiver", l->receiver);
    put(j, "prepared", l->prepared);
    put(j, "interchange", l->interchange);
    put(j, "group", l->group);
    put(j, "reference", l->reference);
    put(j, "type", l->type);
    put(j, "version", l->version);
    put(j, "release", l->release);
    put(j, "agency", l->agency);
    put(j, "association", l->association);
    put(j, "access_reference", l->access_reference);
    put(j, "sequence", l->sequence);
    if (l->sequence.n) {
        json_key(j, "last");
        json_put_bool(j, l->is_last);
    }
    put(j, "document", l->document);
    put(j, "function", l->function);
    put(j, "reporting", l->reporting);
}

static void put_list(struct json_out *j, const struct passenger_list *l, list_sentence sentence,
                     void *context) {
    json_begin_object(j);
    put(j, "status", passenger_list_is_refused(l) ? T("refused") : T("accepted"));
    put_header(j, l);
    put_values(j, "contacts", &l->contacts);
    put_values(j, "references", &l->references);
    put_legs(j, &l->legs);
    put_count(j, "announced_passengers", l->announced_passengers);
    put_count(j, "announced_crew", l->announced_crew);
    put_count(j, "announced_bookings", l->announced_bookings);
    put_count(j, "segments", (int64_t)l->segments);
    json_key(j, "people");
    json_begin_array(j);
    for (size_t i = 0; i < l->people.count; i++) put_person(j, &l->people.items[i]);
    json_end_array(j);
    put_faults(j, &l->faults, sentence, context);
    json_end_object(j);
}

void passenger_lists_json(struct json_out *j, const struct passenger_lists *l, list_sentence sentence,
                          void *context) {
    json_begin_object(j);
    put(j, "status", passenger_lists_are_refused(l) ? T("refused") : T("accepted"));
    put_count(j, "interchanges", (int64_t)l->interchanges);
    json_key(j, "lists");
    json_begin_array(j);
    for (size_t i = 0; i < l->count; i++) put_list(j, &l->items[i], sentence, context);
    json_end_array(j);
    put_faults(j, &l->faults, sentence, context);
    json_end_object(j);
}
