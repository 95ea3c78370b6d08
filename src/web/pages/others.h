// others.h - inside pages/: what other authorities did in a case, in words, for the file and for the person.
#pragma once
#include "exchange/case_events.h"
#include "web/app.h"

struct other_receipt {
    struct text name;
    struct moment at;
    bool is_there, is_refused; // neither: on its way
};
struct other_line {
    struct text what, code, from, silence, rule, met_what, proof;
    struct moment at, met_at;
    struct date due;
    int days_left, confirmed;
    bool is_ours, is_day, is_awaited, is_late, is_met, is_last_day, is_warning, is_rejected, is_recorded;
    struct {
        struct other_receipt *items;
        size_t count, capacity;
    } receipts;
};
extern const struct view OTHER_LINE_VIEW;

// The events of a case that whoever asks may see, the newest first; `file` was opened for them. None where
// this house has no privacy service.
enum status others_read(struct request *q, int64_t case_id, const struct case_file *file,
                        struct case_events *out, struct problem *p);
// One of them in words. `href` is of the case's pages: its proof is at HREF/proof/PLACE.
struct other_line *other_line_of(struct request *q, const struct case_events *all, const struct case_event *e,
                                 struct text href);
// Answers with the proof of the event ":place", and with what it says, byte for byte: ostia-verify compares
// both. STATUS_NOT_FOUND when it is none of those that whoever asks may see.
enum status other_proof(struct request *q, struct response *r, int64_t case_id, const struct case_file *file);
enum status other_message(struct request *q, struct response *r, int64_t case_id,
                          const struct case_file *file);
