// worker.h - hostile files are opened here, in sandboxed processes, and never in the server.
//
// The server keeps a pool of worker processes: the same program, executed again with the argument "worker".
// Each loads libraries, fonts and the magic database, seals itself (own network, Landlock, resource limits),
// and then forks one child for each file. The child locks itself to a short list of system calls, opens the
// file, answers and exits. A file that takes over its child meets no other file, no network and no disk.
#pragma once
#include "base/arena.h"
#include "base/env.h"
#include "base/text.h"

enum {
    WORKER_POOL_MAX = 16,
    WORKER_FILE_MAX = 64 * 1024 * 1024,    // bytes of a file that is opened
    WORKER_ANSWER_MAX = 16 * 1024 * 1024,  // bytes of an answer
    WORKER_TEXT_MAX = 4 * 1024 * 1024,     // bytes of text taken from a document; the rest is cut
    WORKER_PX_MAX = 4096,                  // longer side of a picture that is asked for
    WORKER_PIXELS_MAX = 200 * 1000 * 1000, // of a picture that is opened: A4 at 1200 dpi has 139 million
    WORKER_WHOLE_PIXELS_MAX =
        40 * 1000 * 1000, // the same for interlaced and progressive ones, held in memory
    WORKER_PAGES_MAX = 10000,
};

struct worker_options {
    int workers;          // processes, 1 to WORKER_POOL_MAX; 0 means 1
    int job_ms;           // wall time of one job; 0 means 20 000
    int queue_ms;         // wait for a free worker; 0 means 5 000
    int start_ms;         // time to start a process; 0 means 10 000
    int64_t memory_bytes; // address space of a worker; 0 means 1 GiB
    const char *program;  // NULL: this program again (/proc/self/exe)
};

struct worker_pool;

// Starts the processes and waits until each is sealed. `options` may be NULL. The program's main must begin
// with
//     if (worker_is_asked(argc, argv)) return worker_main(NULL);
// STATUS_IO when a process cannot be started or sealed (logged: what is missing).
enum status worker_start(const struct env *env, const struct worker_options *options,
                         struct worker_pool **out);
// Ends the processes. No call may be running. NULL is fine.
void worker_stop(struct worker_pool *pool);

bool worker_is_asked(int argc, char **argv);

// What a worker opens: bytes, or a file opened for reading (read from its start; not closed).
struct worker_file {
    struct bytes bytes;
    int fd; // used when bytes.p is NULL
};
#define WORKER_BYTES(b) ((struct worker_file){.bytes = (b), .fd = -1})
#define WORKER_FD(f) ((struct worker_file){.fd = (f)})

// All calls below may come from any thread, block for at most queue_ms + start_ms + job_ms, allocate the
// answer in `a`, and answer:
//   STATUS_CORRUPT      the file cannot be read, or its reader crashed
//   STATUS_UNSUPPORTED  not a kind of file that this job reads, or encrypted
//   STATUS_TOO_LARGE    file, picture or answer beyond its limit
//   STATUS_NOT_FOUND    no such page
//   STATUS_EXPIRED      it took too long; the process was killed and another takes its place
//   STATUS_BUSY         no worker became free in time
//   STATUS_IO           no worker can be started, or it was killed from outside in the middle of the job

// Media type of the content ("application/pdf"), by libmagic; the first mebibyte is looked at.
enum status worker_sniff(struct worker_pool *pool, struct worker_file file, struct arena *a,
                         struct text *media);
// A PNG of at most max_px (1 to WORKER_PX_MAX) in its longer side, upright, on white, without metadata.
// `media` is image/jpeg, image/png or application/pdf (its first page).
enum status worker_thumbnail(struct worker_pool *pool, struct text media, struct worker_file file, int max_px,
                             struct arena *a, struct bytes *png);
// Number of pages, at most WORKER_PAGES_MAX (STATUS_TOO_LARGE).
enum status worker_pdf_pages(struct worker_pool *pool, struct worker_file file, int *pages);
// One page, from 0, as PNG.
enum status worker_pdf_page(struct worker_pool *pool, struct worker_file file, int page, int px,
                            struct arena *a, struct bytes *png);
// The text, UTF-8, pages parted by form feeds; empty for a scan.
enum status worker_pdf_text(struct worker_pool *pool, struct worker_file file, struct arena *a,
                            struct text *text);

// The lines of the machine-readable zone on a picture or the first page of a PDF, as they were recognised:
// two or three lines of A-Z, 0-9 and <, each ended by '\n'. `media` as for worker_thumbnail. identity/mrz.h
// reads and corrects them. STATUS_NOT_FOUND: no zone was seen. STATUS_UNSUPPORTED: the machine has no
// tesseract, too.
enum status worker_zone(struct worker_pool *pool, struct text media, struct worker_file file, struct arena *a,
                        struct text *lines);

// ---- jobs of one's own (tests; later speech) ----

enum worker_job {
    WORKER_SNIFF = 1,
    WORKER_THUMBNAIL_JPEG,
    WORKER_THUMBNAIL_PNG,
    WORKER_PDF_PAGE,
    WORKER_PDF_PAGES,
    WORKER_PDF_TEXT,
    WORKER_ZONE,
    WORKER_JOB_EXTRA = 100, // from here on: handed to worker_main's function
};
// Runs sealed, in the child. The answer is allocated in `a`.
typedef enum status worker_job_fn(uint32_t job, const int32_t args[2], struct bytes file, struct arena *a,
                                  struct bytes *answer);
// The worker process. Returns its exit code. `extra` may be NULL.
int worker_main(worker_job_fn *extra);
enum status worker_do(struct worker_pool *pool, uint32_t job, const int32_t args[2], struct worker_file file,
                      struct arena *a, struct bytes *answer);

struct worker_stats {
    int64_t jobs, failed, crashed, killed, started;
};
struct worker_stats worker_stats(struct worker_pool *pool);
