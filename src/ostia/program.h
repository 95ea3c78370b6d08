// program.h - what the build says about this program.
#pragma once
#ifndef OSTIA_VERSION
#define OSTIA_VERSION "unknown"
#endif
