// main.c - ostia-verify: checks a file by its proof bundle, with no network and no database.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ledger/bundle.h"
#include "ledger/key_list.h"
#include "ledger/stamp.h"
#include "verify/leaf.h"

enum {
    FILE_BYTES_MAX = 256 * 1024 * 1024, // of the document; an upload of ours has 25 MB at most
    WITNESSES_MAX = 64,
    EXIT_PROVED = 0,
    EXIT_NOT_PROVED = 1,
    EXIT_USAGE = 2,
};

static const char HELP[] =
    "usage: ostia-verify FILE BUNDLE --key KEY [--witness KEY]... [--needed N]\n"
    "                    [--stamps FILE] [--keys FILE]\n\n"
    "Checks that FILE was recorded in the log, by the proof in BUNDLE. Needs no network and no database.\n\n"
    "  --key KEY        public key of the log, from a source that you trust, not from the bundle\n"
    "  --witness KEY    public key of a witness that you trust; as often as you like\n"
    "  --needed N       so many of these witnesses must have confirmed it [1 when any is named]\n"
    "  --stamps FILE    certificates in PEM of time-stamping authorities that you trust\n"
    "  --keys FILE      list of the log's keys over time (ostia log keys --list), to know what was "
    "revoked\n\n"
    "KEY is the key itself (name+number+letters), or the name of a file that holds it.\n"
    "Ends with 0 when the file is proved, with 1 when not.\n";

struct asked {
    struct arena arena;
    const char *file, *bundle;
    struct note_key log;
    bool has_log;
    struct bundle_witness witnesses[WITNESSES_MAX];
    size_t witness_count;
    int64_t needed; // -1: not said
    struct bytes stamps;
    struct text keys;
};

// ---- what was asked

static bool read_file(struct arena *a, const char *path, size_t max, struct bytes *out) {
    FILE *f = fopen(path, "rb");
    struct out o = {.arena = a};
    char part[1 << 16];
    size_t n;
    if (!f) return false;
    while (o.n <= max && (n = fread(part, 1, sizeof part, f)) > 0) out_text(&o, (struct text){part, n});
    bool good = !ferror(f) && o.n <= max;
    fclose(f);
    *out = bytes_of(out_done(&o));
    return good;
}

static bool read_key(struct asked *q, const char *word, struct note_key *key) {
    struct bytes content;
    struct text vkey = text_of(word);
    size_t plus;
    if (!text_find(vkey, T("+"), &plus) && read_file(&q->arena, word, 64 * 1024, &content))
        vkey = text_trim(text_of_bytes(content));
    if (!note_key_read(&q->arena, vkey, key)) return true;
    fprintf(stderr, "ostia-verify: %s: this is no public key\n", word);
    return false;
}

static bool read_option(struct asked *q, const char *name, const char *value) {
    if (!strcmp(name, "--key") && !q->has_log) return q->has_log = read_key(q, value, &q->log);
    if (!strcmp(name, "--witness") && q->witness_count < WITNESSES_MAX)
        return read_key(q, value, &q->witnesses[q->witness_count++].key);
    if (!strcmp(name, "--stamps") && read_file(&q->arena, value, STAMP_ROOTS_MAX, &q->stamps)) return true;
    struct bytes keys;
    if (!strcmp(name, "--keys") && read_file(&q->arena, value, NOTE_BYTES_MAX, &keys)) {
        q->keys = text_of_bytes(keys);
        return true;
    }
    if (!strcmp(name, "--needed") && text_int(text_of(value), &q->needed) && q->needed >= 0) return true;
    fprintf(stderr, "ostia-verify: %s %s cannot be understood\n", name, value);
    return false;
}

static bool read_words(struct asked *q, int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        if (!strncmp(argv[i], "--", 2)) {
            if (i + 1 == argc || !read_option(q, argv[i], argv[i + 1])) return false;
            i++;
        } else if (!q->file) {
            q->file = argv[i];
        } else if (!q->bundle) {
            q->bundle = argv[i];
        } else {
            return false;
        }
    }
    if (q->needed < 0) q->needed = q->witness_count > 0;
    return q->file && q->bundle && q->has_log;
}

// ---- what is proved

static const char *moment_text(uint64_t time_s, char storage[32]) {
    time_t s = (time_t)time_s;
    struct tm tm;
    if (!gmtime_r(&s, &tm) || !strftime(storage, 32, "%Y-%m-%d %H:%M:%S UTC", &tm))
        return "a time out of range";
    return storage;
}

static int not_proved(const char *why) {
    printf("NOT PROVED  %s\n", why);
    return EXIT_NOT_PROVED;
}

// The file is the entry itself, or it is named in the entry that the bundle carries.
static enum status find_leaf(struct asked *q, const struct proof_bundle *b, struct bytes file,
                             struct hash *leaf_hash, struct leaf *leaf, struct text *field,
                             struct leaf_message *message) {
    struct hash digest = hash_of(file), whole = ledger_leaf_hash(file);
    *leaf_hash = whole;
    if (!proof_check_inclusion(&b->proof, b->index, b->checkpoint.size, &whole, &b->checkpoint.root)) {
        enum status read = leaf_read(file, leaf);
        return read == STATUS_UNSUPPORTED ? STATUS_OK : read;
    }
    if (!b->leaf.n) return STATUS_OK; // bundle_check will say that it is not in the log
    *leaf_hash = ledger_leaf_hash(b->leaf);
    enum status st = leaf_read(b->leaf, leaf);
    if (!st) st = leaf_message(&q->arena, leaf, b->opening, file, message);
    if (st != STATUS_NOT_FOUND) return st;
    return leaf_find(&q->arena, leaf, b->opening, &digest, field);
}

static const char *why_no_leaf(enum status st, bool has_opening) {
    return st == STATUS_UNSUPPORTED
               ? "The entry in the bundle is none of Ostia's, and the file is not the entry itself."
           : st == STATUS_CORRUPT ? "The key in the bundle does not open the sealed part of the entry."
           : has_opening
               ? "The entry in the bundle does not name this file. Was the file changed?"
               : "The entry in the bundle does not name this file in its open part. Ask for a bundle "
                 "made with --open.";
}

static const char *why_not_in_log(enum status st) {
    return st == STATUS_NOT_FOUND  ? "The checkpoint is not signed by the key that you gave."
           : st == STATUS_CONFLICT ? "The bundle is of another log than that of the key."
                                   : "A signature or the proof is wrong. The bundle or the file was changed.";
}

static void say_message(const struct leaf_message *m) {
    char at[32];
    printf("PROVED      The file is the message between authorities in the entry, byte for byte.\n");
    printf("SAID        It says of itself: authority %" PRId64 ", type %" PRId64 ", code %" PRId64 ", %s.\n",
           m->sender, m->type, m->code, moment_text((uint64_t)(m->at.ms / 1000), at));
    if (m->due.ms)
        printf("SAID        It names a last day: %.10s.\n", moment_text((uint64_t)(m->due.ms / 1000), at));
}

static void say_log(const struct asked *q, const struct proof_bundle *b, const struct leaf *leaf,
                    struct text field, const struct leaf_message *message) {
    if (message->type)
        say_message(message);
    else if (field.n)
        printf("PROVED      The file is what the entry names: its SHA-256 is in the field \"" TEXT_FMT
               "\".\n",
               TEXT_ARG(field));
    else
        printf("PROVED      The file is the entry itself, byte for byte.\n");
    printf("PROVED      Entry %" PRIu64 " is in the log " TEXT_FMT ", which then had %" PRIu64 " entries.\n",
           b->index + 1, TEXT_ARG(b->checkpoint.origin), b->checkpoint.size);
    printf("PROVED      The log signed that state with the key " TEXT_FMT "+%08x (" TEXT_FMT ").\n",
           TEXT_ARG(q->log.name), q->log.id, TEXT_ARG(note_key_algorithm(&q->log)));
    char at[32];
    if (leaf->type.n)
        printf("SAID        The entry says of itself: " TEXT_FMT ", %s.\n", TEXT_ARG(leaf->type),
               moment_text((uint64_t)(leaf->at.ms / 1000), at));
}

static int64_t say_witnesses(const struct asked *q, uint64_t *earliest) {
    int64_t confirmed = 0;
    char at[32];
    for (size_t i = 0; i < q->witness_count; i++) {
        const struct bundle_witness *w = &q->witnesses[i];
        if (w->status == STATUS_OK) {
            if (!confirmed || w->time_s < *earliest) *earliest = w->time_s;
            confirmed++;
            printf("PROVED      Witness " TEXT_FMT " had seen it by %s, and nothing that contradicts it.\n",
                   TEXT_ARG(w->key.name), moment_text(w->time_s, at));
        } else {
            printf("NOT PROVED  Witness " TEXT_FMT ": %s.\n", TEXT_ARG(w->key.name),
                   w->status == STATUS_UNSUPPORTED ? "its signature is of a kind that is not checked here"
                   : w->status == STATUS_CORRUPT   ? "its signature is wrong"
                                                   : "has not signed");
        }
    }
    return confirmed;
}

// The stamp of an authority that is trusted; false when there is none.
static bool say_stamp(struct asked *q, const struct proof_bundle *b, uint64_t *time_s) {
    char at[32];
    struct text authority;
    if (!q->stamps.n) return false;
    if (!b->stamp.n) {
        printf("NOT PROVED  The bundle has no time stamp.\n");
        return false;
    }
    struct hash subject = stamp_subject(&q->arena, &b->note, &q->log);
    enum status st = stamp_check(&q->arena, b->stamp, &subject, q->stamps, time_s, &authority);
    if (!st)
        printf("PROVED      Time stamp of " TEXT_FMT ": it was there by %s.\n", TEXT_ARG(authority),
               moment_text(*time_s, at));
    else
        printf("NOT PROVED  The time stamp is %s.\n",
               st == STATUS_REFUSED ? "not by an authority that you trust" : "not right for this checkpoint");
    return !st;
}

static const char *why_not_key(enum status st) {
    return st == STATUS_REFUSED ? "The key was revoked, and nobody that you trust had seen this before that."
           : st == STATUS_EXPIRED
               ? "The key was not yet in use when this was seen."
               : "The list of keys is not signed by a key of this log that it still trusts.";
}

// The list may be signed by the key that was given, or, when that one was revoked, by the newest: then
// whoever gave the list answers for it.
static bool key_is_good(struct asked *q, uint64_t seen_s) {
    struct key_list l;
    struct note n;
    if (!q->keys.n) return true;
    enum status st = key_list_open(&q->arena, q->keys, &q->log, &l);
    if (st == STATUS_NOT_FOUND && !(st = note_read(&q->arena, q->keys, &n))) {
        st = key_list_read(&q->arena, n.text, &l);
        if (!st) st = note_verify(&n, &l.items[l.count - 1].key, 1, NULL);
    }
    if (!st) st = key_list_judge(&l, &q->log, seen_s);
    printf(st ? "NOT PROVED  %s\n" : "PROVED      The key of the log %s\n",
           st ? why_not_key(st) : "was good for this, by the list of its keys.");
    return !st;
}

static void say_limits(bool is_seen, int64_t confirmed) {
    if (!is_seen) {
        printf("NOT PROVED  When it was recorded: only the log itself says so.\n");
    }
    if (!confirmed) {
        printf("NOT PROVED  That the log shows everybody the same: no witness that you trust confirms it.\n");
    }
    printf("NOT PROVED  That what the file says is true, or who wrote it: a log proves what was recorded, "
           "and when.\n");
}

static int verify(struct asked *q, struct bytes file, const struct proof_bundle *b) {
    struct hash leaf_hash;
    struct leaf leaf = {0};
    struct text field = {0};
    struct leaf_message message = {0};
    uint64_t earliest = 0;
    enum status st = find_leaf(q, b, file, &leaf_hash, &leaf, &field, &message);
    if (st) return not_proved(why_no_leaf(st, b->opening.n > 0));
    st = bundle_check(&q->arena, b, &leaf_hash, &q->log, q->witnesses, q->witness_count);
    if (st) return not_proved(why_not_in_log(st));
    say_log(q, b, &leaf, field, &message);
    int64_t confirmed = say_witnesses(q, &earliest);
    uint64_t stamped = 0;
    bool is_stamped = say_stamp(q, b, &stamped);
    if (is_stamped && (!confirmed || stamped < earliest)) earliest = stamped;
    bool is_good = key_is_good(q, earliest);
    say_limits(confirmed > 0 || is_stamped, confirmed);
    if (!is_good) return EXIT_NOT_PROVED;
    if (confirmed >= q->needed) return EXIT_PROVED;
    printf("NOT PROVED  %" PRId64 " witnesses must confirm it, %" PRId64 " did.\n", q->needed, confirmed);
    return EXIT_NOT_PROVED;
}

static int run(struct asked *q) {
    struct bytes file, content;
    struct proof_bundle b;
    if (!read_file(&q->arena, q->file, FILE_BYTES_MAX, &file)) {
        fprintf(stderr, "ostia-verify: %s: %s\n", q->file, errno ? strerror(errno) : "too large");
        return EXIT_USAGE;
    }
    if (!read_file(&q->arena, q->bundle, BUNDLE_BYTES_MAX, &content)) {
        fprintf(stderr, "ostia-verify: %s: %s\n", q->bundle,
                errno ? strerror(errno) : "too large for a bundle");
        return EXIT_USAGE;
    }
    if (bundle_read(&q->arena, text_of_bytes(content), &b))
        return not_proved("The bundle cannot be read: it is none, or it was changed.");
    return verify(q, file, &b);
}

int main(int argc, char **argv) {
    struct asked q = {.needed = -1};
    bool is_help = argc == 2 && !strcmp(argv[1], "--help");
    crypto_start();
    errno = 0;
    int exit_code = EXIT_USAGE;
    if (!is_help && read_words(&q, argc, argv)) {
        errno = 0;
        exit_code = run(&q);
    } else {
        fputs(HELP, is_help ? stdout : stderr);
        if (is_help) exit_code = EXIT_PROVED;
    }
    arena_free(&q.arena);
    return exit_code;
}
