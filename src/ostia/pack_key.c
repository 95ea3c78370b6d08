// pack_key.c - who answers for a pack: a key, and a signature with it.
//
// The secret is one line, "PRIVATE+KEY+name+id+base64(type, seed)", as the tools of the checksum database of
// Go have it; FILE.pub is the verifier key, to be put into the file of the setting pack-signers.
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#include "base/encode.h"
#include "ostia/command.h"
#include "pack/pack_sign.h"
#include "store/file.h"

#define PRIVATE T("PRIVATE+KEY+")

static bool is_there(const char *path) {
    struct stat info;
    return stat(path, &info) == 0;
}

static struct text secret_line(struct arena *a, const struct note_key *key, const struct key *seed) {
    uint8_t typed[1 + sizeof seed->b] = {NOTE_ED25519};
    memcpy(typed + 1, seed->b, sizeof seed->b);
    struct text base64 = base64_encode(a, (struct bytes){typed, sizeof typed});
    sodium_memzero(typed, sizeof typed);
    return text_printf(a, TEXT_FMT TEXT_FMT "+%08x+" TEXT_FMT "\n", TEXT_ARG(PRIVATE), TEXT_ARG(key->name),
                       key->id, TEXT_ARG(base64));
}

static enum status make_key(struct arena *a, const char *path, struct text name, struct note_key *out,
                            struct problem *p) {
    struct key seed = key_random(env_real());
    struct note_signer signer;
    const char *public = text_c(a, text_printf(a, "%s.pub", path));
    if (is_there(path) || is_there(public)) return problem(p, path, "exists", "problem.pack.key_exists");
    if (note_signer_make(name, &seed, &signer))
        return problem(p, "name", "signer_name", "problem.pack.signer_name");
    enum status st = file_write_small(env_real(), path, bytes_of(secret_line(a, &signer.key, &seed)));
    struct text open = TEXT_JOIN(a, note_key_print(a, &signer.key), T("\n"));
    if (!st) st = file_write_small(env_real(), public, bytes_of(open));
    *out = signer.key;
    note_signer_wipe(&signer);
    key_wipe(&seed);
    return st;
}

int pack_key_run(const struct call *c) {
    struct arena a = {0};
    struct problem p = {0};
    struct note_key key;
    crypto_start();
    if (!call_has(c, "name")) {
        fprintf(stderr, "ostia pack key: needs --name NAME\n");
        return EXIT_USAGE;
    }
    enum status st = make_key(&a, c->arguments[0], text_of(call_option(c, "name")), &key, &p);
    if (st)
        say_problem(stderr, st, &p);
    else
        printf("%s signs packs: keep it away from the server. %s.pub says whose they are:\n" TEXT_FMT "\n",
               c->arguments[0], c->arguments[0], TEXT_ARG(note_key_print(&a, &key)));
    arena_free(&a);
    return st ? EXIT_WRONG : EXIT_DONE;
}

// "PRIVATE+KEY+name+id+base64"; the id must be that of the key, so a line cut short is noticed.
static enum status read_secret(struct arena *a, const char *path, struct note_signer *out) {
    struct bytes content, typed;
    struct text line, name, id;
    struct key seed;
    if (file_read_small(env_real(), a, path, &content)) return STATUS_IO;
    line = text_trim(text_of_bytes(content));
    if (!text_starts(line, PRIVATE)) return STATUS_INVALID;
    line = text_slice(line, PRIVATE.n, line.n);
    if (!text_cut(&line, '+', &name) || !text_cut(&line, '+', &id) || !line.p) return STATUS_INVALID;
    if (base64_decode(a, line, &typed) || typed.n != 1 + sizeof seed.b || typed.p[0] != NOTE_ED25519)
        return STATUS_INVALID;
    memcpy(seed.b, typed.p + 1, sizeof seed.b);
    enum status st = note_signer_make(text_copy(a, name), &seed, out);
    key_wipe(&seed);
    return !st && !text_eq(id, text_printf(a, "%08x", out->key.id)) ? STATUS_INVALID : st;
}

int pack_sign_run(const struct call *c) {
    struct arena a = {0};
    struct problem p = {0};
    struct pack_files files = {0};
    struct note_signer signer = {0};
    struct pack *pack;
    crypto_start();
    if (!call_has(c, "key")) {
        fprintf(stderr, "ostia pack sign: needs --key FILE\n");
        return EXIT_USAGE;
    }
    enum status st = pack_files_from_folder(&a, c->arguments[0], &files, &p);
    if (!st && read_secret(&a, call_option(c, "key"), &signer))
        st = problem(&p, call_option(c, "key"), "signing_key", "problem.pack.signing_key");
    if (!st) st = pack_read(&a, &files, &pack, &p); // nobody signs what could not be loaded
    if (!st) {
        const char *path = text_c(&a, text_printf(&a, "%s/pack.sig", c->arguments[0]));
        st = file_write_small(env_real(), path, bytes_of(pack_sign(&a, &files, &signer)));
        if (!st && chmod(path, 0644)) st = STATUS_IO; // the server that loads it is somebody else
        if (!st)
            printf("signed by " TEXT_FMT ": " TEXT_FMT " " TEXT_FMT "\n", TEXT_ARG(signer.key.name),
                   TEXT_ARG(pack_id(pack)), TEXT_ARG(pack_version(pack)));
        pack_release(pack);
    }
    if (st) say_problem(stderr, st, &p);
    note_signer_wipe(&signer);
    arena_free(&a);
    return st ? EXIT_WRONG : EXIT_DONE;
}
