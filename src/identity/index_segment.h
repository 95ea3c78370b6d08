// index_segment.h - some of the records of an index, in order of birth, with who has which word and which
// number; inside this room. Built once, then only read.
#pragma once
#include "base/arena.h"
#include "identity/index_words.h"

// A record stands once for each of its birth dates. Arrays of `count` items, in order of birth; in the tail
// of the index, which is short and has no lists, in order of arrival.
struct index_segment {
    size_t count, capacity;
    uint32_t *births; // packed as in prepared records; 0 when not known
    struct segment_known {
        uint32_t slot;    // which record
        uint32_t word_at; // its words are words[word_at] to words[word_at of the next], there is one more
        uint16_t weight;  // of the words of its shortest name; SEGMENT_INITIAL: it has initials
        uint8_t facts;    // sex and nationality, see segment_facts()
    } * known;
    uint32_t *words;
    uint32_t *month_at; // first entries of each month from first_month on, month_count of them and the end
    uint32_t first_month, month_count;
    size_t word_capacity, births_capacity, known_capacity;
    // Lists: entries of word w are list[list_at[w]] to list[list_at[w + 1]], for w < list_words, once with
    // each other word of the entry. Names of one word only have lists of their own: they agree with every
    // longer name that has it.
    size_t list_words;
    struct segment_list {
        uint32_t at, alone_at;
    } * lists;
    struct segment_entry {
        uint64_t entry : 28, other : 27, has_initial : 1, facts : 8;
    } * list, *alone;
    // Numbers by hash: bucket b is number[number_at[b]] to number[number_at[b + 1]].
    uint32_t number_bits;
    uint32_t *number_at;
    struct segment_number {
        uint32_t hash, entry;
    } * numbers;
    size_t number_count, numbers_capacity;
};

enum { SEGMENT_INITIAL = 1 << 15 };
// What the fields of a list can tell apart: some seventy million records.
enum { SEGMENT_RECORDS_MAX = (1 << 28) / RECORD_DATES_MAX, SEGMENT_WORDS_MAX = (1 << 27) - 1 };
struct index_segment *segment_new(void);
void segment_free(struct index_segment *s);
size_t segment_bytes(const struct index_segment *s);

// Adds a record at the end; its words become known to `w`.
void segment_add(struct index_segment *s, struct index_words *w, const struct prepared_record *r,
                 uint32_t slot);
// One of all records of `parts` for which `keep` says so.
struct index_segment *segment_merge(struct index_segment *const *parts, size_t count,
                                    const struct index_words *w, bool (*keep)(void *context, uint32_t slot),
                                    void *context);

// Two bits of sex, 0 when not known; six of the nationality, 0 when it is not known or they are several.
uint8_t segment_facts(const struct prepared_record *r);
static inline uint8_t segment_nation(uint16_t code) { // 1 to 63
    return (uint8_t)(1 + (code * 40503u & 0xFFFF) % 63);
}

struct entries {
    const struct segment_entry *items;
    size_t count;
};
// Entries of a word from `from` on, of names with several words, or of names of this word alone.
struct entries segment_entries(const struct index_segment *s, uint32_t word, bool alone, uint32_t from);
// They will be asked for soon: first where their list is, then what is there.
void segment_expect(const struct index_segment *s, uint32_t word);
void segment_expect_entries(const struct index_segment *s, uint32_t word, uint32_t from);
size_t segment_count(const struct index_segment *s, uint32_t word); // of names with several words
// First entry whose birth is not before `birth`.
uint32_t segment_from(const struct index_segment *s, uint32_t birth);

// Numbers that scanners take for one another are one. `length` characters to `out`, which is as long.
void number_fold(const char *p, size_t length, char *out);
uint32_t number_hash(const char *folded, size_t length);
