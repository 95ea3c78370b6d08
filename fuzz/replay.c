// replay.c - runs a fuzzer once over the files of a folder, and over a few inputs that every parser must
// survive.
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILE_BYTES_MAX = 1 << 20 };

static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

// The input is an allocation of exactly its size, so that the sanitizer sees a read beyond it.
static void run(const uint8_t *bytes, size_t size) {
    uint8_t *exact = malloc(size ? size : 1);
    if (!exact) abort();
    if (size) memcpy(exact, bytes, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

static int run_file(const char *folder, const char *name) {
    static uint8_t bytes[FILE_BYTES_MAX];
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    if (!f) return 1;
    size_t size = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    run(bytes, size);
    return 0;
}

// Cut at every length, and each byte changed once in a fixed way: cheap, and finds what a careless edit
// breaks.
static void run_damaged(const uint8_t *bytes, size_t size) {
    uint8_t copy[512];
    if (size > sizeof copy) size = sizeof copy;
    for (size_t n = 0; n < size; n++) run(bytes, n);
    for (size_t i = 0; i < size; i++) {
        memcpy(copy, bytes, size);
        copy[i] ^= (uint8_t)(1u << (i % 8));
        run(copy, size);
    }
}

int main(int argc, char **argv) {
    static const char SOME[] =
        "\x00\xff{\"a\":[1,\"\\u00e9\"]}<a b='c'>&amp;</a>\xd9\x85\x83\x01P<UTOERIKSSON<<ANNA 12.5e3";
    struct dirent **files = NULL;
    int failed = 0, count = argc > 1 ? scandir(argv[1], &files, NULL, by_name) : 0;
    run((const uint8_t *)SOME, 0);
    run((const uint8_t *)SOME, sizeof SOME - 1);
    run_damaged((const uint8_t *)SOME, sizeof SOME - 1);
    printf("1..%d\nok 1 - survives rubbish\n", count > 2 ? count - 1 : 1);
    for (int i = 0, n = 1; i < count; i++) {
        if (files[i]->d_name[0] != '.') {
            int bad = run_file(argv[1], files[i]->d_name);
            failed |= bad;
            printf("%s %d - %s\n", bad ? "not ok" : "ok", ++n, files[i]->d_name);
        }
        free(files[i]);
    }
    free(files);
    return failed;
}
