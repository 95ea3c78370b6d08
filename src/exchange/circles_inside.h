// circles_inside.h - what the files of circles share; nobody else includes it.
#pragma once
#include "exchange/circles.h"
#include "pack/invitation_law.h"

struct privacy_reader circle_reader(const struct actor *actor, enum privacy_purpose purpose,
                                    struct text ground, struct arena *a);
// Of the pack that the case runs on; case 0: the one in force. NULL: none.
const struct invitation_law *circle_law(const struct circles *x, int64_t case_id);
enum status circle_directory(const struct circles *x, struct arena *a, struct members *out);
struct text circle_name(const struct members *all, uint32_t code, struct arena *a);
// The day in UTC: terms of years and weeks need no closer one.
struct date circle_day(struct moment m);
// The ground of the law with that article; NULL: none.
const struct invitation_ground *circle_ground(const struct circles *x, int64_t case_id, struct text article);
void circle_wipe_all(struct privacy_mappings *list);
// The channel of that phase, with its key: wipe it.
enum status circle_find(const struct circles *x, const struct privacy_reader *by, int64_t case_id,
                        int32_t phase, struct arena *a, struct privacy_mapping *out, struct problem *p);
// Has a member that we invited said that it takes part?
bool circle_has_accepted(struct db *db, const struct privacy_mapping *m, uint32_t code, struct arena *a);
// Sends each member of the channel, but for us and those that have accepted, an invitation with these values.
enum status circle_send(const struct circles *x, const struct privacy_mapping *m,
                        const struct invitation_ground *g, const struct invitation_values *values,
                        struct arena *a, struct problem *p);
