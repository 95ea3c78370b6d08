// border.h - what the pages of the border share.
#pragma once
#include "border/border.h"
#include "web/app.h"

// The code of a list in words of the pack that has the register of crossings; the code itself when unknown.
struct text border_words(struct request *q, const char *list, struct text code);
struct date border_today(const struct request *q);
// A date, or nothing, as "2026-11-26" for hidden fields.
struct text border_day(struct request *q, struct date d);
// Who stands there, in hidden fields.
struct border_who {
    struct text family, given, number, issuer, nationality, doc_type, sex, birth_iso, expiry_iso;
    bool is_wrong; // a check digit of the zone
};
extern const struct view BORDER_WHO;
void border_who_read(struct request *q, struct traveller *w);
void border_who_carry(struct request *q, const struct traveller *w, struct border_who *out);
// The answer for this traveller once more, after somebody compared.
enum status border_show_again(struct request *q, struct response *r, struct traveller *w);
// The page, or STATUS_NOT_FOUND where there is no such room or the officer has no work at a border.
enum status border_room(struct request *q, struct border **out);
