// names.c - names in Latin letters, for other authorities: nothing is read from the house and nothing kept.
#include "api/table.h"

enum status api_transcribe(struct api_call *c) {
    struct api_names *in = c->in;
    struct api_transcriptions out = {ARENA_ARRAY(c->q->arena, struct transcription, in->count), in->count};
    bool is_wrong = false;
    for (size_t i = 0; i < in->count; i++) {
        struct problem p = {0};
        if (!identity_transcribe(c->q->arena, in->names[i], in->language, &out.items[i], &p)) continue;
        const char *place = text_c(c->q->arena, text_printf(c->q->arena, "/names/%zu", i));
        api_mistake(c->q, place, p.rule, p.text_key);
        is_wrong = true;
    }
    return is_wrong ? api_fail(c, 422) : api_answer(c, &SHAPE_TRANSCRIPTIONS, &out);
}
