// picture_sign.c - the signs of the notation as paths.
#include "flow/picture_sign.h"

#include <stddef.h>

static const struct sign SIGNS[] = {
    // events
    {"messageEventDefinition", "M1 3.5h14v9H1zM1 3.5l7 5 7-5", true},
    {"timerEventDefinition", "M8 1a7 7 0 1 0 .01 0zM8 3.5V8l3.2 1.8", false},
    {"signalEventDefinition", "M8 1.5L15 13.5H1z", true},
    {"errorEventDefinition", "M1.5 14.5L5 3l5 6 4.5-8L11 13 6 7z", true},
    {"escalationEventDefinition", "M8 1l5 13-5-5-5 5z", true},
    {"compensateEventDefinition", "M8 3v10L1 8zM15 3v10L8 8z", true},
    {"conditionalEventDefinition", "M2.5 1h11v14h-11zM4.5 4h7M4.5 6.7h7M4.5 9.3h7M4.5 12h7", false},
    {"linkEventDefinition", "M1 5.5h7V2.5L15 8l-7 5.5v-3H1z", true},
    {"cancelEventDefinition", "M4 1l4 4 4-4 3 3-4 4 4 4-3 3-4-4-4 4-3-3 4-4-4-4z", true},
    {"terminateEventDefinition", "M8 1.5a6.5 6.5 0 1 0 .01 0z", true},
    {"multiple", "M8 1l7 5.1-2.7 8.4H3.7L1 6.1z", true},
    {"parallelMultiple", "M6 1h4v5h5v4h-5v5H6v-5H1V6h5z", false},
    // tasks
    {"userTask", "M8 1.5a3 3 0 1 0 .01 0zM2 15c0-4 2-6.5 6-6.5s6 2.5 6 6.5z", false},
    {"manualTask", "M1 7l4-4h4l-1.5 2H15v2H9M9 7h5v2H9M9 9h4.5v2H9M9 11h4v2H4l-3-2z", false},
    {"serviceTask",
     "M6.9 1h2.2l.4 2 1.7.7L12.9 2.5l1.6 1.6-1.2 1.7.7 1.7 2 .4v2.2l-2 .4-.7 1.7 1.2 1.7-1.6 "
     "1.6-1.7-1.2-1.7.7-.4 1H6.9l-.4-2-1.7-.7-1.7 1.2-1.6-1.6 1.2-1.7-.7-1.7-1-.4V6.9l2-.4.7-1.7L2.5 "
     "3.1l1.6-1.6 1.7 1.2 1.7-.7zM8 5.5a2.5 2.5 0 1 0 .01 0z",
     false},
    {"scriptTask", "M4 1.5h10c-3 3 1 6-2 13H2c3-7-1-10 2-13zM4.5 5h6M5 8h6M4.5 11h6", false},
    {"businessRuleTask", "M1 2.5h14v11H1zM1 6h14M1 9.8h14M5 6v7.5", false},
    {"sendTask", "M1 3.5h14v9H1zM1 3.5l7 5 7-5", true},
    {"receiveTask", "M1 3.5h14v9H1zM1 3.5l7 5 7-5", false},
    // gateways
    {"exclusiveGateway", "M3 2.5L13 13.5M13 2.5L3 13.5", false},
    {"parallelGateway", "M8 0v16M0 8h16", false},
    {"inclusiveGateway", "M8 1a7 7 0 1 0 .01 0z", false},
    {"complexGateway", "M8 0v16M0 8h16M2.5 2.5l11 11M13.5 2.5l-11 11", false},
    {"eventBasedGateway", "M8-1a9 9 0 1 0 .01 0zM8 2.5l5.2 3.8-2 6.1H4.8l-2-6.1z", false},
    // at the bottom of an activity
    {"inside", "M1 1h14v14H1zM8 4v8M4 8h8", false},
    {"loop", "M5 14H1.5M5 14v-3.5M5 14A6.3 6.3 0 1 1 9 14.2", false},
    {"parallel", "M3 1v14M8 1v14M13 1v14", false},
    {"sequential", "M1 3h14M1 8h14M1 13h14", false},
    {"compensation", "M8 3v10L1 8zM15 3v10L8 8z", false},
    {"adHoc", "M1 10c2-5 5-4 7-2s5 3 7-2", false},
    // how an element looks
    {"tick", "M3 8.5l3.5 3.5L13 4.5", false},
};

const struct sign *sign_find(struct text name) {
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (text_eq(name, text_of(SIGNS[i].name))) return &SIGNS[i];
    return NULL;
}
