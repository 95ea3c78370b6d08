// job.h - inside worker/: what server and worker say to each other, and the jobs.
#pragma once
#include "worker/worker.h"

enum { WORKER_CONTROL_FD = 3, WORKER_MAGIC = 0x4F574B31 };

// Server to worker process, first message.
struct worker_limits {
    uint32_t magic;
    int32_t cpu_seconds; // of one job
    int64_t memory_bytes;
};
// Server to worker process, with two file descriptors: the file, and where the answer goes.
struct worker_request {
    uint32_t magic, job;
    int32_t args[2];
};
// Worker process to server: once when sealed (outcome 0), then after each job how its child ended (waitpid's
// status).
struct worker_report {
    uint32_t magic;
    int32_t outcome;
};
// Child to server, followed by `length` bytes.
struct worker_answer {
    uint32_t magic, status;
    uint64_t length;
};

// The jobs. All run sealed, in a child that ends with the job; libraries may leak there.
worker_job_fn job_sniff, job_jpeg, job_png, job_pdf_page, job_pdf_pages, job_pdf_text, job_zone;

// Loads what cannot be loaded once sealed. False: the magic database is missing (logged).
bool sniff_prepare(void);
void pdf_prepare(void);
void zone_prepare(void); // warns when there is no tesseract
bool zone_has_engine(void);
enum worker_zone_media { WORKER_ZONE_JPEG, WORKER_ZONE_PNG, WORKER_ZONE_PDF };

// Seals this process and all that it will fork: own network, unprivileged user, Landlock, resource limits.
struct sandbox {
    bool own_network, landlock;
};
bool sandbox_process(const struct worker_limits *limits, struct sandbox *out);
// Locks this process to the system calls that the jobs need. `may_read` also lets it open files for reading,
// which is right only when Landlock says which.
bool sandbox_calls(bool may_read);
// Tries what must not work. False when the sandbox does not hold.
bool sandbox_holds(void);
