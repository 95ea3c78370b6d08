// status.h - what a function answers when it can fail for reasons outside the program.
#pragma once

// Never ignored: the compiler warns. STATUS_INVALID and STATUS_REFUSED come with a struct problem
// that says what a person can do about it.
enum [[nodiscard]] status{STATUS_OK = 0,
                          STATUS_INVALID,     // a person's mistake: see struct problem
                          STATUS_REFUSED,     // access says no: see struct problem
                          STATUS_NOT_FOUND,   // the thing asked for is not there
                          STATUS_CONFLICT,    // somebody else changed it first
                          STATUS_TOO_LARGE,   // a named limit was reached
                          STATUS_EXPIRED,     // it was valid once
                          STATUS_UNSUPPORTED, // well formed, but not something this build can do
                          STATUS_CORRUPT,     // stored or received bytes are not what they must be
                          STATUS_FULL,        // no space left on the device
                          STATUS_IO,          // disk or network failed
                          STATUS_STORE,       // the database failed
                          STATUS_UNCERTAIN,   // may or may not have been done: look before trying again
                          STATUS_BUSY,        // a bounded queue or limit is used up; try again later
                          STATUS_COUNT};

// The short name of a status ("not found"), for logs; never for people's pages.
const char *status_name(enum status s);
