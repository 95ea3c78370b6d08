// pack_things.h - inside pack/: a pack as a list of things with names and properties, to be compared.
#pragma once
#include "pack/pack_diff.h"
#include "pack/pack_inside.h"

enum { THING_PROPERTIES_MAX = 64 };

struct thing {
    enum pack_section section;
    struct text id, name, note;
    struct {
        struct text name, value;
    } properties[THING_PROPERTIES_MAX]; // without empty ones
    size_t property_count;
};
struct things {
    struct arena *arena;
    const struct pack *pack;
    struct date day; // of several versions of a deadline that one is taken
    struct thing **items;
    size_t count, capacity;
};

void things_of(struct things *t);
// pack_things_models.c: rows of decision tables, elements and flows of processes.
void things_of_models(struct things *t);

// pack_things_registers.c: their questions, access, how long entries are kept, what is counted.
void things_of_registers(struct things *t);
void things_of_form(struct things *t, const struct form *form);
void things_add_permission(struct things *t, struct text of, size_t first, const struct access_row *row,
                           struct text limit);

struct thing *thing_add(struct things *t, enum pack_section section, struct text id, struct text name);
void thing_say(struct things *t, struct thing *one, const char *property, struct text value);
