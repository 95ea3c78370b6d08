// A checkpoint is stamped by a time-stamping authority that the test makes with the program openssl, and the
// stamp is checked with nothing but the authority's root certificate.
#include "two_houses.h"

#include <fcntl.h>

#include "base/log.h"
#include "ledger/stamp.h"

static char folder[64];

static void in_folder(const char *command) {
    char line[1024];
    snprintf(line, sizeof line, "cd %s && (%s) >>log 2>&1", folder, command);
    if (system(line)) fail_msg("failed: %s (see %s/log)", command, folder);
}

static struct bytes read_file(struct arena *a, const char *name) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    uint8_t *b = arena_alloc(a, 1 << 16);
    size_t n = fread(b, 1, 1 << 16, f);
    fclose(f);
    return (struct bytes){b, n};
}

static void write_file(const char *name, struct bytes content) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(content.p, 1, content.n, f), content.n);
    fclose(f);
}

#define EC "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"

static int make_authority(void **state) {
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/ostia-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    write_file("ext", bytes_of(T("extendedKeyUsage=critical,timeStamping\n")));
    write_file("serial", bytes_of(T("01\n")));
    write_file(
        "ts.cnf",
        bytes_of(T("[tsa]\ndefault_tsa=t\n[t]\nserial=serial\nsigner_cert=tsa.pem\nsigner_key=tsa.key\n"
                   "signer_digest=sha256\ndefault_policy=1.2.3.4.1\ndigests=sha256\n"
                   "ess_cert_id_alg=sha256\nclock_precision_digits=0\n")));
    in_folder("openssl req -x509 " EC " -keyout ca.key -out ca.pem -days 3650 -subj '/CN=Root of a test'");
    in_folder("openssl req -x509 " EC
              " -keyout other.key -out other.pem -days 3650 -subj '/CN=Another root'");
    in_folder("openssl req " EC " -keyout tsa.key -out tsa.csr -subj '/CN=Stamps of a test'");
    in_folder("openssl x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out tsa.pem -days "
              "3650 -extfile ext");
    return 0;
}

static int answers_wrongly; // 1: with the answer before; 2: not at all
static enum status post(void *context, const char *url, const char *media, struct text body, struct arena *a,
                        int *http_status, struct text *answer) {
    (void)context, (void)url;
    assert_string_equal(media, "application/timestamp-query");
    if (answers_wrongly == 2) return STATUS_IO;
    write_file("q.tsq", bytes_of(body));
    if (!answers_wrongly) in_folder("openssl ts -reply -config ts.cnf -queryfile q.tsq -out r.tsr");
    *answer = text_of_bytes(read_file(a, "r.tsr"));
    *http_status = 200;
    return STATUS_OK;
}
static const struct witness_post POST = {NULL, post, NULL};

static void a_stamped_checkpoint_is_in_the_bundle(void **state) {
    (void)state;
    struct house h;
    struct proof_stamp done;
    struct problem p = {0};
    struct text file;
    struct proof_bundle b;
    new_house(&h, "a.example/log", 1);
    struct arena *a = &h.arena;
    struct bytes root = read_file(a, "ca.pem"), other = read_file(a, "other.pem");
    assert_status(proof_stamp(h.proofs, &POST, "http://t", root, a, &done, &p),
                  STATUS_INVALID); // an empty log
    write_things(&h, 300);
    assert_ok(proof_stamp(h.proofs, &POST, "http://t", root, a, &done, &p));
    assert_int_equal(done.size, 300);
    assert_text(done.authority, "/CN=Stamps of a test");
    write_things(&h, 5); // another checkpoint follows; the bundle takes the stamped one
    struct db *db = reader(&h);
    assert_ok(proof_bundle(h.journal, db, 200, true, false, a, &file));
    store_reader_release(h.store, db);
    assert_ok(bundle_read(a, file, &b));
    assert_int_equal(b.checkpoint.size, 300);

    struct note_key log;
    uint64_t time_s;
    struct text authority;
    assert_ok(note_key_read(a, journal_verifier(h.journal, a), &log));
    struct hash subject = stamp_subject(a, &b.note, &log);
    assert_ok(stamp_check(a, b.stamp, &subject, root, &time_s, &authority));
    assert_int_equal(time_s, done.at.ms / 1000);
    print_message("# stamp: %zu bytes, bundle with it %zu bytes\n", b.stamp.n, file.n);

    // Of another authority, about something else, or with a byte changed, it shows nothing.
    assert_status(stamp_check(a, b.stamp, &subject, other, &time_s, &authority), STATUS_REFUSED);
    assert_status(stamp_check(a, b.stamp, &subject, bytes_of(T("")), &time_s, &authority), STATUS_INVALID);
    struct hash changed = subject;
    changed.b[31] ^= 1;
    assert_status(stamp_check(a, b.stamp, &changed, root, &time_s, &authority), STATUS_CORRUPT);
    uint8_t *copy = arena_alloc(a, b.stamp.n);
    int believed = 0;
    for (size_t i = 0; i < b.stamp.n; i += 3) {
        memcpy(copy, b.stamp.p, b.stamp.n);
        copy[i] ^= 0x10;
        uint64_t at = 0;
        if (!stamp_check(a, (struct bytes){copy, b.stamp.n}, &subject, root, &at, &authority) && at != time_s)
            believed++;
    }
    assert_int_equal(believed, 0); // whatever is changed, no other time is believed
    end_house(&h);
}

static void a_wrong_answer_is_refused(void **state) {
    (void)state;
    struct house h;
    struct proof_stamp done;
    struct problem p = {0};
    new_house(&h, "a.example/log", 2);
    struct bytes root = read_file(&h.arena, "ca.pem"), token;
    write_things(&h, 7);
    answers_wrongly = 1; // an answer to somebody else's question: another checkpoint, another nonce
    assert_status(proof_stamp(h.proofs, &POST, "http://t", root, &h.arena, &done, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "answer");
    answers_wrongly = 2;
    assert_status(proof_stamp(h.proofs, &POST, "http://t", root, &h.arena, &done, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "no_answer");
    answers_wrongly = 0;
    assert_status(
        proof_stamp(h.proofs, &POST, "http://t", read_file(&h.arena, "other.pem"), &h.arena, &done, &p),
        STATUS_INVALID);
    assert_string_equal(p.rule, "not_trusted");
    struct hash any = hash_of(root);
    assert_status(stamp_answer_read(&h.arena, bytes_of(T("no answer")), &any, 1, &token), STATUS_INVALID);
    assert_status(stamp_answer_read(&h.arena, (struct bytes){0}, &any, 1, &token), STATUS_INVALID);
    static const uint8_t REFUSAL[] = {0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02}; // PKIStatus rejection
    assert_status(stamp_answer_read(&h.arena, (struct bytes){REFUSAL, sizeof REFUSAL}, &any, 1, &token),
                  STATUS_REFUSED);
    end_house(&h);
}

int main(void) {
    crypto_start();
    log_level_set(LOG_NOTHING);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stamped_checkpoint_is_in_the_bundle),
        cmocka_unit_test(a_wrong_answer_is_refused),
    };
    return cmocka_run_group_tests(tests, make_authority, NULL);
}
