// example.c - the site of the tests on a port of its own, to look at with a browser: web-example 8080
#include "site.h"

int main(int argc, char **argv) {
    struct web_config c = {.port = (uint16_t)(argc > 1 ? atoi(argv[1]) : 8080)};
    struct web *w = site_start(&c);
    printf("http://localhost:%u/ (end with Enter)\n", web_port(w));
    fflush(stdout);
    getchar();
    web_stop(w);
    return 0;
}
