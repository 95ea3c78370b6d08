// stays.h - where the processes of a case were: what the table process_stay holds.
#pragma once

// Numbers are stored. Those from STAY_WAITED on are counted (migrations/0001.sql, index
// process_stay_by_left).
enum stay {
    STAY_PASSED, // entered and left at the same moment: a service task, a gateway
    STAY_INSIDE, // a sub-process, or an activity that is repeated: others waited inside
    STAY_WAITED, // a token stood there
    STAY_END,    // an end event
};
