// register.h - what the pages of registers share: one register as somebody of the staff meets it, and what an
// entry says in words.
#pragma once
#include "pack/register.h"
#include "web/pages/work_query.h"
#include "web/whole_form.h"

struct register_head {
    struct text id, title, about, law, purpose, href, all_href, record_href, import_href;
    struct options purposes; // empty when there is one only
};
extern const struct view REGISTER_HEAD_VIEW;

struct register_page {
    const struct pack *pack;
    const struct pack_register *def;
    struct register_head head;
    struct look look;
};

// The register of the address ":register", read for the purpose that was chosen, else for the usual one of
// this person. STATUS_NOT_FOUND when there is none, STATUS_REFUSED when no purpose of theirs opens it.
enum status register_page_open(struct request *q, struct response *r, struct register_page *out);

// Does the definition let this person do it for the purpose (empty: any)? For what a page offers only; the
// room below decides.
bool register_lets(const struct request *q, const struct pack_register *def, struct text purpose,
                   enum register_action action);
// The purposes for which this person may do anything in the register (NULL: in any), the usual one chosen.
struct options register_purposes(struct request *q, const struct pack_register *def, struct text wanted);
struct text register_purpose_chosen(const struct options *purposes);
bool register_has_any(const struct request *q);

struct text register_title(struct request *q, const struct pack *pack, const struct pack_register *def);
struct text register_law(struct request *q, const struct pack *pack, const struct pack_register *def);
// All that the answers say, in the order of the form.
void register_rows(struct request *q, const struct pack *pack, const struct form *form,
                   const struct answers *answers, struct form_rows *out);
// A label of the register's form in words.
struct text register_label(struct request *q, const struct pack *pack, const struct form_field *field);
struct text register_href(struct request *q, const struct register_page *p, const char *rest);
