// timer.c - the ISO 8601 forms of a timer that is not an expression (10.4.5).
#include "base/date.h"
#include "flow/model.h"

static bool digits(struct text *t) {
    size_t n = 0;
    while (n < t->n && t->p[n] >= '0' && t->p[n] <= '9') n++;
    *t = text_slice(*t, n, t->n);
    return n > 0;
}

// ISO 8601 duration: P, then numbers with units in this order, time units after T; at least one.
static bool is_duration(struct text t) {
    static const char UNITS[] = "YMWDTHMS";
    enum { TIME = 4, END = 8 };
    size_t at = 0;
    if (t.n < 3 || t.p[0] != 'P') return false;
    for (t = text_slice(t, 1, t.n); t.n; t = text_slice(t, 1, t.n)) {
        if (t.p[0] == 'T') {
            if (at > TIME) return false;
            at = TIME + 1, t = text_slice(t, 1, t.n);
        }
        if (!digits(&t)) return false;
        bool fraction = t.n && t.p[0] == '.';
        if (fraction) {
            t = text_slice(t, 1, t.n);
            if (!digits(&t)) return false;
        }
        size_t end = at <= TIME ? TIME : END;
        while (at < end && t.n && UNITS[at] != t.p[0]) at++;
        if (!t.n || at == end || (fraction && t.p[0] != 'S')) return false;
        at++;
    }
    return true;
}

static bool is_moment(struct text t) {
    struct moment m;
    struct date d;
    if (moment_parse(t, &m) == STATUS_OK) return true;
    if (date_parse(t, &d) == STATUS_OK && date_is_full(d)) return true;
    return t.n > 11 && t.p[10] == 'T' && date_parse(text_slice(t, 0, 10), &d) == STATUS_OK &&
           date_is_full(d) && t.p[11] >= '0' && t.p[11] <= '2';
}

// R or R5, then / and a duration, or start/duration.
static bool is_cycle(struct text t) {
    if (!t.n || t.p[0] != 'R') return false;
    t = text_slice(t, 1, t.n);
    digits(&t);
    if (!t.n || t.p[0] != '/') return false;
    t = text_slice(t, 1, t.n);
    struct text rest = t, first;
    if (!text_cut(&rest, '/', &first)) return false;
    return rest.p ? is_moment(first) && is_duration(rest) : is_duration(first);
}

enum status check_timer(struct reader *r, const struct node *n, const struct definition *d) {
    struct text t = d->timer;
    if (is_feel(t)) return STATUS_OK;
    bool good = d->timer_kind == FLOW_DATE       ? is_moment(t)
                : d->timer_kind == FLOW_DURATION ? is_duration(t)
                                                 : is_cycle(t);
    return good ? STATUS_OK : refuse_xml(r, RULE_TIMER_FORMAT, n->xml, t);
}
