// Clocks: everything is computed anew from trigger, period and what did not count, so no rounding can add up.
#include "pack/deadline.h"

#include <assert.h>

enum { MINUTES_PER_DAY = 1440 };
static const int64_t MS_PER_MINUTE = 60000, MS_PER_HOUR = 3600000;

static struct date period_end(struct deadline_period period, const struct calendar *c, struct date event,
                              int64_t not_counted) {
    switch (period.unit) {
    case UNIT_WORKING_DAYS: return calendar_add_working(c, event, period.count + not_counted);
    case UNIT_WEEKS: return date_add_days(event, period.count * 7 + not_counted);
    case UNIT_MONTHS: return date_add_days(date_add_months(event, period.count), not_counted);
    case UNIT_YEARS: return date_add_days(date_add_months(event, period.count * 12), not_counted);
    default: return date_add_days(event, period.count + not_counted);
    }
}

// Reg. 1182/71 Art. 3(4): a last day that is a holiday, Saturday or Sunday moves to the next working day.
// Art. 3(5): any period of two days or more includes at least two working days.
static struct date move_1182(struct deadline_period period, const struct calendar *c, struct date event,
                             struct date last) {
    last = calendar_next_working(c, last);
    bool two_days = period.unit != UNIT_DAYS || period.count >= 2;
    if (two_days && date_to_days(last) - date_to_days(event) < 30) {
        int64_t working = calendar_working_between(c, event, last);
        if (working < 2) last = calendar_add_working(c, last, 2 - working);
    }
    return last;
}

// Reg. 1182/71 Art. 3(1): the hour in which the event falls is not counted.
static int64_t hours_begin_ms(const struct deadline_rule *r, const struct calendar *c,
                              struct moment trigger) {
    if (r->computation == COMPUTE_CALENDAR) return trigger.ms;
    int64_t minute =
        trigger.ms / MS_PER_MINUTE * MS_PER_MINUTE - (trigger.ms % MS_PER_MINUTE < 0) * MS_PER_MINUTE;
    return minute + (60 - zone_minute(calendar_zone(c), trigger) % 60) * MS_PER_MINUTE;
}

static void compute(const struct deadline_rule *r, const struct calendar *c, struct clock *clock) {
    const struct zone *z = calendar_zone(c);
    if (clock->period.unit == UNIT_HOURS) {
        clock->due.ms =
            hours_begin_ms(r, c, clock->trigger) + clock->period.count * MS_PER_HOUR + clock->suspended_units;
        clock->due_on = zone_date(z, (struct moment){clock->due.ms - 1});
        return;
    }
    struct date event = zone_date(z, clock->trigger);
    struct date last = period_end(clock->period, c, event, clock->suspended_units);
    if (r->computation == COMPUTE_1182_71 && clock->period.unit != UNIT_WORKING_DAYS)
        last = move_1182(clock->period, c, event, last);
    clock->due_on = last;
    clock->due = zone_moment(z, last, MINUTES_PER_DAY);
}

struct clock deadline_start(const struct deadline_rule *r, const struct calendar *c, struct moment trigger) {
    struct clock clock = {.trigger = trigger, .period = r->period};
    compute(r, c, &clock);
    return clock;
}

static enum status refuse(struct problem *p, const char *rule, const char *key) {
    return problem(p, "deadline", rule, key);
}

enum status deadline_suspend(const struct deadline_rule *r, struct clock *clock, struct moment at,
                             struct problem *p) {
    if (!r->can_suspend)
        return refuse(p, "deadline_suspend_not_allowed", "problem.deadline.suspend_not_allowed");
    if (clock->is_stopped) return refuse(p, "deadline_stopped", "problem.deadline.stopped");
    if (clock->is_suspended) return refuse(p, "deadline_suspended", "problem.deadline.suspended");
    if (at.ms < clock->trigger.ms) return refuse(p, "deadline_before_start", "problem.deadline.before_start");
    if (at.ms >= clock->due.ms) return refuse(p, "deadline_over", "problem.deadline.over");
    clock->is_suspended = true;
    clock->suspended_at = at;
    return STATUS_OK;
}

static int64_t units_between(enum deadline_unit unit, const struct calendar *c, struct moment from,
                             struct moment to) {
    if (unit == UNIT_HOURS) return to.ms - from.ms;
    const struct zone *z = calendar_zone(c);
    struct date first = zone_date(z, from), last = zone_date(z, to);
    if (unit == UNIT_WORKING_DAYS) return calendar_working_between(c, first, last);
    return date_to_days(last) - date_to_days(first);
}

enum status deadline_resume(const struct deadline_rule *r, const struct calendar *c, struct clock *clock,
                            struct moment at, struct problem *p) {
    if (!clock->is_suspended) return refuse(p, "deadline_not_suspended", "problem.deadline.not_suspended");
    if (at.ms < clock->suspended_at.ms)
        return refuse(p, "deadline_before_start", "problem.deadline.before_start");
    clock->suspended_units += units_between(clock->period.unit, c, clock->suspended_at, at);
    clock->suspended_ms += at.ms - clock->suspended_at.ms;
    clock->is_suspended = false;
    clock->suspended_at = (struct moment){0};
    compute(r, c, clock);
    return STATUS_OK;
}

static const struct deadline_extension *extension_for(const struct deadline_rule *r, struct text reason) {
    for (size_t i = 0; i < r->extension_count; i++)
        if (text_eq(r->extensions[i].reason, reason)) return &r->extensions[i];
    return NULL;
}

static bool beyond_max(const struct deadline_rule *r, const struct calendar *c, const struct clock *clock) {
    if (!r->max_total.count) return false;
    struct clock longest = *clock;
    longest.period = r->max_total;
    if ((r->max_total.unit == UNIT_HOURS) != (clock->period.unit == UNIT_HOURS) ||
        (r->max_total.unit == UNIT_WORKING_DAYS) != (clock->period.unit == UNIT_WORKING_DAYS))
        longest.suspended_units = 0;
    compute(r, c, &longest);
    return clock->due.ms > longest.due.ms;
}

enum status deadline_extend(const struct deadline_rule *r, const struct calendar *c, struct clock *clock,
                            struct text reason, struct problem *p) {
    if (clock->is_stopped) return refuse(p, "deadline_stopped", "problem.deadline.stopped");
    if (clock->is_suspended) return refuse(p, "deadline_suspended", "problem.deadline.suspended");
    const struct deadline_extension *e = extension_for(r, reason);
    if (!e) return refuse(p, "deadline_reason_unknown", "problem.deadline.reason_unknown");
    if (clock->extended >= e->times_max)
        return refuse(p, "deadline_extended_before", "problem.deadline.extended_before");
    struct clock longer = *clock;
    longer.extended++;
    if (e->is_total) {
        // What did not count keeps its meaning only within one kind of unit; deadlines_read sees to that.
        longer.period = e->period;
    } else {
        if (clock->period.unit != e->period.unit)
            return refuse(p, "deadline_extended_before", "problem.deadline.extended_before");
        longer.period.count += e->period.count;
    }
    compute(r, c, &longer);
    if (longer.due.ms < clock->due.ms || beyond_max(r, c, &longer))
        return refuse(p, "deadline_beyond_maximum", "problem.deadline.beyond_maximum");
    *clock = longer;
    return STATUS_OK;
}

enum status deadline_stop(struct clock *clock, struct moment at, struct problem *p) {
    if (clock->is_stopped) return refuse(p, "deadline_stopped", "problem.deadline.stopped");
    clock->is_stopped = true;
    clock->stopped_at = at;
    return STATUS_OK;
}

// The moment when `percent` of the time that counts is used up. Time already lost in suspensions shifts it.
static struct moment warning_at(const struct clock *clock, int percent) {
    int64_t counted = clock->due.ms - clock->trigger.ms - clock->suspended_ms;
    return (struct moment){clock->due.ms - counted / 100 * (100 - percent)};
}

static bool is_late_without_effect(const struct deadline_rule *r) {
    return text_eq(r->effect, T("none")) || text_eq(r->effect, T("alarm"));
}

enum clock_state deadline_state(const struct deadline_rule *r, const struct clock *clock, struct moment now) {
    if (clock->is_stopped) return clock->stopped_at.ms < clock->due.ms ? CLOCK_MET : CLOCK_MET_LATE;
    if (clock->is_suspended) return CLOCK_SUSPENDED;
    if (now.ms >= clock->due.ms) return is_late_without_effect(r) ? CLOCK_OVERDUE : CLOCK_LAPSED;
    int passed = 0;
    for (size_t i = 0; i < r->warning_count; i++)
        passed += r->warnings[i] < 100 && now.ms >= warning_at(clock, r->warnings[i]).ms;
    return passed == 0 ? CLOCK_RUNNING : passed == 1 ? CLOCK_WARNING_50 : CLOCK_WARNING_80;
}

const char *clock_state_name(enum clock_state s) {
    static const char *const NAMES[] = {"running", "warning_50", "warning_80", "overdue",
                                        "lapsed",  "suspended",  "met",        "met_late"};
    assert((size_t)s < sizeof NAMES / sizeof *NAMES);
    return NAMES[s];
}

bool deadline_next_change(const struct deadline_rule *r, const struct clock *clock, struct moment now,
                          struct moment *at) {
    if (clock->is_stopped || clock->is_suspended || now.ms >= clock->due.ms) return false;
    *at = clock->due;
    for (size_t i = r->warning_count; i-- > 0;) {
        struct moment warning = warning_at(clock, r->warnings[i]);
        if (warning.ms > now.ms && warning.ms < at->ms) *at = warning;
    }
    return true;
}

int64_t deadline_remaining_ms(const struct clock *clock, struct moment now) {
    if (clock->is_stopped) return clock->due.ms - clock->stopped_at.ms;
    return clock->due.ms - (clock->is_suspended ? clock->suspended_at.ms : now.ms);
}

int64_t deadline_days_left(const struct calendar *c, const struct clock *clock, struct moment now) {
    if (clock->is_suspended) now = clock->suspended_at;
    return date_to_days(clock->due_on) - date_to_days(zone_date(calendar_zone(c), now));
}
