/*
 * Calls that have no place in engine/ or cli/: unbounded writes, number parsing that accepts
 * half a number, hidden state, the clock, the locale, floating point.  Forced into every file
 * with -include; a use is a compile error.
 */
#ifndef NOL_BANNED_H
#define NOL_BANNED_H

/* The headers that declare these names come first: a poisoned name may not even be declared. */
#include <gmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef __GNUC__
#pragma GCC poison strcpy strcat sprintf vsprintf gets strncpy strncat
#pragma GCC poison strtok strtok_r atoi atol atoll atof strtod strtof strtold
#pragma GCC poison gmtime localtime ctime asctime mktime strftime setlocale
#pragma GCC poison srand random srandom
#endif

#endif
