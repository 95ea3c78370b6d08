// archive_blob.h - a document as it is stored, into an archive under the name "blobs/ab/abcdef...".
#pragma once
#include "ostia/archive.h"
#include "ostia/house.h"

// *inside is that name. STATUS_NOT_FOUND; STATUS_CORRUPT when its bytes are not those of its name.
enum status archive_add_blob(struct archive_writer *w, struct house *h, const struct hash *name,
                             struct file_path *inside, int64_t *size);
