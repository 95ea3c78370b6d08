// lexer.h - words, numbers, strings and signs of FEEL source.
#pragma once
#include "rules/feel.h"

enum token_kind { TOKEN_END, TOKEN_NUMBER, TOKEN_STRING, TOKEN_WORD, TOKEN_SIGN, TOKEN_BAD };

struct token {
    enum token_kind kind;
    size_t start, end; // in the source; strings with their quotes
};

// The token at or after `at`, white space and comments skipped.
struct token lexer_next(struct text source, size_t at);
size_t lexer_skip_space(struct text source, size_t at);
bool lexer_is_name_start(uint32_t c);
bool lexer_is_name_part(uint32_t c);
// The text of a string token, escapes replaced.
struct text lexer_string(struct arena *a, struct text source, struct token t);

// Where the name, written with any white space between its parts, ends when it stands at `at`; 0 when it does
// not.
size_t lexer_match_name(struct text source, size_t at, struct text name);
