// shape_macros.h - a shape of an answer, member by member of struct IN. For files that describe shapes.
#pragma once
#include <stddef.h>

#include "api/api.h"

#define AT(m) .name = #m, .at = offsetof(IN, m)
#define TEXT(m, say) \
    { AT(m), .kind = API_TEXT, .about = say }
#define ID(m, say) \
    { AT(m), .kind = API_ID, .about = say }
#define NUMBER(m, say) \
    { AT(m), .kind = API_NUMBER, .about = say }
#define SMALL(m, say) \
    { AT(m), .kind = API_SMALL, .about = say }
#define BOOL(m, say) \
    { AT(m), .kind = API_BOOL, .about = say }
#define DATE(m, say) \
    { AT(m), .kind = API_DATE, .about = say }
#define MOMENT(m, say) \
    { AT(m), .kind = API_MOMENT, .about = say }
#define LIST(m, of, say) \
    { AT(m), .kind = API_LIST, .shape = of, .about = say }
#define INSIDE(m, of, say) \
    { AT(m), .kind = API_INSIDE, .shape = of, .about = say }
#define END \
    { 0 }
#define SHAPE(variable, title, say, ...)                                    \
    static const struct api_field variable##_FIELDS[] = {__VA_ARGS__, END}; \
    const struct api_shape variable = {title, sizeof(IN), variable##_FIELDS, say}
#define INNER(variable, title, say, ...)                                    \
    static const struct api_field variable##_FIELDS[] = {__VA_ARGS__, END}; \
    static const struct api_shape variable = {title, sizeof(IN), variable##_FIELDS, say}
