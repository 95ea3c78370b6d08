// inherit.h - a listening socket that the service manager opened and keeps open over a restart.
#pragma once
#include <stdbool.h>

// Before any thread or process is started. *fd 0: none was given. False when there is not exactly one.
bool inherit_socket(int *fd);
