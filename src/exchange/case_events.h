// case_events.h - what authorities told each other about one case of ours: all its channels, by time, with
// deadlines and what became of them, and how far each event is proved.
//
// Whoever calls has asked access/ already, and says which attribute classes stay hidden. Reading whose case
// a channel is leaves an entry in the evidence of the privacy service, with the reader's name and ground.
#pragma once
#include "base/date.h"
#include "exchange/channels.h"
#include "proof/proof.h"

enum case_event_due {
    CASE_EVENT_NO_DUE,
    CASE_EVENT_DAY,     // a day to know of: nothing is awaited
    CASE_EVENT_AWAITED, // one of type->met_by
    CASE_EVENT_LATE,    // the day is over, and nothing has come
    CASE_EVENT_MET,
};
struct case_event {
    struct channel_item item;
    bool is_ours;
    uint64_t channels; // a bit for each channel of the case on which it was told
    enum case_event_due due;
    struct date due_day;
    const struct exchange_type *met_by; // of CASE_EVENT_MET; NULL: the reader may not see it
    struct moment met_at;
    struct proof_state proof;
};
struct case_events {
    struct case_event *items; // the newest first
    size_t count, capacity;
    struct members members;       // for names: member_of()
    struct channel_opened opened; // of ask.open_place, when it is one of them; wipe the key
};

struct case_events_ask {
    struct privacy *privacy;
    struct privacy_reader by;
    const struct exchange_law *law;
    int64_t own;        // our case
    struct text hidden; // attribute classes that the reader may not see, with commas: case_file.hidden
    struct date today;
    int64_t open_place; // the event of this place is opened as well; 0: none
};
// A case without a channel has no events. What we told on several channels is one, with all receipts. Texts
// are in `a` or of the law.
enum status case_events_read(struct journal *j, const struct case_events_ask *ask, struct arena *a,
                             struct case_events *out, struct problem *p);
// The event at this place of our log. NULL: it is not among them.
const struct case_event *case_event_at(const struct case_events *list, int64_t place);
