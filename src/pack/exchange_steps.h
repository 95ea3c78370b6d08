// exchange_steps.h - what a pack's cases tell other authorities, and what they do when they hear of something
// (exchange/steps.json).
#pragma once
#include "pack/exchange_law.h"

#define EXCHANGE_STEPS_FILE T("exchange/steps.json")
enum {
    EXCHANGE_STEPS_MAX = 400,  // of each list: a few for each type of event
    EXCHANGE_ANSWERS_MAX = 20, // that a message brings
};

// When something is told.
enum exchange_trigger {
    EXCHANGE_BY_ELEMENT, // an element of a process is done
    EXCHANGE_BY_LETTER,  // a letter lies there as it is sent; where the type may, the event commits to it
    EXCHANGE_BY_STEP,    // somebody recorded a step that a deadline waited for
};
struct exchange_told {
    enum exchange_trigger trigger;
    struct text process, name; // of the element, letter or step; process only with an element
    const struct exchange_type *type;
    struct text when;                    // FEEL without "="; empty: always
    struct text code;                    // a name, or FEEL that begins with "="; empty: none
    struct text due;                     // id of a deadline, or FEEL that gives one, or a day
    const struct exchange_type *answers; // it refers to the last event of this type; NULL: to none
};
struct exchange_answer {
    struct text field, value; // value: a text, or FEEL that begins with "="
};
// The first of its type whose condition holds, and whose message a process waits for.
struct exchange_heard {
    const struct exchange_type *type;
    struct text when, message;
    const struct exchange_answer *answers;
    size_t answer_count;
};
struct exchange_steps {
    struct {
        struct exchange_told *items;
        size_t count, capacity;
    } told;
    struct {
        struct exchange_heard *items;
        size_t count, capacity;
    } heard;
};

// Types are those of `law`, which is complete. Problem: field = JSON path.
enum status exchange_steps_read(struct arena *a, struct text in, const struct exchange_law *law,
                                struct exchange_steps *out, struct problem *p);
