// letter_content.h - the text of a letter as it is stored, and as the typesetter wants it.
#pragma once
#include "pack/letter.h"
#include "paper/paper.h"

// CBOR: [[language, language], [title, title], [kind, level, label, label, text, text, machine, machine]
// ...].
struct bytes letter_content_encode(struct arena *a, const struct letter_document *document);
enum status letter_content_decode(struct arena *a, struct bytes b, struct letter_document *out);

// Blocks for paper_make: the person's language first, then the official one. `qr` is what the code holds,
// `code` what is printed under it, `alt` what is read aloud.
void letter_blocks(struct arena *a, const struct letter_document *document, struct text qr, struct text code,
                   struct text alt, struct paper *out);
